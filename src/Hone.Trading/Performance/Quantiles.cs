namespace Hone.Trading.Performance;

/// <summary>Quantiles of sorted values.</summary>
internal static class Quantiles
{
    /// <summary>The value below which a share <paramref name="p"/> lies, between neighbours by straight line (type 7 of Hyndman and Fan).</summary>
    public static double OfSorted(ReadOnlySpan<double> sorted, double p)
    {
        var at = p * (sorted.Length - 1);
        var below = (int)Math.Floor(at);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
