using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online.Optimizers;

/// <summary>AdaGrad: each weight's step falls with the root of the squared gradients it has seen.</summary>
/// <remarks>Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR 12, 2011.</remarks>
internal sealed class AdaGradOptimizer(int rows, int length, double rate, double l2) : GradientOptimizer(rows, length)
{
    private readonly double[] _squares = new double[rows * length];

    /// <inheritdoc/>
    public override void Step(int row, ReadOnlySpan<double> z, double slope, double weight)
        => OptimizerKernels.AdaGradStep(z, slope * Counted(weight), rate, 1 - Math.Min(rate * l2 * Counted(weight), 1), Row(row), _squares.AsSpan(row * Length, Length));

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        base.Save(writer);
        writer.Write(_squares);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        base.Load(reader);
        reader.ReadWithin(_squares, 0, NumberMax);
    }
}
