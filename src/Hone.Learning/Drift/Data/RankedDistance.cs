namespace Hone.Learning.Drift;

/// <summary>Distances of two distribution functions, exact to the single value.</summary>
internal abstract class RankedDistance(int reference) : SampleDistance
{
    private readonly double[] _sorted = new double[reference];
    private readonly double[] _distinct = new double[reference];
    private int _cells;

    public override int Cells => _cells;

    public override bool IsRoot => true;

    /// <summary>The reference, sorted.</summary>
    protected ReadOnlySpan<double> Sorted => _sorted;

    /// <summary>Its values without repetition.</summary>
    protected ReadOnlySpan<double> Distinct => _distinct.AsSpan(0, _cells);

    public override void Fit(ReadOnlySpan<double> sorted)
    {
        sorted.CopyTo(_sorted);
        _cells = 0;
        foreach (var value in sorted)
            if (_cells == 0 || _distinct[_cells - 1] != value)
                _distinct[_cells++] = value;
    }

    public override int Cell(double value)
    {
        var at = Distinct.BinarySearch(value);
        return at >= 0 ? at : Math.Min(~at, _cells - 1);
    }
}

/// <summary>Kolmogorov–Smirnov distance: the largest difference of the two distribution functions.</summary>
internal sealed class KolmogorovSmirnovDistance(int reference) : RankedDistance(reference)
{
    // Mean of the square of the Kolmogorov distribution, π²/12.
    private const double MeanSquare = 0.82246703342411322;

    public override double OfWindow(ReadOnlySpan<double> sorted)
    {
        var reference = Sorted;
        double largest = 0;
        int i = 0, j = 0;
        while (i < sorted.Length && j < reference.Length)
        {
            var value = Math.Min(sorted[i], reference[j]);
            while (i < sorted.Length && sorted[i] == value)
                i++;
            while (j < reference.Length && reference[j] == value)
                j++;
            largest = Math.Max(largest, Math.Abs((double)i / sorted.Length - (double)j / reference.Length));
        }
        return largest;
    }

    public override double OfDraw(ReadOnlySpan<int> window, ReadOnlySpan<int> reference)
    {
        // Cells are in the order of their values; the totals are those of the last cell.
        long all = 0, allReference = 0, largest = 0, i = 0, j = 0;
        for (var k = 0; k < window.Length; k++)
            (all, allReference) = (all + window[k], allReference + reference[k]);
        for (var k = 0; k < window.Length; k++)
        {
            i += window[k];
            j += reference[k];
            largest = Math.Max(largest, Math.Abs(i * allReference - j * all));
        }
        return largest / ((double)all * allReference);
    }

    public override double IndependentMean(int window, int reference) => MeanSquare * (1.0 / window + 1.0 / reference);
}

/// <summary>Wasserstein distance of order 1: how far the values must be moved on average to turn one distribution into the other, in the feature's unit.</summary>
/// <remarks>In one dimension the area between the two distribution functions (Vallender 1973).</remarks>
internal sealed class WassersteinDistance(int reference) : RankedDistance(reference)
{
    public override double OfWindow(ReadOnlySpan<double> sorted)
    {
        var reference = Sorted;
        double area = 0, last = Math.Min(sorted[0], reference[0]);
        int i = 0, j = 0;
        while (i < sorted.Length || j < reference.Length)
        {
            var value = i < sorted.Length && (j == reference.Length || sorted[i] <= reference[j]) ? sorted[i] : reference[j];
            area += Math.Abs((double)i / sorted.Length - (double)j / reference.Length) * (value - last);
            last = value;
            while (i < sorted.Length && sorted[i] == value)
                i++;
            while (j < reference.Length && reference[j] == value)
                j++;
        }
        return area;
    }

    public override double OfDraw(ReadOnlySpan<int> window, ReadOnlySpan<int> reference)
    {
        var values = Distinct;
        long all = 0, allReference = 0, i = 0, j = 0;
        for (var k = 0; k < window.Length; k++)
            (all, allReference) = (all + window[k], allReference + reference[k]);
        double area = 0, scale = 1 / ((double)all * allReference);
        for (var k = 0; k + 1 < window.Length; k++)
        {
            i += window[k];
            j += reference[k];
            area += Math.Abs(i * allReference - j * all) * scale * (values[k + 1] - values[k]);
        }
        return area;
    }

    public override double IndependentMean(int window, int reference)
    {
        // E|N(0, F(1−F)(1/n+1/m))| over the line: the square of the mean is a little below the mean of the square.
        var sorted = Sorted;
        double root = 0;
        for (var k = 1; k < sorted.Length; k++)
        {
            var below = (double)k / sorted.Length;
            root += Math.Sqrt(below * (1 - below)) * (sorted[k] - sorted[k - 1]);
        }
        return 0.63661977236758138 * root * root * (1.0 / window + 1.0 / reference);
    }
}
