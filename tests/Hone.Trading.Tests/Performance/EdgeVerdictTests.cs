using Hone.Learning.Numerics;
using Hone.Trading.Market;
using Hone.Trading.Performance;

namespace Hone.Trading.Tests.Performance;

public sealed class EdgeVerdictTests
{
    /// <summary>A market of independent days, an account that holds −1, 0 or 1 for three days each; skill is the share of positions that know the move.</summary>
    private static EdgeEvidence Run(ulong seed, double skill, int days = 400, double drift = 0, int resamples = 400, int trials = 1)
    {
        var rng = new Rng(seed, "world");
        var account = new PerformanceRecorder(100, AssetClass.Crypto);
        var baselines = new BaselineRecorder(AssetClass.Crypto, 0.001, 1024);
        var (equity, close, position) = (100.0, 50.0, 0);
        account.On(0, equity, 0, close);
        baselines.On(0, close, 0);
        for (var day = 1; day <= days; day++)
        {
            var move = drift + 0.02 * rng.NextGaussian();
            if (skill > 0 || day % 3 == 1)
                position = rng.NextDouble() < skill ? Math.Sign(move) : rng.NextInt32(3) - 1;
            close *= 1 + move;
            equity *= 1 + position * move;
            account.On(day * EventTime.DayUs, equity, position, close);
            baselines.On(day * EventTime.DayUs, close, position);
        }
        return new()
        {
            Net = PerformanceStatistics.Compute(account, 365, new(trials, null), seed, resamples).Net,
            Trades = days / 3,
            ShiftPValue = baselines.Compute(365, seed).RandomSameTurnover!.PValue,
        };
    }

    [Fact]
    public void Noise_is_called_noise()
    {
        const int runs = 200;
        var (edges, naive, silent) = (0, 0, 0);
        for (var run = 0; run < runs; run++)
        {
            var evidence = Run(1 + (ulong)run, skill: 0);
            var verdict = EdgeVerdict.Judge(evidence);
            if (verdict.Conclusion == EdgeConclusion.Edge)
                edges++;
            if (verdict.Conclusion == EdgeConclusion.NotEnoughData)
                silent++;
            if (evidence.Net.Sharpe > 0.5)
                naive++;
        }
        // 4 of 200: the exact (Clopper–Pearson) upper 95 % bound of the rate, one-sided, is 4.5 %. 5 would leave it at 5.2 %.
        Assert.True(edges <= 4, $"{edges} of {runs} noise runs were called an edge.");
        Assert.Equal(0, silent);
        // The same worlds must be able to fool somebody: whoever believes a Sharpe ratio of half a point sees an edge in every fifth.
        Assert.True(naive > runs / 5, $"The naive rule was fooled by {naive}.");
    }

    [Fact]
    public void Noise_in_a_rising_market_is_called_noise()
    {
        var edges = 0;
        for (var run = 0; run < 60; run++)
        {
            if (EdgeVerdict.Judge(Run(9000 + (ulong)run, skill: 0, drift: 0.002)).Conclusion == EdgeConclusion.Edge)
                edges++;
        }
        Assert.True(edges <= 3, $"{edges} of 60 were called an edge.");
    }

    [Fact]
    public void Real_skill_is_called_an_edge()
    {
        var edges = 0;
        for (var run = 0; run < 40; run++)
        {
            if (EdgeVerdict.Judge(Run(500 + (ulong)run, skill: 0.35)).Conclusion == EdgeConclusion.Edge)
                edges++;
        }
        Assert.True(edges >= 38, $"Only {edges} of 40 were seen.");
    }

    private static EdgeEvidence Good => new()
    {
        Net = new()
        {
            Days = 700, DaysPerYear = 365, Sharpe = 2.5, ProbabilisticSharpe = 0.9995, DeflatedSharpe = 0.99, Trials = 4, MinTrackRecordDays = 180,
            Intervals = new() { Sharpe = new(1.1, 3.9) },
        },
        Trades = 300,
        ShiftPValue = 0.005,
        Ic = 0.05,
        IcSamples = 50_000,
        LabelBars = 12,
    };

    [Fact]
    public void Everything_passed_is_an_edge()
    {
        var verdict = EdgeVerdict.Judge(Good);
        Assert.Equal(EdgeConclusion.Edge, verdict.Conclusion);
        Assert.StartsWith("Edge: after costs and 4 trials", verdict.Sentence);
        Assert.Equal(["sharpe", "bootstrap", "timing", "prediction"], verdict.Tests.Select(test => test.Name));
        Assert.All(verdict.Tests, test => Assert.True(test.Passed));
    }

    [Fact]
    public void One_failed_test_is_no_edge_and_is_named()
    {
        AssertFails("sharpe", Good with { Net = Good.Net with { Trials = 500 } });
        AssertFails("bootstrap", Good with { Net = Good.Net with { Intervals = new() { Sharpe = new(-0.1, 3.9) } } });
        AssertFails("timing", Good with { ShiftPValue = 0.06 });
        // 300 predictions over 12 bars are 25: 0.05 · √24 is a quarter of a standard error.
        AssertFails("prediction", Good with { IcSamples = 300 });
        AssertFails("suspect leak", Good with { Suspicions = ["The Sharpe ratio is 9."] });

        static void AssertFails(string name, EdgeEvidence evidence)
        {
            var verdict = EdgeVerdict.Judge(evidence);
            Assert.Equal(EdgeConclusion.NoEdge, verdict.Conclusion);
            Assert.Equal([name], verdict.Tests.Where(test => !test.Passed).Select(test => test.Name));
            Assert.StartsWith("No edge shown: ", verdict.Sentence);
        }
    }

    [Fact]
    public void Overlapping_labels_count_by_their_effective_number()
    {
        Assert.Equal(1 / Math.Sqrt(99), EdgeVerdict.IcStandardError(1200, 12)!.Value, 1e-15);
        Assert.Null(EdgeVerdict.IcStandardError(20, 10));
        var counted = Good with { Ic = 0.06, IcSamples = 1200, LabelBars = 1 };
        Assert.Equal(EdgeConclusion.Edge, EdgeVerdict.Judge(counted).Conclusion);
        Assert.Equal(EdgeConclusion.NoEdge, EdgeVerdict.Judge(counted with { LabelBars = 12 }).Conclusion);
    }

    [Fact]
    public void A_run_without_models_is_judged_by_its_returns() => Assert.Equal(EdgeConclusion.Edge, EdgeVerdict.Judge(Good with { Ic = null }).Conclusion);

    [Fact]
    public void Too_little_data_is_said_before_anything_else()
    {
        Assert.Equal(EdgeConclusion.NotEnoughData, EdgeVerdict.Judge(Good with { Trades = 29 }).Conclusion);
        Assert.Equal(EdgeConclusion.NotEnoughData, EdgeVerdict.Judge(Good with { Net = Good.Net with { Days = 59 } }).Conclusion);
        Assert.Equal(EdgeConclusion.NotEnoughData, EdgeVerdict.Judge(Good with { ShiftPValue = null }).Conclusion);
        Assert.Equal(EdgeConclusion.NotEnoughData, EdgeVerdict.Judge(Good with { Net = Good.Net with { Sharpe = null } }).Conclusion);
    }

    [Fact]
    public void What_would_be_needed_is_said()
    {
        var verdict = EdgeVerdict.Judge(Good with { Net = Good.Net with { Sharpe = 0.6, ProbabilisticSharpe = 0.8, MinTrackRecordDays = 2741.2 } });
        Assert.Contains("would need 2742 days; there are 700.", verdict.Sentence);
    }

    [Theory]
    [InlineData(0.2, 5.0, 0.8, 1000, 0)]
    [InlineData(0.201, 1.0, 0.5, 1000, 1)]
    [InlineData(-0.3, 1.0, 0.5, 1000, 1)]
    [InlineData(0.05, 5.01, 0.5, 1000, 1)]
    [InlineData(0.05, 1.0, 0.81, 100, 0)]
    [InlineData(0.05, 1.0, 0.81, 101, 1)]
    [InlineData(0.9, 40.0, 1.0, 500, 3)]
    [InlineData(null, null, null, 0, 0)]
    public void Absurd_results_are_suspects(double? ic, double? sharpe, double? hitRate, long trades, int reasons)
        => Assert.Equal(reasons, SuspectLeak.Check(ic, sharpe, hitRate, trades).Count);

    [Fact]
    public void A_suspicion_quotes_its_number()
    {
        var texts = string.Join(" ", SuspectLeak.Check(0.31, 8.25, 0.914, 400));
        Assert.Contains("0.310", texts);
        Assert.Contains("8.25", texts);
        Assert.Contains("91.4 % of 400", texts);
    }
}
