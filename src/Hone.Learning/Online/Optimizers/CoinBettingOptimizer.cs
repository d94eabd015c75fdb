using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online.Optimizers;

/// <summary>Coin betting: each weight is a stake out of what its earlier stakes have won; there is no step to choose.</summary>
/// <remarks>Orabona, Tommasi, "Training deep networks without learning rates through coin betting", NIPS 2017 (COCOB).</remarks>
internal sealed class CoinBettingOptimizer(int rows, int length) : GradientOptimizer(rows, length)
{
    // No stake is more than this fraction's inverse of the winnings in the beginning; the paper takes 100 for networks, where it guards the first layers.
    private const double Caution = 10;
    private readonly double[] _largest = new double[rows * length];
    private readonly double[] _absolutes = new double[rows * length];
    private readonly double[] _won = new double[rows * length];
    private readonly double[] _sums = new double[rows * length];

    /// <inheritdoc/>
    public override void Step(int row, ReadOnlySpan<double> z, double slope, double weight)
        => OptimizerKernels.CoinStep(z, slope * Counted(weight), Caution, Row(row), Of(_largest, row), Of(_absolutes, row), Of(_won, row), Of(_sums, row));

    /// <inheritdoc/>
    public override void Rescale(int row, int intercept, double ratio, double shift)
    {
        base.Rescale(row, intercept, ratio, shift);
        for (var i = 0; i < Length; i++)
        {
            // The bet is made to be one that would stake this much now.
            var at = row * Length + i;
            var floor = Math.Max(_largest[at], 1e-100);
            var stake = floor * Math.Max(_absolutes[at] + floor, floor * Caution);
            _sums[at] = Math.Min(Math.Max(Row(row)[i] * stake / (floor + _won[at]), -NumberMax), NumberMax);
        }
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        base.Save(writer);
        writer.Write(_largest);
        writer.Write(_absolutes);
        writer.Write(_won);
        writer.Write(_sums);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        base.Load(reader);
        reader.ReadWithin(_largest, 0, NumberMax);
        reader.ReadWithin(_absolutes, 0, NumberMax);
        reader.ReadWithin(_won, 0, NumberMax);
        reader.ReadWithin(_sums, -NumberMax, NumberMax);
    }

    private Span<double> Of(double[] numbers, int row) => numbers.AsSpan(row * Length, Length);
}
