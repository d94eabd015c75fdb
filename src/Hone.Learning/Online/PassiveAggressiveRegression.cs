using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>Options of <see cref="PassiveAggressiveRegression"/>.</summary>
public sealed record PassiveAggressiveRegressionOptions
{
    /// <summary>How far to go for one example: pa, pa-i or pa-ii.</summary>
    public PassiveAggressiveVariant Variant { get; init; } = PassiveAggressiveVariant.PaI;

    /// <summary>Aggressiveness of pa-i and pa-ii.</summary>
    [Range(1e-9, 1e6)]
    public double C { get; init; } = 0.05;

    /// <summary>Errors up to this are none, in standard deviations of the target.</summary>
    [Range(0.0, 10.0)]
    public double Epsilon { get; init; } = 0.02;

    /// <summary>Largest standardised feature, in standard deviations.</summary>
    [Range(1.0, 100.0)]
    public double Clip { get; init; } = 5;

    /// <summary>Examples after which the means and deviations of features and target are forgotten exponentially.</summary>
    [Range(100.0, 1e12)]
    public double ScalingMemory { get; init; } = 10_000;
}

/// <summary>A linear regressor that changes only when it is wrong by more than ε, and then just enough (or at most C).</summary>
/// <remarks>Crammer, Dekel, Keshet, Shalev-Shwartz, Singer, "Online passive-aggressive algorithms", JMLR 7, 2006, §5.</remarks>
public sealed class PassiveAggressiveRegression : LinearRegressor
{
    private const double WeightMax = 1e18;
    private readonly PassiveAggressiveRegressionOptions _options;
    private readonly double[] _weights;

    /// <summary>A regressor that has seen nothing and says 0.</summary>
    public PassiveAggressiveRegression(RegressorShape shape, PassiveAggressiveRegressionOptions options)
        : base("passive-aggressive-regression", shape, options.Clip, options.ScalingMemory)
        => (_options, _weights) = (options, new double[Length]);

    private protected override ReadOnlySpan<double> Weights => _weights;

    private protected override void Step(ReadOnlySpan<double> z, double score, double target, double weight)
    {
        var error = target - score;
        var loss = Math.Abs(error) - _options.Epsilon;
        if (loss <= 0)
            return;
        var square = Kernels.Dot(z, z);
        var step = _options.Variant switch
        {
            PassiveAggressiveVariant.Pa => loss / square * Math.Min(weight, 1),
            PassiveAggressiveVariant.PaI => Math.Min(_options.C * weight, loss / square),
            _ => loss / (square + 0.5 / _options.C / weight),
        };
        Kernels.AddScaled(z, Math.CopySign(step, error), _weights);
    }

    private protected override void Rescale(double ratio, double shift)
    {
        Kernels.Scale(ratio, _weights);
        _weights[Features] += shift;
    }

    private protected override void SaveWeights(StateWriter writer) => writer.Write(_weights);

    private protected override void LoadWeights(StateReader reader) => reader.ReadWithin(_weights, -WeightMax, WeightMax);
}
