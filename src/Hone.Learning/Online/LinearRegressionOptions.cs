using System.ComponentModel.DataAnnotations;

namespace Hone.Learning.Online;

/// <summary>How linear regression learns.</summary>
public enum LinearOptimizer
{
    /// <summary>Recursive least squares: the exact solution over a fading past. Its time grows with the square of the features.</summary>
    Rls,

    /// <summary>Gradient descent with a step that stays.</summary>
    Sgd,

    /// <summary>Adam.</summary>
    Adam,

    /// <summary>AdaGrad.</summary>
    AdaGrad,

    /// <summary>FTRL-proximal.</summary>
    Ftrl,

    /// <summary>Coin betting, which has no step to choose.</summary>
    CoinBetting,
}

/// <summary>Options of <see cref="RecursiveLeastSquares"/> and <see cref="GradientLinearRegression"/>.</summary>
public sealed record LinearRegressionOptions
{
    /// <summary>rls, sgd, adam, ada-grad, ftrl or coin-betting.</summary>
    public LinearOptimizer Optimizer { get; init; } = LinearOptimizer.Rls;

    /// <summary>rls only: examples over which the past fades (the forgetting factor is 1 − 1/memory).</summary>
    [Range(10.0, 1e12)]
    public double Memory { get; init; } = 100_000;

    /// <summary>
    /// rls only: variance that the intercept gains per example, because the world wanders, over the variance of the errors (a Kalman filter's process noise); each weight gains
    /// that over the squared number of inputs.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Drift { get; init; } = 1e-2;

    /// <summary>rls only: variance of each weight before anything is known, in deviations of the target; also what forgetting never goes beyond.</summary>
    [Range(1e-9, 1e6)]
    public double PriorVariance { get; init; } = 1;

    /// <summary>Step of the others. Left out: sgd 0.02, adam 0.01, ada-grad 0.3, ftrl 0.3; coin-betting has none.</summary>
    [Range(1e-9, 10.0)]
    public double? LearningRate { get; init; }

    /// <summary>ftrl only: what a weight must be worth to be anything but 0.</summary>
    [Range(0.0, 1e6)]
    public double L1 { get; init; }

    /// <summary>Decay of the weights towards zero, in units of the step; not of rls.</summary>
    [Range(0.0, 1.0)]
    public double L2 { get; init; } = 1e-6;

    /// <summary>Largest standardised feature, in standard deviations.</summary>
    [Range(1.0, 100.0)]
    public double Clip { get; init; } = 5;

    /// <summary>Examples after which the means and deviations of features and target are forgotten exponentially.</summary>
    [Range(100.0, 1e12)]
    public double ScalingMemory { get; init; } = 10_000;
}
