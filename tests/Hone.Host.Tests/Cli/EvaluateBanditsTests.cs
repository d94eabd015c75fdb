using System.Text.Json;
using Hone.Host.Cli;
using Hone.Trading;

namespace Hone.Host.Tests.Cli;

public sealed class EvaluateBanditsTests
{
    [Fact]
    public void Every_bandit_of_the_catalog_plays_every_world_beside_a_random_choice_and_the_best_single_arm()
    {
        var root = Json(Run(1, null, 2_000, json: true));
        Assert.Equal((1, 2_000), (root.GetProperty("seed").GetInt32(), root.GetProperty("rounds").GetInt32()));
        var worlds = root.GetProperty("worlds").EnumerateArray().ToArray();
        Assert.Equal(["close-arms", "far-arms", "abrupt-change", "adversarial-switching", "linear-context"], worlds.Select(w => w.GetProperty("world").GetString()));
        var names = TradingCatalog.BuiltIn().Learning.Bandits.Select(b => b.Name).ToArray();
        Assert.All(worlds, w => Assert.Equal(names, w.GetProperty("bandits").EnumerateArray().Select(b => b.GetProperty("bandit").GetString())));

        // Two arms of .2 and .8: a random choice gives away .3 a round, Thompson next to nothing.
        var far = worlds[1];
        Assert.Equal((600, 0), (Math.Round(far.GetProperty("random_regret").GetDouble(), 6), far.GetProperty("best_single_arm_regret").GetDouble()));
        var thompson = far.GetProperty("bandits").EnumerateArray().Single(b => b.GetProperty("bandit").GetString() == "thompson-beta");
        Assert.InRange(thompson.GetProperty("share_of_random").GetDouble(), 0, 0.05);
    }

    [Fact]
    public void The_table_names_worlds_and_bandits_and_the_same_seed_prints_the_same()
    {
        var text = Run(3, ["exp3", "lin-ucb"], 500, json: false);
        Assert.Contains("close-arms: Two arms", text);
        Assert.Contains("best single arm", text);
        Assert.Contains("  exp3 ", text);
        Assert.DoesNotContain("ucb1", text);
        Assert.Equal(text, Run(3, ["exp3", "lin-ucb"], 500, json: false));
        Assert.NotEqual(text, Run(4, ["exp3", "lin-ucb"], 500, json: false));
    }

    [Fact]
    public void An_unknown_bandit_and_a_limit_that_says_nothing_are_wrong_use()
    {
        Assert.Equal(2, Assert.Throws<VerbException>(() => Run(1, ["one-armed"], null, json: false)).ExitCode);
        Assert.Contains("thompson-beta", Assert.Throws<VerbException>(() => Run(1, ["one-armed"], null, json: false)).Message);
        Assert.Equal(2, Assert.Throws<VerbException>(() => Run(1, null, 5, json: false)).ExitCode);
    }

    private static string Run(ulong seed, IReadOnlyList<string>? bandits, long? limit, bool json)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(0, EvaluateBandits.Run(new VerbContext(TradingCatalog.BuiltIn(), output, error, CancellationToken.None), seed, bandits, limit, json));
        return output.ToString();
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
