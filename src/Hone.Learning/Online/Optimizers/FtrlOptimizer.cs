using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online.Optimizers;

/// <summary>FTRL-proximal: the weights that would have been best so far under an adaptive, sparse penalty.</summary>
/// <remarks>McMahan, Holt, Sculley et al., "Ad click prediction: a view from the trenches", KDD 2013; β = 1.</remarks>
internal sealed class FtrlOptimizer(int rows, int length, double alpha, double l1, double l2) : GradientOptimizer(rows, length)
{
    private const double Beta = 1;
    private readonly double[] _sums = new double[rows * length];
    private readonly double[] _squares = new double[rows * length];

    /// <inheritdoc/>
    public override void Step(int row, ReadOnlySpan<double> z, double slope, double weight)
        => OptimizerKernels.FtrlStep(z, slope * Counted(weight), alpha, Beta, l1, l2, Row(row), _sums.AsSpan(row * Length, Length), _squares.AsSpan(row * Length, Length));

    /// <inheritdoc/>
    public override void Rescale(int row, int intercept, double ratio, double shift)
    {
        base.Rescale(row, intercept, ratio, shift);

        // The weights follow from the sums; those have to say what the weights say.
        for (var i = 0; i < Length; i++)
        {
            var w = Row(row)[i];
            var at = row * Length + i;
            _sums[at] = w == 0 ? 0 : -w * ((Math.Sqrt(_squares[at]) + Beta) / alpha + l2) - Math.CopySign(l1, w);
        }
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        base.Save(writer);
        writer.Write(_sums);
        writer.Write(_squares);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        base.Load(reader);
        reader.ReadWithin(_sums, -NumberMax, NumberMax);
        reader.ReadWithin(_squares, 0, NumberMax);
    }
}
