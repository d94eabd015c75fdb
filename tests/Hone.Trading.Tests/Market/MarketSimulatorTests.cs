using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Market;
using Hone.Trading.Regimes;

namespace Hone.Trading.Tests.Market;

public sealed class MarketSimulatorTests
{
    [Theory]
    [InlineData(1, "a89dde543cd1cb5e0018aedeab7c783f")]
    [InlineData(2, "73a004edeb856e8eb39425446f3fdc17")]
    public void The_same_seed_gives_the_same_bits_on_every_machine(ulong seed, string golden)
        => Assert.Equal(golden, HashOf(new() { Bars = 30_000, Seed = seed, DriftEveryBars = 7000 }));

    [Fact]
    public void Every_bar_is_a_valid_bar_that_opens_at_the_close_before_and_starts_where_that_one_ends()
    {
        var market = new MarketSimulator(new() { Bars = 100_000, Seed = 5 });
        var last = default(Bar);
        while (market.TryNext(out var bar, out var truth))
        {
            Assert.True(bar.Low > 0 && bar.Low <= Math.Min(bar.Open, bar.Close) && bar.High >= Math.Max(bar.Open, bar.Close) && bar.Volume > 0, bar.ToString());
            Assert.True(double.IsFinite(truth.ExpectedReturn) && double.IsFinite(truth.ExpectedReturn12) && truth.Sigma > 0);
            if (last.CloseTimeUs != 0)
            {
                Assert.Equal(last.Close, bar.Open);
                Assert.Equal(EventTime.HourUs, bar.CloseTimeUs - last.CloseTimeUs);
            }
            last = bar;
        }
        Assert.Equal(100_000, market.Bars);
        Assert.False(market.TryNext(out _, out _));
    }

    [Fact]
    public void The_concept_changes_at_the_promised_bars_and_nowhere_else()
    {
        var market = new MarketSimulator(new() { Bars = 6000, DriftBars = [1000, 2500, 4000, 5000, 9000] });
        Assert.Equal([1000, 2500, 4000, 5000], market.DriftPoints.Select(d => d.Bar));
        Assert.Equal((0, 1), (market.DriftPoints[0].FromConcept, market.DriftPoints[0].ToConcept));
        Assert.Equal((3, 0), (market.DriftPoints[3].FromConcept, market.DriftPoints[3].ToConcept));
        Assert.Equal(new DateTime(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(1000), market.DriftPoints[0].At);
        for (var bar = 0; market.TryNext(out _, out var truth); bar++)
            // The truth at a bar is about the next one.
            Assert.Equal(market.DriftPoints.Count(d => d.Bar <= bar + 1) % 4, truth.Concept);
        Assert.Equal([7000, 14000], new MarketSimulator(new() { Bars = 21_000, DriftEveryBars = 7000 }).DriftPoints.Select(d => d.Bar));
        Assert.Empty(new MarketSimulator(new() { DriftEveryBars = 0 }).DriftPoints);
    }

    [Fact]
    public void There_are_three_concepts_or_more_with_a_flip_of_sign_and_a_change_of_the_signals_that_matter()
    {
        var all = SimulatedConcept.All;
        Assert.True(all.Count >= 3);
        Assert.Equal((-all[0].Momentum, -all[0].Distance, -all[0].VolumeZ, -all[0].Season), (all[1].Momentum, all[1].Distance, all[1].VolumeZ, all[1].Season));
        Assert.True(all[0].Momentum != 0 && all[2].Momentum == 0 && all[0].Distance == 0 && all[2].Distance != 0);
        Assert.All(all, c => Assert.Equal(1, c.Momentum * c.Momentum + c.Distance * c.Distance + c.VolumeZ * c.VolumeZ + c.Season * c.Season, 2));
    }

    [Fact]
    public void All_regimes_occur_for_weeks_and_drift_the_way_they_are_called()
    {
        var market = new MarketSimulator(new() { Bars = 200_000, Seed = 3 });
        var bars = new int[3];
        var volatility = new int[3];
        var changes = 0;
        var before = TrendRegime.Sideways;
        while (market.TryNext(out _, out var truth))
        {
            bars[(int)truth.Trend]++;
            volatility[(int)truth.Volatility]++;
            changes += truth.Trend == before ? 0 : 1;
            before = truth.Trend;
            Assert.Equal(truth.Trend switch { TrendRegime.Bull => 1, TrendRegime.Bear => -1, _ => 0 }, Math.Sign(truth.RegimeDrift));
        }
        Assert.All(bars, count => Assert.InRange(count, 20_000, 120_000));
        Assert.All(volatility, count => Assert.InRange(count, 20_000, 160_000));
        Assert.InRange(200_000 / changes, 500, 2000);
    }

    [Fact]
    public void The_planted_edge_is_weak_but_there_for_the_next_bar_and_for_the_next_twelve()
    {
        var run = new Run(new() { Bars = 400_000, Seed = 1 });
        Assert.InRange(Correlation(run.Expected, run.Next(1)), 0.02, 0.08);
        Assert.InRange(Correlation(run.Expected12, run.Next(12)), 0.04, 0.08);
        // The longer expectation is one: a return of what it says, no more and no less.
        Assert.InRange(Slope(run.Expected12, run.Next(12)), 0.7, 1.3);
        Assert.InRange(Slope(run.Expected, run.Next(1)), 0.7, 1.3);
    }

    [Fact]
    public void What_predicted_up_predicts_down_after_the_flip()
    {
        var run = new Run(new() { Bars = 400_000, Seed = 4, DriftBars = [200_000] });
        var next = run.Next(1);
        var next12 = run.Next(12);
        Assert.InRange(Correlation(run.FirstConcept[..200_000], next[..200_000]), 0.02, 0.05);
        Assert.InRange(Correlation(run.FirstConcept[200_000..], next[200_000..]), -0.05, -0.02);
        Assert.True(Correlation(run.FirstConcept[..200_000], next12[..200_000]) > 0.02);
        Assert.True(Correlation(run.FirstConcept[200_000..], next12[200_000..]) < -0.02);
    }

    [Fact]
    public void Whoever_sees_the_bars_and_knows_the_concept_knows_the_expected_return_to_the_bit()
    {
        var options = new SimulatorOptions { Bars = 5000, Seed = 9, DriftEveryBars = 1000 };
        var market = new MarketSimulator(options);
        var signals = new SimulatedSignals(options);
        while (market.TryNext(out var bar, out var truth))
        {
            signals.Update(bar);
            Assert.Equal(options.Edge * signals.Sigma * signals.Score(SimulatedConcept.All[truth.Concept]), truth.ExpectedReturn);
        }
    }

    [Fact]
    public void Signals_have_the_scale_that_they_promise()
    {
        var run = new Run(new() { Bars = 400_000, Seed = 6 });
        Assert.All(run.Signals, signal =>
        {
            var mean = signal.Average();
            Assert.InRange(mean, -0.1, 0.1);
            Assert.InRange(Math.Sqrt(signal.Select(v => (v - mean) * (v - mean)).Average()), 0.9, 1.1);
        });
    }

    [Fact]
    public void In_pure_noise_nothing_predicts_the_return_but_volatility_still_clusters()
    {
        var run = new Run(new() { Bars = 400_000, Seed = 11, PureNoise = true });
        Assert.All(run.Expected, value => Assert.Equal(0, value));
        Assert.All(run.Trends, trend => Assert.Equal(TrendRegime.Sideways, trend));
        foreach (var signal in run.Signals)
        {
            Assert.InRange(Correlation(signal, run.Next(1)) * Math.Sqrt(400_000), -3, 3);
            Assert.InRange(Correlation(signal, run.Next(12)) * Math.Sqrt(400_000 / 12.0), -3, 3);
        }
        Assert.True(AutocorrelationOfSize(run, 1) > 0.1);
    }

    [Fact]
    public void Volatility_comes_in_clusters_and_has_the_size_of_the_options()
    {
        var run = new Run(new() { Bars = 400_000, Seed = 2 });
        Assert.True(AutocorrelationOfSize(run, 1) > 0.1);
        Assert.True(AutocorrelationOfSize(run, 24) > 0.1);
        var returns = run.Next(1);
        Assert.InRange(Correlation(returns[..^1], returns[1..]), -0.02, 0.02);
        var variance = returns.Select(r => r * r).Average();
        Assert.InRange(Math.Sqrt(variance * 8760), 0.54, 0.66);
        // Fat tails: clusters and jumps.
        Assert.InRange(returns.Select(r => r * r * r * r).Average() / (variance * variance), 5, 15);
    }

    [Fact]
    public void Volume_follows_volatility_and_the_clock()
    {
        var run = new Run(new() { Bars = 200_000, Seed = 2 });
        var sizes = run.Next(1).Select(Math.Abs).ToArray();
        Assert.True(Correlation(run.LogVolumes[1..], sizes[..^1]) > 0.3);
        var byHour = Enumerable.Range(0, 24).Select(hour => run.LogVolumes.Where((_, i) => i % 24 == hour).Average()).ToArray();
        Assert.True(byHour[15] > byHour[3] + 0.2);
    }

    [Fact]
    public void High_and_low_have_the_range_of_a_continuous_path()
    {
        // Parkinson: for Brownian motion the expected squared log range is 4·ln 2 times the variance.
        var market = new MarketSimulator(new() { Bars = 200_000, Seed = 8, Edge = 0, TrendDrift = 0 });
        double range = 0, variance = 0;
        while (market.TryNext(out var bar, out var truth))
        {
            range += Math.Pow(Math.Log(bar.High / bar.Low), 2);
            variance += truth.Sigma * truth.Sigma;
        }
        Assert.InRange(range / variance / (4 * Math.Log(2)), 0.95, 1.15);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(4321)]
    public void A_saved_market_continues_bit_for_bit(int cut)
    {
        var options = new SimulatorOptions { Bars = 6000, Seed = 21, DriftEveryBars = 1000 };
        var market = new MarketSimulator(options);
        for (var i = 0; i < cut; i++)
            market.TryNext(out _, out _);
        var writer = new StateWriter();
        market.Save(writer);
        var copy = new MarketSimulator(options);
        copy.Load(new(writer.Written.ToArray()));
        while (market.TryNext(out var bar, out var truth))
        {
            Assert.True(copy.TryNext(out var bar2, out var truth2));
            Assert.Equal((bar, truth), (bar2, truth2));
        }
        Assert.False(copy.TryNext(out _, out _));
    }

    [Fact]
    public void A_damaged_state_is_refused_and_never_crashes()
    {
        var options = new SimulatorOptions { Bars = 1000 };
        var market = new MarketSimulator(options);
        for (var i = 0; i < 500; i++)
            market.TryNext(out _, out _);
        var writer = new StateWriter();
        market.Save(writer);
        var state = writer.Written.ToArray();
        for (var length = 0; length < state.Length; length++)
            Assert.Throws<CorruptStateException>(() => new MarketSimulator(options).Load(new(state.AsMemory(0, length))));
        var random = new Random(1);
        for (var trial = 0; trial < 2000; trial++)
        {
            var damaged = (byte[])state.Clone();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var loaded = new MarketSimulator(options);
            try
            {
                loaded.Load(new(damaged));
            }
            catch (CorruptStateException)
            {
                continue;
            }
            loaded.TryNext(out _, out _);
        }
    }

    [Theory]
    [InlineData(0.6, false)]
    [InlineData(3.0, true)]
    public void Five_million_bars_stay_in_range(double annualVolatility, bool pureNoise)
    {
        var market = new MarketSimulator(new() { Bars = 2_500_000, Seed = 13, AnnualVolatility = annualVolatility, PureNoise = pureNoise });
        double low = 1e300, high = 0, volume = 0;
        while (market.TryNext(out var bar, out _))
        {
            low = Math.Min(low, bar.Low);
            high = Math.Max(high, bar.High);
            volume = Math.Max(volume, bar.Volume);
        }
        Assert.InRange(low, 0.05, 100);
        Assert.InRange(high, 100, 200_000);
        Assert.InRange(volume, 1000, 1e6);
    }

    [Fact]
    public void A_bar_allocates_nothing()
    {
        var market = new MarketSimulator(new() { Bars = 20_000 });
        for (var i = 0; i < 10_000; i++)
            market.TryNext(out _, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
            market.TryNext(out _, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Impossible_options_are_refused_by_name()
    {
        Refused(new() { StepMinutes = 7 }, "step_minutes");
        Refused(new() { Bars = 0 }, "bars");
        Refused(new() { Edge = 0.5 }, "edge");
        Refused(new() { AnnualVolatility = double.NaN }, "annual_volatility");
        Refused(new() { DriftBars = [10, 10] }, "drift_bars");
        Refused(new() { DriftBars = [0] }, "drift_bars");
        Refused(new() { Bars = 10_000_000, StepMinutes = 1440 }, "year 9999");
        Refused(new() { DriftEveryBars = 1, Bars = 1_000_000 }, "drift_every_bars");
        Refused(new() { StartTime = new(2020, 1, 1, 0, 30, 0, DateTimeKind.Utc) }, "start_time");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(240)]
    [InlineData(720)]
    [InlineData(1440)]
    public void Every_length_of_a_bar_has_its_edge(int stepMinutes)
    {
        var run = new Run(new() { Bars = 150_000, Seed = 2, StepMinutes = stepMinutes, DriftEveryBars = 0 });
        Assert.InRange(Correlation(run.Expected, run.Next(1)), 0.015, 0.06);
    }

    private static void Refused(SimulatorOptions options, string word)
        => Assert.Contains(word, Assert.Throws<InvalidOptionsException>(() => new MarketSimulator(options)).Message);

    private static string HashOf(SimulatorOptions options)
    {
        var market = new MarketSimulator(options);
        var hash = new BarHash();
        while (market.TryNext(out var bar, out var truth))
        {
            hash.Add(bar);
            hash.Add(truth.ExpectedReturn);
            hash.Add(truth.ExpectedReturn12);
        }
        return hash.ToString();
    }

    private static double AutocorrelationOfSize(Run run, int lag)
    {
        var sizes = run.Next(1).Select(Math.Abs).ToArray();
        return Correlation(sizes[..^lag], sizes[lag..]);
    }

    private static double Correlation(double[] x, double[] y)
    {
        var n = Math.Min(x.Length, y.Length);
        double mx = x.Take(n).Average(), my = y.Take(n).Average(), xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < n; i++)
        {
            xx += (x[i] - mx) * (x[i] - mx);
            yy += (y[i] - my) * (y[i] - my);
            xy += (x[i] - mx) * (y[i] - my);
        }
        return xy / Math.Sqrt(xx * yy);
    }

    private static double Slope(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum() / x.Zip(y, (a, _) => a * a).Sum();

    // What a market did, by bar; the arrays of Next(h) are shorter by h.
    private sealed class Run
    {
        private readonly double[] _logCloses;

        public Run(SimulatorOptions options)
        {
            var market = new MarketSimulator(options);
            var signals = new SimulatedSignals(options);
            var n = (int)options.Bars;
            (_logCloses, Expected, Expected12, FirstConcept, LogVolumes, Trends) = (new double[n], new double[n], new double[n], new double[n], new double[n], new TrendRegime[n]);
            Signals = [new double[n], new double[n], new double[n], new double[n]];
            for (var i = 0; market.TryNext(out var bar, out var truth); i++)
            {
                signals.Update(bar);
                (_logCloses[i], Expected[i], Expected12[i], LogVolumes[i], Trends[i]) = (Math.Log(bar.Close), truth.ExpectedReturn, truth.ExpectedReturn12, Math.Log(bar.Volume), truth.Trend);
                FirstConcept[i] = signals.Sigma * signals.Score(SimulatedConcept.All[0]);
                (Signals[0][i], Signals[1][i], Signals[2][i], Signals[3][i]) = (signals.Momentum, signals.Distance, signals.VolumeZ, signals.Season);
            }
        }

        public double[] Expected { get; }

        public double[] Expected12 { get; }

        public double[] FirstConcept { get; }

        public double[] LogVolumes { get; }

        public TrendRegime[] Trends { get; }

        public double[][] Signals { get; }

        public double[] Next(int bars)
        {
            var next = new double[_logCloses.Length - bars];
            for (var i = 0; i < next.Length; i++)
                next[i] = _logCloses[i + bars] - _logCloses[i];
            return next;
        }
    }
}
