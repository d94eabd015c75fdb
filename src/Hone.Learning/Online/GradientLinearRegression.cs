using Hone.Learning.Numerics;
using Hone.Learning.Online.Optimizers;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>Linear regression by gradient steps on the squared error, with one optimiser of the user's choice. Its time grows with the features, not with their square.</summary>
public sealed class GradientLinearRegression : LinearRegressor
{
    private readonly GradientOptimizer _optimizer;

    /// <summary>A regressor that has seen nothing and says 0.</summary>
    public GradientLinearRegression(RegressorShape shape, LinearRegressionOptions options)
        : base("gradient-linear-regression", shape, options.Clip, options.ScalingMemory)
        => _optimizer = options.Optimizer switch
        {
            LinearOptimizer.Sgd => new SgdOptimizer(1, Length, options.LearningRate ?? 0.02, options.L2),
            LinearOptimizer.Adam => new AdamOptimizer(1, Length, options.LearningRate ?? 0.01, options.L2),
            LinearOptimizer.AdaGrad => new AdaGradOptimizer(1, Length, options.LearningRate ?? 0.3, options.L2),
            LinearOptimizer.Ftrl => new FtrlOptimizer(1, Length, options.LearningRate ?? 0.3, options.L1, options.L2),
            LinearOptimizer.CoinBetting => new CoinBettingOptimizer(1, Length),
            _ => throw new InvalidOptionsException($"linear-regression: {options.Optimizer} is not by gradient steps."),
        };

    private protected override ReadOnlySpan<double> Weights => _optimizer.Row(0);

    private protected override void Step(ReadOnlySpan<double> z, double score, double target, double weight)
    {
        // A score far outside of all targets would make a slope without bound.
        var slope = Math.Min(Math.Max(score - target, -2 * TargetUnits.Clip), 2 * TargetUnits.Clip);
        _optimizer.Begin(z, weight, 1);
        _optimizer.Step(0, z, slope, weight);
    }

    private protected override void Rescale(double ratio, double shift) => _optimizer.Rescale(0, Features, ratio, shift);

    private protected override void SaveWeights(StateWriter writer) => _optimizer.Save(writer);

    private protected override void LoadWeights(StateReader reader) => _optimizer.Load(reader);
}
