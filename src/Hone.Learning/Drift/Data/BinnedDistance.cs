using Hone.Learning.Numerics;

namespace Hone.Learning.Drift;

/// <summary>Distances of two histograms over bins of equal mass in the reference.</summary>
internal abstract class BinnedDistance : SampleDistance
{
    private readonly double[] _edges = new double[QuantileEdges.Slots];
    private readonly int[] _reference;
    private readonly int[] _window;
    private readonly int _bins;

    protected BinnedDistance(int bins)
    {
        _bins = bins;
        _reference = new int[bins];
        _window = new int[bins];
    }

    public override int Cells => _bins;

    public override void Fit(ReadOnlySpan<double> sorted)
    {
        QuantileEdges.Set(sorted, _edges, _bins);
        Count(sorted, _reference);
    }

    public override int Cell(double value) => QuantileEdges.Bin(value, _edges, _bins);

    public override double OfWindow(ReadOnlySpan<double> sorted)
    {
        Count(sorted, _window);
        return OfDraw(_window, _reference);
    }

    /// <summary>Bins with values of the reference, less one.</summary>
    protected int Directions
    {
        get
        {
            var occupied = 0;
            foreach (var count in _reference)
                occupied += count > 0 ? 1 : 0;
            return Math.Max(1, occupied - 1);
        }
    }

    private void Count(ReadOnlySpan<double> values, int[] counts)
    {
        Array.Clear(counts);
        foreach (var value in values)
            counts[Cell(value)]++;
    }
}

/// <summary>Population stability index.</summary>
internal sealed class PsiDistance(int bins, int window, int reference) : BinnedDistance(bins)
{
    private readonly PsiTable _table = new(window, reference);

    public override double OfDraw(ReadOnlySpan<int> window, ReadOnlySpan<int> reference) => _table.Index(window, reference);

    public override double IndependentMean(int window, int reference) => Directions * (1.0 / window + 1.0 / reference);
}

/// <summary>Jensen–Shannon divergence in nats: mean divergence of both from their middle. At most ln 2.</summary>
/// <remarks>Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37, 1991.</remarks>
internal sealed class JensenShannonDistance(int bins, int window, int reference) : BinnedDistance(bins)
{
    public override double OfDraw(ReadOnlySpan<int> drawn, ReadOnlySpan<int> drawnReference)
    {
        double divergence = 0;
        for (var b = 0; b < drawn.Length; b++)
        {
            double p = (double)drawn[b] / window, q = (double)drawnReference[b] / reference, middle = 0.5 * (p + q);
            if (p > 0)
                divergence += 0.5 * p * Elementary.Log(p / middle);
            if (q > 0)
                divergence += 0.5 * q * Elementary.Log(q / middle);
        }
        return Math.Max(0, divergence);
    }

    // To second order an eighth of the population stability index.
    public override double IndependentMean(int window, int reference) => Directions * (1.0 / window + 1.0 / reference) / 8;
}
