using Hone.Learning.State;
using Hone.Trading.Features.Indicators;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>What kind of process the returns look like: dependence, roughness, predictability, asymmetry, tails.</summary>
public sealed class StructureFeatures : IFeatureBlock
{
    private const int Window = 60, HurstWindow = 100, HurstStride = 16;
    private const double Share = 1.0 / Window, VarianceRatioMax = 4;
    // Below this share of the mean square a variance is rounding: the returns are all alike, and their shape is undefined.
    private const double Alike = 1e-9;
    private RollingSum _sum1 = new(Window), _sum2 = new(Window), _sum3 = new(Window), _sum4 = new(Window), _product = new(Window);
    private RollingSum _four1 = new(Window), _four2 = new(Window), _path = new(20);
    private OrdinalPatterns _patterns = new(Window);
    private Hurst _hurst = new(HurstWindow, HurstStride);
    private History _closes = new(20);
    private double _lastReturn = double.NaN, _lastSum1 = double.NaN, _lastSum2 = double.NaN;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> Features { get; } =
    [
        new("autocorrelation_60", "structure", 62, 1, "correlation of log returns with the ones before over 60 bars"),
        new("variance_ratio_4_60", "structure", 64, 1, "variance of 4-bar log returns / (4 · variance of 1-bar ones) over 60 bars; Lo and MacKinlay 1988"),
        new("skewness_60", "structure", 61, 1, "third standardised moment of log returns over 60 bars"),
        new("kurtosis_60", "structure", 61, 1, "fourth standardised moment of log returns − 3 over 60 bars"),
        new("efficiency_ratio_20", "structure", 21, 1, "net change / sum of absolute changes over 20 bars; Kaufman 1995"),
        new("permutation_entropy_60", "structure", 62, 1, "order 3 over 60 patterns; Bandt and Pompe 2002"),
        new("hurst_100", "structure", 101, HurstStride, "rescaled range over 100 log returns; Hurst 1951, Anis and Lloyd 1976"),
    ];

    /// <inheritdoc/>
    public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
    {
        var close = bar.Close;
        _closes.Push(close);
        var entropy = _patterns.Update(close);
        var last = _closes[1];
        if (double.IsNaN(last))
        {
            values.Fill(double.NaN);
            return;
        }

        var r = Ratios.Log(close, last);
        var rr = r * r;
        var (beforeSum1, beforeSum2) = (_lastSum1, _lastSum2);
        var sum1 = _lastSum1 = _sum1.Update(r);
        var sum2 = _lastSum2 = _sum2.Update(rr);
        var mean = sum1 * Share;
        var square = sum2 * Share;
        var variance = square - mean * mean;
        var isAlike = !(variance > Alike * square);

        _hurst.Update(r);
        values[6] = _hurst.Corrected;
        values[0] = double.IsNaN(_lastReturn) ? double.NaN : Autocorrelation(_product.Update(r * _lastReturn), sum1, sum2, beforeSum1, beforeSum2);
        values[1] = VarianceRatio(close, isAlike ? double.NaN : variance);
        _lastReturn = r;

        // Central moments from raw ones: returns are centred already but for a small mean, nothing cancels.
        var cube = _sum3.Update(rr * r) * Share;
        var fourth = _sum4.Update(rr * rr) * Share;
        var perVariance = isAlike ? double.NaN : 1 / variance;
        values[2] = (cube - mean * (3 * square - 2 * mean * mean)) * perVariance * Math.Sqrt(perVariance);
        values[3] = (fourth - mean * (4 * cube - mean * (6 * square - 3 * mean * mean))) * perVariance * perVariance - 3;

        values[4] = Ratios.Defined(Math.Abs(close - _closes[20]), _path.Update(Math.Abs(close - last)));
        values[5] = sum2 > 0 ? entropy : double.NaN;
    }

    // Pairs (return, return before): the sums of the second members are the sums of one bar ago.
    private static double Autocorrelation(double products, double sumX, double squaresX, double sumY, double squaresY)
    {
        var varianceX = squaresX - sumX * sumX * Share;
        var varianceY = squaresY - sumY * sumY * Share;
        return varianceX > Alike * squaresX && varianceY > Alike * squaresY
            ? Math.Clamp((products - sumX * sumY * Share) / Math.Sqrt(varianceX * varianceY), -1, 1)
            : double.NaN;
    }

    private double VarianceRatio(double close, double variance)
    {
        var past = _closes[4];
        if (double.IsNaN(past))
            return double.NaN;
        var r = Ratios.Log(close, past);
        var mean = _four1.Update(r) * Share;
        var varianceFour = Math.Max(_four2.Update(r * r) * Share - mean * mean, 0);
        return Math.Min(varianceFour / (4 * variance), VarianceRatioMax);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _sum1.Save(writer);
        _sum2.Save(writer);
        _sum3.Save(writer);
        _sum4.Save(writer);
        _product.Save(writer);
        _four1.Save(writer);
        _four2.Save(writer);
        _path.Save(writer);
        _patterns.Save(writer);
        _hurst.Save(writer);
        _closes.Save(writer);
        writer.Write(_lastReturn);
        writer.Write(_lastSum1);
        writer.Write(_lastSum2);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _sum1.Load(reader);
        _sum2.Load(reader);
        _sum3.Load(reader);
        _sum4.Load(reader);
        _product.Load(reader);
        _four1.Load(reader);
        _four2.Load(reader);
        _path.Load(reader);
        _patterns.Load(reader);
        _hurst.Load(reader);
        _closes.Load(reader);
        _lastReturn = reader.ReadFiniteOrNaN();
        _lastSum1 = reader.ReadFiniteOrNaN();
        _lastSum2 = reader.ReadFiniteOrNaN();
    }
}
