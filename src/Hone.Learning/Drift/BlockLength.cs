using Hone.Learning.Numerics;

namespace Hone.Learning.Drift;

/// <summary>How long the blocks must be that are drawn from a sample so that what is drawn depends on its own past as the sample does.</summary>
/// <remarks>
/// Politis, White, Econometric Reviews 23, 2004, on two scores: the bin's number (dependence of the level) and its
/// distance from the middle (dependence of the volatility), the more dependent of both. What blocks cut off at their
/// ends is told by the same spectral estimates. Lags are tested in groups of doubling size, where theirs are tested one by one:
/// clustering volatility has many small correlations.
/// </remarks>
internal sealed class BlockLength
{
    private const int LagMax = 200;
    private const double Significant = 2.5;

    private readonly int _samples;
    private readonly int _window;
    private readonly int _bins;
    private readonly double[] _score;

    public BlockLength(int samples, int window, int bins)
    {
        (_samples, _window, _bins) = (samples, window, bins);
        _score = new double[samples];
    }

    /// <summary>Samples per block, and the share of the long-run variance that blocks of that length miss within a window.</summary>
    public (int Samples, double Missed) Of(ReadOnlySpan<double> sample, Span<double> edges)
    {
        var level = Dependence(sample, edges, fromMiddle: false);
        var volatility = Dependence(sample, edges, fromMiddle: true);
        var slope = Math.Max(level, volatility);

        // Politis–White for the circular bootstrap: b = (2G²/(4/3·g²))^⅓·n^⅓, slope being G/g.
        var optimal = Elementary.Exp(Elementary.Log(1.5 * slope * slope * _samples + 1e-9) / 3);
        var length = (int)Math.Clamp(Math.Floor(optimal + 0.5), Math.Max(1, _window / 25), Math.Max(1, Math.Min(_window, _samples / 8)));
        return (length, Math.Clamp(slope * (1.0 / length - 1.0 / _window), 0, 0.6));
    }

    /// <summary>|G| / g of Politis and White: Σ|k|·R(k) over ΣR(k), with the flat-top lag window; 0 without dependence.</summary>
    private double Dependence(ReadOnlySpan<double> sample, Span<double> edges, bool fromMiddle)
    {
        double mean = 0;
        for (var i = 0; i < _samples; i++)
        {
            // A missing value takes the middle: it says nothing about level or volatility.
            var bin = QuantileEdges.Bin(sample[i], edges, _bins);
            var centred = bin == _bins ? 0 : bin - 0.5 * (_bins - 1);
            mean += _score[i] = fromMiddle ? Math.Abs(centred) : centred;
        }
        mean /= _samples;
        for (var i = 0; i < _samples; i++)
            _score[i] -= mean;
        var variance = Kernels.Dot(_score, _score);
        if (!(variance > 0))
            return 0;

        // Lags in groups that double in size: volatility that clusters has correlations too small to stand out one by one, but not together.
        Span<double> correlations = stackalloc double[LagMax + 1];
        var lags = Math.Min(LagMax, _samples / 4);
        var last = 0;
        for (int from = 1, to = 1; from <= lags; (from, to) = (to + 1, Math.Min(2 * to, lags)))
        {
            double sum = 0;
            for (var k = from; k <= to; k++)
                sum += correlations[k] = Correlation(k, variance);
            var lagsHere = to - from + 1;
            if (Math.Abs(sum) > Significant * Math.Sqrt((double)lagsHere / _samples))
                last = to;
        }
        double g = 1, slope = 0;
        for (var k = 1; k <= last; k++)
        {
            var taper = 2 * k <= last ? 1 : 2 - 2 * (double)k / last;
            g += 2 * taper * correlations[k];
            slope += 2 * taper * k * correlations[k];
        }
        return g > 0.05 ? Math.Abs(slope) / g : 0;
    }

    private double Correlation(int lag, double variance)
        => Kernels.Dot(_score.AsSpan(0, _samples - lag), _score.AsSpan(lag)) / variance;
}
