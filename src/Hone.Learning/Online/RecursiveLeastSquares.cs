using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>
/// Linear regression by recursive least squares: the exact weighted least-squares solution over an exponentially fading past, with a
/// Gaussian prior on the weights. The default of linear-regression.
/// </summary>
/// <remarks>
/// <para>With P the covariance of the weights: g = P·z, d = λ/w + zᵀg, weights += g·error/d, P = (P − g·gᵀ/d)/λ. The update is computed so that P stays
/// exactly symmetric. The world wanders, the level of the target more than what it depends on: P gains the drift for the constant, and for each weight the drift over the squared
/// number of inputs, so that many features do not cost more than few. Features that do not move for a long time would let P grow without bound (wind-up): nothing
/// is forgotten in a step after which the mean variance of the weights would exceed its prior.</para>
/// <para>n features cost n² multiplications: 65 inputs about two microseconds.</para>
/// <para>Plackett, Biometrika 37, 1950; Åström, Wittenmark, "Adaptive control", 1989 (wind-up).</para>
/// </remarks>
public sealed class RecursiveLeastSquares : LinearRegressor
{
    private const double WeightMax = 1e9, VarianceMax = 1e9;
    private readonly double _prior;
    private readonly double _forgetting;
    private readonly double _drift;
    private readonly int _inputs;
    private readonly double[] _weights;

    // Rows padded to whole lanes; the padding stays 0.
    private readonly double[] _covariance;
    private readonly double[] _gain;

    /// <summary>A regressor that has seen nothing and says 0.</summary>
    public RecursiveLeastSquares(RegressorShape shape, LinearRegressionOptions options)
        : base("recursive-least-squares", shape, options.Clip, options.ScalingMemory)
    {
        (_prior, _forgetting, _drift, _inputs) = (options.PriorVariance, 1 - 1 / options.Memory, options.Drift, Features + 1);
        _weights = new double[Length];
        _gain = new double[Length];
        _covariance = new double[_inputs * Length];
        Restart();
    }

    private protected override ReadOnlySpan<double> Weights => _weights;

    private protected override void Step(ReadOnlySpan<double> z, double score, double target, double weight)
    {
        for (var i = 0; i < _inputs; i++)
            _gain[i] = Kernels.Dot(Row(i), z);
        var spread = Kernels.Dot(z, _gain);
        if (!(spread >= 0))
        {
            // Rounding has eaten the covariance; what the weights know stays.
            Restart();
            return;
        }
        var counted = Math.Min(weight, 1e6);
        var denominator = 1 / counted + spread;
        Kernels.AddScaled(_gain, (target - score) / denominator, _weights);
        foreach (ref var w in _weights.AsSpan())
            w = Math.Min(Math.Max(w, -WeightMax), WeightMax);

        // As √d in both factors, so that row i, column j has the bits of row j, column i.
        Kernels.Scale(1 / Math.Sqrt(denominator), _gain);
        var trace = 0.0;
        for (var i = 0; i < _inputs; i++)
        {
            Kernels.AddScaled(_gain, -_gain[i], Row(i));
            ref var variance = ref _covariance[i * Length + i];
            variance = Math.Max(variance, 0);
            trace += variance;
        }
        var passed = Math.Min(counted, 1);
        var keep = 1 - passed * (1 - _forgetting);
        if (trace > _prior * _inputs * keep)
            return;
        Kernels.Scale(1 / keep, _covariance);
        for (var i = 0; i < _inputs; i++)
            _covariance[i * Length + i] += passed * (i == Features ? _drift : _drift / ((double)_inputs * _inputs));
    }

    private protected override void Rescale(double ratio, double shift)
    {
        Kernels.Scale(ratio, _weights);
        _weights[Features] += shift;
        foreach (ref var w in _weights.AsSpan())
            w = Math.Min(Math.Max(w, -WeightMax), WeightMax);
    }

    private protected override void SaveWeights(StateWriter writer)
    {
        writer.Write(_weights);
        writer.Write(_covariance);
    }

    private protected override void LoadWeights(StateReader reader)
    {
        reader.ReadWithin(_weights, -WeightMax, WeightMax);
        reader.ReadWithin(_covariance, -VarianceMax, VarianceMax);
    }

    private void Restart()
    {
        Array.Clear(_covariance);
        for (var i = 0; i < _inputs; i++)
            _covariance[i * Length + i] = _prior;
    }

    private Span<double> Row(int i) => _covariance.AsSpan(i * Length, Length);
}
