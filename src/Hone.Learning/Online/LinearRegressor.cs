using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>
/// What regressors that are linear have in common: features standardised, the target in its own units, a constant behind the last feature, and
/// weights told in new units when those change. How the weights learn is the derived class's.
/// </summary>
public abstract class LinearRegressor : IRegressor
{
    private readonly string _name;
    private readonly RunningScaler _scaler;
    private readonly TargetUnits _units;
    private readonly double[] _z;

    /// <summary>A regressor that has seen nothing and says 0.</summary>
    private protected LinearRegressor(string name, RegressorShape shape, double clip, double scalingMemory)
    {
        TargetUnits.Check(shape);
        (_name, Features) = (name, shape.Features);
        _scaler = new(Features, clip, scalingMemory);
        _units = new(scalingMemory);
        _z = new double[Kernels.Padded(Features + 1)];
        _z[Features] = 1;
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <summary>Length of the weights: the features and the constant in whole lanes.</summary>
    private protected int Length => _z.Length;

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> x)
    {
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _z.Length);
        var z = scratch.Span;
        z[Features..].Clear();
        z[Features] = 1;
        _scaler.Apply(x, z);
        return _units.Out(Kernels.Dot(z, Weights));
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
    {
        TargetUnits.Check(target, weight);
        Update(x, target, weight, Forward(x));
    }

    /// <inheritdoc/>
    public double TestThenTrain(ReadOnlySpan<double> x, double target)
    {
        TargetUnits.Check(target, 1);
        var score = Forward(x);
        var prediction = _units.Out(score);
        Update(x, target, 1, score);
        return prediction;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(_name, 1);
        writer.Write(Features);
        _scaler.Save(writer);
        _units.Save(writer);
        SaveWeights(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(_name, 1);
        reader.ReadInt32(Features, Features);
        _scaler.Load(reader);
        _units.Load(reader);
        LoadWeights(reader);
    }

    /// <summary>The weights, the constant's behind the last feature's.</summary>
    private protected abstract ReadOnlySpan<double> Weights { get; }

    /// <summary>Learns that for z the target in units is not the score.</summary>
    private protected abstract void Step(ReadOnlySpan<double> z, double score, double target, double weight);

    /// <summary>All weights by a ratio, then the constant's by a shift.</summary>
    private protected abstract void Rescale(double ratio, double shift);

    /// <summary>Writes what the derived class has learned.</summary>
    private protected abstract void SaveWeights(StateWriter writer);

    /// <summary>Reads what the derived class had learned.</summary>
    private protected abstract void LoadWeights(StateReader reader);

    private double Forward(ReadOnlySpan<double> x)
    {
        _scaler.Apply(x, _z);
        return Kernels.Dot(_z, Weights);
    }

    private void Update(ReadOnlySpan<double> x, double target, double weight, double score)
    {
        // The first target sets the units before it is learned: nothing can be told without any.
        if (_units.Learn(target, out var ratio, out var shift))
        {
            Rescale(ratio, shift);
            score = Kernels.Dot(_z, Weights);
        }
        Step(_z, score, _units.In(target), weight);
        _scaler.Learn(x);
    }
}
