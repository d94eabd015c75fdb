using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hone.Host.Tests.Runs;

/// <summary>What `hone run` promises to scripts: files, keys, types, one object on standard output, the same bits twice.</summary>
public class RunContractTests
{
    private const string Integers = "bars feature_count trades seed";
    private const string Numbers =
        "seconds bars_per_second accuracy accuracy_no_change accuracy_majority kappa kappa_temporal log_loss brier ece ic win_rate profit_factor expectancy sharpe sortino calmar " +
        "probabilistic_sharpe deflated_sharpe max_drawdown net_profit total_fees turnover exposure panel_acted buy_and_hold rules_only random_same_turnover ml_contribution allocated_bytes_per_bar";
    private const string Texts = "symbol state_hash version config_hash data_hash";

    [Fact]
    public void A_run_writes_its_four_files_and_a_summary_with_every_key_of_the_contract()
    {
        using var place = new Workplace();
        var ended = Workplace.Hone("run", "--data", place.Bars("BTCUSDT_1h.csv", 2500), "--out", place.At("out"), "--json");
        Assert.Equal(0, ended.Exit);
        Assert.Equal(["predictions.csv", "report.html", "summary.json", "trades.csv"], place.Entries("out"));
        var summary = JsonNode.Parse(ended.Output)!.AsObject();
        Assert.Equal(File.ReadAllText(place.At("out/summary.json")).Trim(), ended.Output.Trim());

        foreach (var key in Integers.Split(' '))
            Assert.True(summary[key]!.AsValue().TryGetValue(out long number) && number >= 0, key);
        foreach (var key in Numbers.Split(' '))
        {
            Assert.True(summary.ContainsKey(key), key);
            Assert.True(summary[key] is null || summary[key]!.GetValueKind() == JsonValueKind.Number && double.IsFinite(summary[key]!.GetValue<double>()), key);
        }
        foreach (var key in Texts.Split(' '))
            Assert.NotEqual("", summary[key]!.GetValue<string>());
        Assert.Equal("BTCUSDT", summary["symbol"]!.GetValue<string>());
        Assert.Equal(2500, summary["bars"]!.GetValue<long>());
        Assert.Matches("^[0-9a-f]{32}$", summary["state_hash"]!.GetValue<string>());
        Assert.Matches("^[0-9a-f]{32}$", summary["data_hash"]!.GetValue<string>());
        Members(summary["members"]!.AsArray());
        Assert.All(summary["warnings"]!.AsArray(), warning => Assert.False(string.IsNullOrWhiteSpace(warning!.GetValue<string>())));
        Assert.NotNull(summary["drifts"]);
        Assert.NotNull(summary["adaptations"]);
    }

    [Fact]
    public void Drifts_and_adaptations_say_when_who_and_why()
    {
        using var place = new Workplace();
        // A label of one bar and a nervous detector: many alarms in few bars.
        var config = place.Text("hone.json", """{"learning":{"detectors":[{"detector":"page-hinkley","options":{"delta":0.001,"lambda":4}}]},"label":{"name":"direction","options":{"horizon":1}}}""");
        var summary = Workplace.Summary("run", "--data", place.Bars("A.csv", 3000), "--config", config, "--out", place.At("out"));
        var drift = summary["drifts"]!.AsArray()[0]!;
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", drift["at"]!.GetValue<string>());
        Assert.InRange(drift["bar"]!.GetValue<long>(), 215, 3000);
        Assert.NotEqual("", drift["member"]!.GetValue<string>());
        Assert.Contains("page-hinkley", summary["drifts"]!.AsArray().Select(d => d!["detector"]!.GetValue<string>()));
        var adaptation = summary["adaptations"]!.AsArray()[0]!;
        foreach (var key in (string[])["at", "member", "action", "cause"])
            Assert.NotEqual("", adaptation[key]!.GetValue<string>());
        Assert.InRange(adaptation["bar"]!.GetValue<long>(), 215, 3000);
    }

    [Fact]
    public void Two_runs_give_the_same_bits()
    {
        using var place = new Workplace();
        var data = place.Bars("A.csv");
        Workplace.Summary("run", "--data", data, "--out", place.At("one"));
        Workplace.Summary("run", "--data", data, "--out", place.At("two"));
        Assert.Equal(Stable(place, "one"), Stable(place, "two"));
        foreach (var file in (string[])["trades.csv", "predictions.csv"])
            Assert.Equal(File.ReadAllBytes(place.At($"one/{file}")), File.ReadAllBytes(place.At($"two/{file}")));
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        using var place = new Workplace();
        string[] data = [place.Bars("A.csv", 1500), place.Bars("B.csv", 900, 2), place.Bars("C.csv", 1200, 3)];
        foreach (var threads in (string[])["1", "2"])
            Workplace.Summary(["run", "--data", .. data, "--threads", threads, "--out", place.At(threads)]);
        Assert.Equal(Stable(place, "1"), Stable(place, "2"));
        Assert.Equal(
            ["A", "A/predictions.csv", "A/trades.csv", "B", "B/predictions.csv", "B/trades.csv", "C", "C/predictions.csv", "C/trades.csv", "report.html", "summary.json"], place.Entries("1"));
        foreach (var file in place.Entries("1").Where(f => f.EndsWith(".csv", StringComparison.Ordinal)))
            Assert.Equal(File.ReadAllBytes(place.At($"1/{file}")), File.ReadAllBytes(place.At($"2/{file}")));
    }

    [Fact]
    public void Several_files_are_independent_books_whose_sum_is_the_portfolio()
    {
        using var place = new Workplace();
        string[] data = [place.Bars("A.csv", 1500), place.Bars("B.csv", 1500, 2)];
        var summary = Workplace.Summary(["run", "--data", .. data, "--out", place.At("both")]);
        var symbols = summary["symbols"]!.AsArray();
        for (var i = 0; i < 2; i++)
            Assert.Equal(Workplace.Summary("run", "--data", data[i], "--out", place.At($"{i}"))["state_hash"]!.GetValue<string>(), symbols[i]!["state_hash"]!.GetValue<string>());
        var portfolio = summary["portfolio"]!;
        Assert.Equal("no shared limits", portfolio["limits"]!.GetValue<string>());
        Assert.Equal(symbols.Average(s => s!["net_profit"]!.GetValue<double>()), portfolio["net_profit"]!.GetValue<double>(), 1e-9);
        Assert.Equal(symbols.Average(s => s!["rules_only"]!.GetValue<double>()), portfolio["rules_only"]!.GetValue<double>(), 1e-9);
        Assert.Equal(symbols.Average(s => s!["buy_and_hold"]!.GetValue<double>()), portfolio["buy_and_hold"]!.GetValue<double>(), 1e-9);
    }

    [Fact]
    public void Predictions_has_a_row_for_each_question_and_all_but_the_last_know_what_happened()
    {
        using var place = new Workplace();
        var summary = Workplace.Summary("run", "--data", place.Bars("A.csv", 6000), "--label", "direction:horizon=7", "--out", place.At("out"));
        var rows = Workplace.Rows(place.At("out/predictions.csv"));
        Assert.Equal(6000 - 214, rows.Count);
        Assert.Equal(rows.Count - 7, summary["answers"]!.GetValue<long>());
        var right = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.Equal((214 + i).ToString(CultureInfo.InvariantCulture), rows[i]["bar"]);
            Assert.Equal(i < rows.Count - 7, rows[i]["actual"] != "");
            if (rows[i]["actual"] == "")
                continue;
            var move = Number(rows[i + 7]["close"]) / Number(rows[i]["close"]) - 1;
            Assert.Equal(move, Number(rows[i]["return"]), 1e-7);
            Assert.Equal(move > 0 ? "1" : "0", rows[i]["actual"]);
            Assert.Equal(rows[i]["label"] == rows[i]["actual"] ? "1" : "0", rows[i]["correct"]);
            right += rows[i]["correct"] == "1" ? 1 : 0;
        }
        Assert.Equal(summary["accuracy"]!.GetValue<double>(), right / (rows.Count - 7.0), 1e-12);
    }

    [Fact]
    public void Labels_of_any_age_land_in_their_own_row()
    {
        using var place = new Workplace();
        Workplace.Summary("run", "--data", place.Bars("A.csv", 2000), "--label", "triple-barrier:horizon=20", "--out", place.At("out"));
        var rows = Workplace.Rows(place.At("out/predictions.csv"));
        // At most the last horizon waits, and what is known is known in no row twice: every earlier row has its answer.
        Assert.All(rows.SkipLast(20), row => Assert.NotEqual("", row["actual"]));
        Assert.All(rows.Where(row => row["actual"] != ""), row => Assert.Equal(Number(row["return"]) > 0 ? "1" : "0", row["actual"]));
    }

    [Fact]
    public void Trades_are_listed_as_the_summary_counts_them()
    {
        using var place = new Workplace();
        var summary = Workplace.Summary("run", "--data", place.Bars("A.csv", 3000), "--costs", "none", "--out", place.At("out"));
        var trades = Workplace.Rows(place.At("out/trades.csv"));
        Assert.Equal(summary["trades"]!.GetValue<long>(), trades.Count);
        Assert.True(trades.Count > 30);
        Assert.Equal(summary["win_rate"]!.GetValue<double>(), trades.Count(t => Number(t["net_pnl"]) > 0) / (double)trades.Count, 1e-9);
        Assert.All(trades, trade => Assert.Equal(0, Number(trade["costs"])));
        Assert.All(trades, trade => Assert.Equal(
            trade["side"] == "long" ? 1 : -1, Math.Sign(Number(trade["direction"]))));
    }

    [Fact]
    public void A_run_without_costs_says_so_everywhere()
    {
        using var place = new Workplace();
        var data = place.Bars("A.csv");
        var summary = Workplace.Summary("run", "--data", data, "--costs", "none", "--out", place.At("out"));
        Assert.Equal("no costs", summary["costs"]!.GetValue<string>());
        Assert.Contains(summary["warnings"]!.AsArray(), w => w!.GetValue<string>().Contains("no costs", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(0, summary["total_fees"]!.GetValue<double>());
        Assert.Contains("no costs", Workplace.Hone("run", "--data", data, "--costs", "none", "--out", place.At("out")).Output);
        Assert.Contains("no costs", File.ReadAllText(place.At("out/report.html")));
        Assert.NotEqual("no costs", Workplace.Summary("run", "--data", data, "--out", place.At("out"))["costs"]!.GetValue<string>());
    }

    [Fact]
    public void A_part_of_the_built_in_market_has_a_hash_of_that_part()
    {
        using var place = new Workplace();
        var summary = Workplace.Summary("run", "--bars", "2000", "--from", "2015-01-03", "--to", "2015-03-01", "--out", place.At("out"));
        Assert.Equal(57 * 24, summary["bars"]!.GetValue<long>());
        Assert.Equal(57 * 24, summary["data_quality"]!["bars"]!.GetValue<long>());
        Assert.Matches("^[0-9a-f]{32}$", summary["data_hash"]!.GetValue<string>());
    }

    private static void Members(JsonArray members)
    {
        Assert.Equal(["logistic-regression", "passive-aggressive", "no-change"], members.Select(m => m!["name"]!.GetValue<string>()));
        foreach (var member in members)
            foreach (var key in "accuracy log_loss ema_accuracy adaptive_threshold adaptive_weight thompson_alpha thompson_beta".Split(' '))
                Assert.True(double.IsFinite(member![key]!.GetValue<double>()), key);
        Assert.Equal(1, members.Sum(m => m!["adaptive_weight"]!.GetValue<double>()), 1e-9);
    }

    /// <summary>A summary without what a clock measures.</summary>
    private static string Stable(Workplace place, string folder)
    {
        var summary = JsonNode.Parse(File.ReadAllText(place.At($"{folder}/summary.json")))!.AsObject();
        foreach (var market in summary["symbols"]?.AsArray().Select(s => s!.AsObject()) ?? [summary])
            foreach (var key in (string[])["seconds", "bars_per_second", "allocated_bytes_per_bar"])
                Assert.True(market.Remove(key));
        return summary.ToJsonString();
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
