using Hone.Learning.Numerics;

namespace Hone.Trading.Performance;

/// <summary>
/// Confidence intervals for dependent returns: histories are drawn again in blocks of random length, so that what hangs
/// together in time stays together. The same seed gives the same bits.
/// </summary>
/// <remarks>
/// Percentile intervals, widened: drawing in blocks loses the dependence across their joints, so the resampled mean varies less
/// than the real one. The ends are moved away from the observed value by the root of the ratio of the two variances (the real
/// one estimated by the same flat-top window that chooses the block length) times √(n / (n − 2b)). Measured on AR(0.3) at a nominal
/// 95 %: 0.93 instead of 0.91 for 250 values, 0.945 instead of 0.94 for 2,000. The interval of the maximum drawdown is not widened.
/// Politis, Romano, "The stationary bootstrap", JASA 89(428), 1994; block length by Politis, White, "Automatic block-length
/// selection for the dependent bootstrap", Econometric Reviews 23(1), 2004, with the correction of Patton, Politis, White, 2009.
/// </remarks>
public static class StationaryBootstrap
{
    /// <summary>Shorter histories give no intervals: blocks of so few days are not a sample of anything.</summary>
    public const int ObservationsMin = 20;

    /// <summary>The mean block length that suits the dependence in the values, 1…min(3√n, n/3); 1 for fewer than <see cref="ObservationsMin"/> or constant ones.</summary>
    public static double OptimalBlockLength(ReadOnlySpan<double> values) => DependenceOf(values).BlockLength;

    // The block length and the long-run variance of the values, Σ over all lags of their covariance.
    private static Dependence DependenceOf(ReadOnlySpan<double> values)
    {
        var n = values.Length;
        if (n < ObservationsMin)
            return new(1, 0);
        double mean = 0;
        foreach (var value in values)
            mean += value;
        mean /= n;
        var centred = new double[n];
        for (var i = 0; i < n; i++)
            centred[i] = values[i] - mean;

        var log10 = Elementary.Log(n) / 2.302585092994046;
        var silent = Math.Max(5, (int)log10);
        var lagMax = Math.Min(n - 1, (int)Math.Ceiling(Math.Sqrt(n)) + silent);
        var covariance = new double[lagMax + 1];
        for (var lag = 0; lag <= lagMax; lag++)
            covariance[lag] = Kernels.Dot(centred.AsSpan(lag), centred.AsSpan(0, n - lag)) / n;
        if (!(Math.Sqrt(covariance[0]) > Moments.NoiseOf(mean)))
            return new(1, 0);

        // The last lag before `silent` insignificant ones in a row; where there is no such place, the last significant one.
        var band = 2 * Math.Sqrt(log10 / n) * covariance[0];
        var (run, lastSignificant, found) = (0, 0, -1);
        for (var lag = 1; lag <= lagMax && found < 0; lag++)
        {
            if (Math.Abs(covariance[lag]) > band)
                (run, lastSignificant) = (0, lag);
            else if (++run == silent)
                found = lag - silent;
        }
        var bandwidth = Math.Min(2 * Math.Max(found >= 0 ? found : lastSignificant, 1), lagMax);

        double longRun = covariance[0], slope = 0;
        for (var lag = 1; lag <= bandwidth; lag++)
        {
            var share = lag / (double)bandwidth;
            var weight = share <= 0.5 ? 1 : 2 * (1 - share);
            longRun += 2 * weight * covariance[lag];
            slope += 2 * weight * lag * covariance[lag];
        }
        var lengthMax = Math.Ceiling(Math.Min(3 * Math.Sqrt(n), n / 3.0));
        var ratio = slope * slope / (longRun * longRun) * n;
        var length = slope == 0 ? 1 : double.IsFinite(ratio) ? Math.Clamp(Elementary.Pow(ratio, 1.0 / 3), 1, lengthMax) : lengthMax;
        return new(length, Math.Max(0, longRun));
    }

    /// <summary>Interval for the mean of dependent values; null for fewer than <see cref="ObservationsMin"/> of them.</summary>
    /// <param name="values">In order of time, finite.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="resamples">Histories to draw, at least 100; 1,000 for a number that is shown.</param>
    /// <param name="confidence">Share of histories inside, in (0, 1).</param>
    public static Interval? Mean(ReadOnlySpan<double> values, ulong seed, int resamples = 1000, double confidence = 0.95)
    {
        Validate(resamples, confidence);
        if (values.Length < ObservationsMin)
            return null;
        var dependence = DependenceOf(values);
        var draw = new BlockDraw(values.Length, dependence.BlockLength, new Rng(seed, "bootstrap-mean"));
        var observed = Moments.Of(values).Mean;
        var means = new double[resamples];
        double squares = 0;
        for (var r = 0; r < resamples; r++)
        {
            double sum = 0;
            draw.Restart();
            for (var i = 0; i < values.Length; i++)
                sum += values[draw.Next()] - observed;
            sum /= values.Length;
            squares += sum * sum;
            means[r] = observed + sum;
        }
        var widening = dependence.Widening(values.Length, squares / resamples);
        return Percentiles(means, resamples, confidence) is { } interval ? Widen(interval, observed, widening) : null;
    }

    /// <summary>Intervals for what is said about daily returns; null for fewer than <see cref="ObservationsMin"/> of them.</summary>
    /// <param name="returns">Daily returns as fractions, in order, finite.</param>
    /// <param name="daysPerYear">Daily returns in a year, see <see cref="TradingCalendar.DaysPerYear"/>.</param>
    /// <param name="years">Calendar years covered, for the compounding annual return; null leaves it out.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="resamples">Histories to draw, at least 100.</param>
    /// <param name="confidence">Share of histories inside, in (0, 1).</param>
    public static BootstrapIntervals? Returns(
        ReadOnlySpan<double> returns, double daysPerYear, double? years, ulong seed, int resamples = 1000, double confidence = 0.95)
    {
        Validate(resamples, confidence);
        var n = returns.Length;
        if (n < ObservationsMin)
            return null;
        var dependence = DependenceOf(returns);
        var draw = new BlockDraw(n, dependence.BlockLength, new Rng(seed, "bootstrap-returns"));
        var centre = Moments.Of(returns).Mean;
        double meanSquares = 0;
        var noise = Moments.NoiseOf(centre);
        var annual = Math.Sqrt(daysPerYear);
        double[] sharpes = new double[resamples], sortinos = new double[resamples], profits = new double[resamples], drawdowns = new double[resamples];
        var (sharpeCount, sortinoCount) = (0, 0);
        for (var r = 0; r < resamples; r++)
        {
            double sum = 0, squares = 0, downside = 0, equity = 1, peak = 1, lowestShare = 1;
            draw.Restart();
            for (var i = 0; i < n; i++)
            {
                var value = returns[draw.Next()];
                var d = value - centre;
                sum += d;
                squares += d * d;
                if (value < 0)
                    downside += value * value;
                equity *= 1 + value;
                if (equity > peak)
                    peak = equity;
                else if (equity < lowestShare * peak)
                    lowestShare = equity / peak;
            }
            var mean = centre + sum / n;
            meanSquares += sum / n * (sum / n);
            var deviation = Math.Sqrt(Math.Max(0, (squares - sum * sum / n) / (n - 1)));
            if (deviation > noise)
                sharpes[sharpeCount++] = mean / deviation * annual;
            if (downside > 0)
                sortinos[sortinoCount++] = mean / Math.Sqrt(downside / n) * annual;
            profits[r] = Math.Min(equity - 1, double.MaxValue);
            drawdowns[r] = 1 - lowestShare;
        }
        var widening = dependence.Widening(n, meanSquares / resamples);
        var seen = Observed(returns, annual);
        var profit = WidenGrowth(Percentiles(profits, resamples, confidence)!.Value, seen.Growth, widening);
        return new()
        {
            Resamples = resamples,
            BlockLengthDays = dependence.BlockLength,
            Confidence = confidence,
            Sharpe = Percentiles(sharpes, sharpeCount, confidence) is { } sharpe ? Widen(sharpe, seen.Sharpe, widening) : null,
            Sortino = Percentiles(sortinos, sortinoCount, confidence) is { } sortino ? Widen(sortino, seen.Sortino, widening) : null,
            NetProfit = profit,
            // Annualising is monotone, so the ends of one interval are the ends of the other.
            CompoundingAnnualReturn = ReturnStatistics.Annualise(profit.Low, years) is { } low && ReturnStatistics.Annualise(profit.High, years) is { } high
                ? new Interval(low, high)
                : null,
            MaxDrawdown = Percentiles(drawdowns, resamples, confidence)!.Value,
        };
    }

    private static (double Sharpe, double Sortino, double Growth) Observed(ReadOnlySpan<double> returns, double annual)
    {
        var moments = Moments.Of(returns);
        double downside = 0, growth = 1;
        foreach (var value in returns)
        {
            growth *= 1 + value;
            if (value < 0)
                downside += value * value;
        }
        return (moments.Mean / moments.Deviation * annual, moments.Mean / Math.Sqrt(downside / returns.Length) * annual, growth);
    }

    // Only ever outwards, and only by numbers: an observed value that does not exist leaves the interval as it is.
    private static Interval Widen(Interval interval, double observed, double widening)
    {
        double low = observed + (interval.Low - observed) * widening, high = observed + (interval.High - observed) * widening;
        return double.IsFinite(low) && double.IsFinite(high) ? new(Math.Min(low, interval.Low), Math.Max(high, interval.High)) : interval;
    }

    // Growth is a product: its logarithm is the sum that the widening is meant for.
    private static Interval WidenGrowth(Interval profit, double growth, double widening)
    {
        if (profit.Low <= -1 || !(growth > 0) || !double.IsFinite(growth))
            return profit;
        var log = Widen(new(Elementary.Log(1 + profit.Low), Elementary.Log(1 + profit.High)), Elementary.Log(growth), widening);
        return new(Elementary.Exp(log.Low) - 1, Math.Min(Elementary.Exp(log.High) - 1, double.MaxValue));
    }

    private static Interval? Percentiles(double[] values, int count, double confidence)
    {
        // An interval over the few histories in which the number exists would describe only those.
        if (count < values.Length * 0.9)
            return null;
        Array.Sort(values, 0, count);
        var sorted = values.AsSpan(0, count);
        var tail = (1 - confidence) / 2;
        return new(Quantiles.OfSorted(sorted, tail), Quantiles.OfSorted(sorted, 1 - tail));
    }

    private static void Validate(int resamples, double confidence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        if (!(confidence > 0 && confidence < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence lies between 0 and 1.");
    }

    private readonly record struct Dependence(double BlockLength, double LongRunVariance)
    {
        /// <summary>How much further the ends of an interval must lie from the observed value, 1…2.</summary>
        public double Widening(int count, double resampledVariance)
        {
            var lost = LongRunVariance / count / resampledVariance;
            var blocks = Math.Sqrt(count / (count - 2 * Math.Min(BlockLength, count / 4.0)));
            return double.IsFinite(lost) ? Math.Min(2, Math.Sqrt(Math.Max(1, lost)) * blocks) : 1;
        }
    }

    /// <summary>Walks through a circle of observations and jumps with probability 1 / length.</summary>
    internal struct BlockDraw
    {
        private readonly int _count;
        private readonly ulong _jumpBelow;
        private Rng _rng;
        private int _at;

        public BlockDraw(int count, double length, Rng rng)
        {
            _count = count;
            _rng = rng;
            _jumpBelow = length <= 1 ? ulong.MaxValue : (ulong)(18446744073709551616.0 / length);
        }

        public void Restart() => _at = _rng.NextInt32(_count) - 1;

        public int Next()
        {
            // The first step after a restart may jump as well: the place is uniform either way.
            if (_rng.NextUInt64() < _jumpBelow)
                _at = _rng.NextInt32(_count);
            else if (++_at == _count)
                _at = 0;
            return _at;
        }
    }
}
