using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Neural;

/// <summary>
/// A neural network of one or two hidden layers with one linear output, trained on the squared error one example at a time, beside an exact linear regression
/// of the same features: the network learns what that leaves over.
/// </summary>
/// <remarks>
/// Features are standardised, and the network's target is the linear regression's error in standard deviations of the errors. Where the world is linear the
/// network says 0 and costs next to nothing; where it is not, it does not have to learn the linear part by small steps.
/// </remarks>
public sealed class MlpRegressor : IRegressor
{
    private readonly MlpRegressorOptions _options;
    private readonly RunningScaler _scaler;
    private readonly RecursiveLeastSquares _linear;
    private readonly TargetUnits _units;
    private readonly StepSchedule _schedule;
    private readonly Network _network;

    // Written by learning only, and not state. The number behind the last feature is the constant 1.
    private readonly double[] _z;
    private readonly double[] _output = new double[1];

    /// <summary>A network that says nothing beside a linear regression that has seen nothing.</summary>
    public MlpRegressor(RegressorShape shape, MlpRegressorOptions options)
    {
        TargetUnits.Check(shape);
        (Features, _options) = (shape.Features, options);
        _scaler = new(Features, options.Clip, options.ScalingMemory);
        _linear = new(shape, new() { Clip = options.Clip, ScalingMemory = options.ScalingMemory });
        _units = new(options.ScalingMemory, centred: false);
        _schedule = new(options.LearningRate, options.RateDecay, options.RateFloor);
        _network = new(Features + 1, 1, options.Layers, shape.Seed);
        _z = new double[Features + 1];
        _z[Features] = 1;
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> x)
    {
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _z.Length + _network.Workspace + 1);
        var z = scratch.Span[.._z.Length];
        var output = scratch.Span[^1..];
        z[Features] = 1;
        _scaler.Apply(x, z);
        _network.Forward(z, scratch.Span.Slice(_z.Length, _network.Workspace), output);
        return _linear.Predict(x) + _units.Out(output[0]);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
    {
        TargetUnits.Check(target, weight);
        var before = _linear.Predict(x);
        _linear.Learn(x, target, weight);
        Update(x, target - before, weight);
    }

    /// <inheritdoc/>
    public double TestThenTrain(ReadOnlySpan<double> x, double target)
    {
        TargetUnits.Check(target, 1);
        var before = _linear.TestThenTrain(x, target);
        return before + Update(x, target - before, 1);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("mlp-regressor", 1);
        writer.Write(Features);
        _scaler.Save(writer);
        _linear.Save(writer);
        _units.Save(writer);
        _schedule.Save(writer);
        _network.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("mlp-regressor", 1);
        reader.ReadInt32(Features, Features);
        _scaler.Load(reader);
        _linear.Load(reader);
        _units.Load(reader);
        _schedule.Load(reader);
        _network.Load(reader);
    }

    // What the network said of the linear regression's error before it learned it.
    private double Update(ReadOnlySpan<double> x, double error, double weight)
    {
        _scaler.Apply(x, _z);
        _network.Forward(_z, _output);
        var said = _units.Out(_output[0]);
        _units.Learn(error, out _, out _);
        _output[0] = Math.Min(Math.Max(_output[0] - _units.In(error), -2 * TargetUnits.Clip), 2 * TargetUnits.Clip);
        _network.Step(_z, _output, _schedule.Rate, weight, _options.L2, 1);
        _schedule.Advance(weight);
        _scaler.Learn(x);
        return said;
    }
}
