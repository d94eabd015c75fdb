using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Neural;

/// <summary>What a hidden unit does with its input.</summary>
public enum MlpActivation
{
    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>max(0, x).</summary>
    Relu,
}

/// <summary>How a network turns gradients into steps.</summary>
public enum MlpOptimizer
{
    /// <summary>Plain stochastic gradient descent with falling steps.</summary>
    Sgd,

    /// <summary>Adam with falling steps. About twice the time of sgd, and louder among coin flips.</summary>
    Adam,
}

/// <summary>Options of <see cref="Mlp"/>. The defaults are for weak edges under heavy label noise.</summary>
public sealed record MlpOptions
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
    public double RateDecay { get; init; } = 100;

    /// <summary>The step never falls below this.</summary>
    [Range(0.0, 1.0)]
    public double RateFloor { get; init; } = 1e-4;

    /// <summary>Decay of the weights towards zero, in units of the step.</summary>
    [Range(0.0, 1.0)]
    public double L2 { get; init; } = 1e-4;

    /// <summary>Largest standardised feature, in standard deviations.</summary>
    [Range(1.0, 100.0)]
    public double Clip { get; init; } = 5;

    /// <summary>Examples after which the features' means and deviations are forgotten exponentially.</summary>
    [Range(100.0, 1e12)]
    public double ScalingMemory { get; init; } = 10_000;
}

/// <summary>
/// A neural network of one or two hidden layers with a softmax output, trained by back-propagation one example at a time, over
/// features that it standardises itself.
/// </summary>
/// <remarks>
/// <para>Hidden weights start random (Glorot for tanh, He for relu), output weights at zero: the first answers say nothing
/// instead of something made up. Steps have the bound of <see cref="LogisticRegression"/>, over all activations; the
/// gradients of hidden units are clipped, so that weights grow at most linearly and stay finite.</para>
/// <para>Rumelhart, Hinton, Williams, "Learning representations by back-propagating errors", Nature 323, 1986; Glorot, Bengio,
/// AISTATS 2010; He, Zhang, Ren, Sun, ICCV 2015.</para>
/// </remarks>
public sealed class Mlp : IClassifier, IRateBoost
{
    // The second derivative of log-loss with a score is at most this.
    private const double Curvature = 0.25;

    private readonly MlpOptions _options;
    private readonly RunningScaler _scaler;
    private readonly StepSchedule _schedule;
    private readonly Network _network;

    // Written by learning only, and not state. The number behind the last feature is the constant 1.
    private readonly double[] _z;
    private readonly double[] _errors;
    private readonly double[] _probabilities;

    /// <summary>A network with random hidden weights whose every answer is that every class is equally likely.</summary>
    public Mlp(LearnerShape shape, MlpOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _scaler = new(Features, options.Clip, options.ScalingMemory);
        _schedule = new(options.LearningRate, options.RateDecay, options.RateFloor);
        _network = new(Features + 1, Scores.Count(Classes), options, shape.Seed);
        _z = new double[Features + 1];
        _z[Features] = 1;
        _errors = new double[_network.Outputs];
        _probabilities = new double[Classes];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _z.Length + _network.Workspace + _network.Outputs);
        var z = scratch.Span[.._z.Length];
        var scores = scratch.Span[^_network.Outputs..];
        z[Features] = 1;
        _scaler.Apply(x, z);
        _network.Forward(z, scratch.Span.Slice(_z.Length, _network.Workspace), scores);
        Scores.ToProbabilities(scores, probabilities[..Classes]);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        Forward(x);
        Step(x, label, weight);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        Forward(x);
        _probabilities.CopyTo(probabilities);
        Step(x, label, 1);
    }

    /// <inheritdoc/>
    public void BoostRate(double factor) => _schedule.Boost(factor);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("mlp", 1);
        writer.Write(Classes);
        _scaler.Save(writer);
        _schedule.Save(writer);
        _network.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("mlp", 1);
        reader.ReadInt32(Classes, Classes);
        _scaler.Load(reader);
        _schedule.Load(reader);
        _network.Load(reader);
    }

    private void Forward(ReadOnlySpan<double> x)
    {
        _scaler.Apply(x, _z);
        _network.Forward(_z, _errors);
        Scores.ToProbabilities(_errors, _probabilities);
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight)
    {
        for (var row = 0; row < _errors.Length; row++)
        {
            var k = _errors.Length == 1 ? 1 : row;
            _errors[row] = _probabilities[k] - (label == k ? 1 : 0);
        }
        _network.Step(_z, _errors, _schedule.Rate, weight, _options.L2, Curvature);
        _schedule.Advance(weight);
        _scaler.Learn(x);
    }
}
