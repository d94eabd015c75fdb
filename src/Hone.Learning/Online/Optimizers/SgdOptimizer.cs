using Hone.Learning.Numerics;

namespace Hone.Learning.Online.Optimizers;

/// <summary>Stochastic gradient descent with a step that stays, bounded as an implicit update would be.</summary>
/// <remarks>Robbins, Monro 1951; Toulis, Airoldi, Annals of Statistics 45(4), 2017.</remarks>
internal sealed class SgdOptimizer(int rows, int length, double rate, double l2) : GradientOptimizer(rows, length)
{
    private double _rate;

    /// <inheritdoc/>
    public override void Begin(ReadOnlySpan<double> z, double weight, double curvature)
        => _rate = 1 / (1 / rate / weight + curvature * Kernels.Dot(z, z));

    /// <inheritdoc/>
    public override void Step(int row, ReadOnlySpan<double> z, double slope, double weight)
    {
        Kernels.Scale(1 - Math.Min(_rate * l2, 1), Row(row));
        Kernels.AddScaled(z, -_rate * slope, Row(row));
    }
}
