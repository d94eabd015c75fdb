using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Features;
using Hone.Trading.Market;

namespace Hone.Host.Tests.Cli;

public sealed class CheckLeaksVerbTests
{
    private static readonly string[] Small = ["check-leaks", "--bars", "1200", "--cuts", "4"];

    [Fact]
    public void On_the_built_in_market_nothing_leaks()
    {
        var run = CommandLine.Run(Small);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"^SIM: no look-ahead found \(1,200 bars, 4 cuts, \d+ replays compared\)", run.Out);
    }

    [Fact]
    public void On_a_users_file_too_and_as_json()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("simulate", "--bars", "1500", "--out", folder["MINE_1h.csv"]);

        var root = CommandLine.Run([.. Small, "--data", folder["MINE_1h.csv"], "--json"]).Json();

        Assert.Equal(("MINE", true, 1200, 4, 0), (root.GetProperty("symbol").GetString(), root.GetProperty("holds").GetBoolean(), root.GetProperty("bars").GetInt32(),
            root.GetProperty("cuts").GetInt32(), root.GetProperty("findings").GetArrayLength()));
        Assert.True(root.GetProperty("probes").GetInt32() >= 12);
    }

    [Fact]
    public void A_users_feature_that_knows_tomorrow_is_named_and_ends_with_1()
    {
        var closes = new Dictionary<long, double>();
        var run = CommandLine.Run(
            catalog => catalog.Features.Add(CatalogEntry<FeatureContext, IFeatureBlock>.Of<FeatureBlockOptions>("oracle", "Tomorrow's close.", (context, _) => new Oracle(closes, context.StepUs))),
            Small);

        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("SIM: LEAK, ", run.Out);
        Assert.Contains("tomorrow_close", run.Out);
    }

    [Fact]
    public void Few_bars_are_probed_with_a_warning()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("simulate", "--bars", "60", "--out", folder["S.csv"]);

        Assert.Contains("warning: only 60 bars", CommandLine.Run("check-leaks", "--data", folder["S.csv"], "--cuts", "2").Out);
    }

    [Fact]
    public void Too_few_bars_are_refused()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("simulate", "--bars", "5", "--out", folder["S.csv"]);

        var run = CommandLine.Run("check-leaks", "--data", folder["S.csv"]);

        Assert.Equal("S: 5 bars are too few to probe; give about 1000 or more.", run.ErrorLine());
        Assert.Equal(1, run.ExitCode);
    }

    /// <summary>A feature as a cache of downloaded closes would make it: from the second replay on it knows what comes.</summary>
    private sealed class Oracle(Dictionary<long, double> closes, long stepUs) : IFeatureBlock
    {
        public IReadOnlyList<FeatureInfo> Features { get; } = [new("tomorrow_close", "own", 1, 1, "close of the next bar")];

        public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
        {
            closes[bar.CloseTimeUs] = bar.Close;
            values[0] = closes.TryGetValue(bar.CloseTimeUs + stepUs, out var next) ? next / bar.Close - 1 : 0;
        }

        public void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }
}
