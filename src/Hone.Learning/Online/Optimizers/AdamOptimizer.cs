using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online.Optimizers;

/// <summary>Adam: running means of the gradient and of its square set each weight's step.</summary>
/// <remarks>Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015.</remarks>
internal sealed class AdamOptimizer(int rows, int length, double rate, double l2) : GradientOptimizer(rows, length)
{
    private readonly double[] _first = new double[rows * length];
    private readonly double[] _second = new double[rows * length];
    private double _firstDecay = 1;
    private double _secondDecay = 1;
    private double _rate;
    private double _keep = 1;

    /// <inheritdoc/>
    public override void Begin(ReadOnlySpan<double> z, double weight, double curvature)
    {
        _firstDecay *= 0.9;
        _secondDecay *= 0.999;
        var counted = Counted(weight);
        _rate = rate * counted * Math.Sqrt(1 - _secondDecay) / (1 - _firstDecay);
        _keep = 1 - Math.Min(rate * counted * l2, 1);
    }

    /// <inheritdoc/>
    public override void Step(int row, ReadOnlySpan<double> z, double slope, double weight)
        => Kernels.AdamStep(z, slope, _rate, _keep, Row(row), _first.AsSpan(row * Length, Length), _second.AsSpan(row * Length, Length));

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        base.Save(writer);
        writer.Write(_first);
        writer.Write(_second);
        writer.Write(_firstDecay);
        writer.Write(_secondDecay);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        base.Load(reader);
        reader.ReadWithin(_first, -NumberMax, NumberMax);
        reader.ReadWithin(_second, 0, NumberMax);
        _firstDecay = reader.ReadWithin(0, 1);
        _secondDecay = reader.ReadWithin(0, 1);
    }
}
