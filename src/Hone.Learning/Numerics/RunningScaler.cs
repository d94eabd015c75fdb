using Hone.Learning.State;

namespace Hone.Learning.Numerics;

/// <summary>
/// Standardises features as they come: (x − mean) / standard deviation, clipped; a missing value becomes 0, the mean.
/// </summary>
/// <remarks>
/// <para>Every example counts once, whatever its weight: a weight says how much a label is worth, not how its features are
/// distributed. A feature speaks after <see cref="SpeaksFrom"/> values; after <see cref="BoundedFrom"/> a value counts at most
/// clip standard deviations from the mean, so that one bad tick does not silence a feature for good.</para>
/// <para>The reciprocal deviations cost a root and a division each. They are refreshed for all features in the first
/// <see cref="BoundedFrom"/> examples and for eight features per example afterwards, in turn; they are part of the state.</para>
/// <para>Welford, Technometrics 4(3), 1962, with the gain 1/n held at 1/memory.</para>
/// </remarks>
public sealed class RunningScaler : ISaved
{
    /// <summary>Values a feature must have had before it is anything but 0.</summary>
    public const int SpeaksFrom = 10;

    /// <summary>Values a feature must have had before outliers are clipped in its own mean and deviation.</summary>
    public const int BoundedFrom = 100;

    private const double FarthestMax = 1e150;
    private readonly double _clip;
    private readonly double _memory;
    private readonly double[] _mean;
    private readonly double[] _variance;
    private readonly double[] _count;
    private readonly double[] _scale;
    private readonly double[] _bound;
    private int _examples;
    private int _next;

    /// <summary>A scaler that has seen nothing; every standardised value is 0.</summary>
    /// <param name="features">Length of the feature vector.</param>
    /// <param name="clip">Largest standardised value, in standard deviations.</param>
    /// <param name="memory">Examples after which the past is forgotten exponentially.</param>
    public RunningScaler(int features, double clip, double memory)
    {
        Features = features;
        Length = Kernels.Padded(features);
        (_clip, _memory) = (clip, memory);
        _mean = new double[Length];
        _variance = new double[Length];
        _count = new double[Length];
        _scale = new double[Length];
        _bound = new double[Length];
        Array.Fill(_bound, FarthestMax);
    }

    /// <summary>Length of the feature vector.</summary>
    public int Features { get; }

    // Features, padded to whole lanes.
    private int Length { get; }

    /// <summary>Writes the standardised values; what is behind the last feature is not touched.</summary>
    /// <param name="x">The features.</param>
    /// <param name="z">The standardised values, at least <see cref="Features"/> numbers.</param>
    public void Apply(ReadOnlySpan<double> x, Span<double> z)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        Kernels.Standardise(x, _mean, _scale, _clip, z);
    }

    /// <summary>Takes one example into the means and deviations.</summary>
    public void Learn(ReadOnlySpan<double> x)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        Kernels.UpdateMoments(x, _memory, _bound, _mean, _variance, _count);
        if (_examples < BoundedFrom)
        {
            _examples++;
            for (var block = 0; block < Length; block += Kernels.Lanes)
                Refresh(block);
            return;
        }
        Refresh(_next);
        _next += Kernels.Lanes;
        if (_next >= Length)
            _next = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("scaler", 1);
        writer.Write(Features);
        writer.Write(_examples);
        writer.Write(_next);
        writer.Write(_mean);
        writer.Write(_variance);
        writer.Write(_count);
        writer.Write(_scale);
        writer.Write(_bound);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("scaler", 1);
        reader.ReadInt32(Features, Features);
        _examples = reader.ReadInt32(0, BoundedFrom);
        _next = reader.ReadInt32(0, Length - 1);
        if (_next % Kernels.Lanes != 0)
            throw new CorruptStateException($"The scaler is at feature {_next}, which begins no block of {Kernels.Lanes}.");
        reader.ReadWithin(_mean, -1e300, 1e300);
        reader.ReadWithin(_variance, 0, 1e301);
        reader.ReadWithin(_count, 0, _memory);
        reader.ReadWithin(_scale, 0, FarthestMax);
        reader.ReadWithin(_bound, 0, FarthestMax);
    }

    // Behind the last feature nothing is ever counted, and so nothing ever speaks.
    private void Refresh(int block)
        => ScalingKernels.Refresh(
            _mean.AsSpan(block, Kernels.Lanes), _variance.AsSpan(block, Kernels.Lanes), _count.AsSpan(block, Kernels.Lanes), SpeaksFrom, BoundedFrom, _clip, FarthestMax,
            _scale.AsSpan(block, Kernels.Lanes), _bound.AsSpan(block, Kernels.Lanes));
}
