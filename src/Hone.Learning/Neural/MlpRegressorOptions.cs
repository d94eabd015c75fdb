using System.ComponentModel.DataAnnotations;

namespace Hone.Learning.Neural;

/// <summary>Options of <see cref="MlpRegressor"/>.</summary>
public sealed record MlpRegressorOptions
{
    /// <summary>Units of the first hidden layer.</summary>
    [Range(1, 4096)]
    public int Hidden { get; init; } = 16;

    /// <summary>Units of the second hidden layer; 0 for none.</summary>
    [Range(0, 4096)]
    public int SecondHidden { get; init; }

    /// <summary>tanh or relu.</summary>
    public MlpActivation Activation { get; init; } = MlpActivation.Tanh;

    /// <summary>sgd or adam.</summary>
    public MlpOptimizer Optimizer { get; init; } = MlpOptimizer.Sgd;

    /// <summary>First step; it falls as initial / √(1 + examples / rate_decay). Adam likes a tenth of it.</summary>
    [Range(1e-9, 10.0)]
    public double LearningRate { get; init; } = 0.02;

    /// <summary>Examples after which the step is 1/√2 of the first one.</summary>
    [Range(1.0, 1e12)]
    public double RateDecay { get; init; } = 1000;

    /// <summary>The step never falls below this.</summary>
    [Range(0.0, 1.0)]
    public double RateFloor { get; init; } = 0.002;

    /// <summary>Decay of the weights towards zero, in units of the step.</summary>
    [Range(0.0, 1.0)]
    public double L2 { get; init; } = 1e-5;

    /// <summary>Largest standardised feature, in standard deviations.</summary>
    [Range(1.0, 100.0)]
    public double Clip { get; init; } = 5;

    /// <summary>Examples after which the means and deviations of features and errors are forgotten exponentially.</summary>
    [Range(100.0, 1e12)]
    public double ScalingMemory { get; init; } = 10_000;

    /// <summary>The layers, as a network takes them.</summary>
    internal MlpOptions Layers => new() { Hidden = Hidden, SecondHidden = SecondHidden, Activation = Activation, Optimizer = Optimizer };
}
