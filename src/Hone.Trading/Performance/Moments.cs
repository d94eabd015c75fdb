namespace Hone.Trading.Performance;

/// <summary>Mean, spread and shape of a sample, summed in order.</summary>
internal readonly record struct Moments(int Count, double Mean, double Deviation, double? Skew, double? Kurtosis)
{
    /// <summary>A standard deviation up to here is rounding noise of a constant, not a spread.</summary>
    public static double NoiseOf(double scale) => 1e-12 * Math.Abs(scale);

    /// <summary>Whether the values differ by more than rounding.</summary>
    public bool Varies => Deviation > NoiseOf(Mean);

    /// <summary>
    /// Moments of a sample: standard deviation with n − 1; skew and kurtosis are those of the population of the values
    /// (kurtosis not in excess: 3 for a normal).
    /// </summary>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        var n = values.Length;
        if (n == 0)
            return default;
        double sum = 0;
        foreach (var value in values)
            sum += value;
        var mean = sum / n;
        double m2 = 0, m3 = 0, m4 = 0;
        foreach (var value in values)
        {
            var d = value - mean;
            var square = d * d;
            m2 += square;
            m3 += square * d;
            m4 += square * square;
        }
        var deviation = n > 1 ? Math.Sqrt(m2 / (n - 1)) : 0;
        if (n < 3 || !(deviation > NoiseOf(mean)))
            return new(n, mean, deviation, null, null);
        var variance = m2 / n;
        var skew = m3 / n / (variance * Math.Sqrt(variance));
        var kurtosis = m4 / n / (variance * variance);
        return new(n, mean, deviation, double.IsFinite(skew) ? skew : null, double.IsFinite(kurtosis) ? kurtosis : null);
    }
}
