using System.Text.Json.Nodes;

namespace Hone.Host.Tests.Runs;

public class SavedRunTests
{
    // 2015-02-10 is bar 960 of 2,400: the panel is asked from bar 214 on.
    private const string Cut = "2015-02-10";

    [Fact]
    public void A_run_in_two_parts_ends_in_the_state_of_one()
    {
        using var place = new Workplace();
        var data = place.Bars("A_1h.csv", 2400);
        var whole = Workplace.Summary("run", "--data", data, "--out", place.At("whole"));
        var first = Workplace.Summary("run", "--data", data, "--to", Cut, "--save-state", place.At("half.state"), "--out", place.At("first"));
        Assert.Equal(960, first["bars"]!.GetValue<long>());
        Assert.NotEqual(State(whole), State(first));

        var second = Workplace.Summary("run", "--data", data, "--from", Cut, "--load-state", place.At("half.state"), "--out", place.At("second"));
        Assert.Equal(1440, second["bars"]!.GetValue<long>());
        Assert.Equal(State(whole), State(second));
        // The figures are those of the whole session, the rows those of the part.
        foreach (var key in (string[])["accuracy", "net_profit", "trades", "sharpe", "ic", "answers"])
            Assert.Equal(whole[key]!.ToJsonString(), second[key]!.ToJsonString());
        Assert.Equal(
            File.ReadAllLines(place.At("whole/predictions.csv")).TakeLast(1440 - 20), File.ReadAllLines(place.At("second/predictions.csv")).TakeLast(1440 - 20));
        Assert.Equal("960", Workplace.Rows(place.At("second/predictions.csv"))[0]["bar"]);
    }

    [Fact]
    public void Bars_that_the_state_has_seen_are_left_out_and_said()
    {
        using var place = new Workplace();
        var data = place.Bars("A_1h.csv", 2400);
        var whole = Workplace.Summary("run", "--data", data, "--out", place.At("whole"));
        Workplace.Summary("run", "--data", data, "--to", Cut, "--save-state", place.At("half.state"), "--out", place.At("first"));
        // The file has grown since: the same command takes what is new.
        var again = Workplace.Summary("run", "--data", data, "--load-state", place.At("half.state"), "--save-state", place.At("whole.state"), "--out", place.At("again"));
        Assert.Equal(State(whole), State(again));
        Assert.Contains(again["warnings"]!.AsArray(), w => w!.GetValue<string>().StartsWith("960 bars were left out", StringComparison.Ordinal));

        var ended = Workplace.Hone("run", "--data", data, "--load-state", place.At("whole.state"), "--out", place.At("none"));
        Refused(ended, "no later bar");
        Assert.False(Directory.Exists(place.At("none")));
    }

    [Fact]
    public void A_state_that_is_damaged_or_not_ours_is_refused_in_one_line()
    {
        using var place = new Workplace();
        var data = place.Bars("A_1h.csv", 600);
        Workplace.Summary("run", "--data", data, "--save-state", place.At("good.state"), "--out", place.At("first"));
        var good = File.ReadAllBytes(place.At("good.state"));
        void Load(byte[] state, string why, params string[] more)
        {
            File.WriteAllBytes(place.At("bad.state"), state);
            var ended = Workplace.Hone(["run", "--data", data, "--load-state", place.At("bad.state"), "--out", place.At("out"), .. more]);
            Refused(ended, why);
            Assert.Contains("bad.state", ended.Error);
            Assert.False(Directory.Exists(place.At("out")));
        }
        for (var at = 3; at < good.Length; at += good.Length / 9)
        {
            var damaged = good.ToArray();
            damaged[at] ^= 0x10;
            Load(damaged, "checksum");
        }
        Load(good[..(good.Length / 2)], "checksum");
        Load(good[..20], "20 bytes");
        Load([], "0 bytes");
        Load(good, "other options", "--seed", "7");
        Load(good, "other options", "--label", "direction:horizon=5");
        Load(good, "is of A", "--symbol", "B");

        Refused(Workplace.Hone("run", "--data", data, "--load-state", place.At("missing.state"), "--out", place.At("out")), "no such state file");
        Refused(Workplace.Hone("run", "--data", data, data, "--load-state", place.At("good.state"), "--out", place.At("out")), "one market");
    }

    [Fact]
    public void A_state_goes_with_the_extra_columns_it_was_made_with()
    {
        using var place = new Workplace();
        var lines = File.ReadAllLines(place.Bars("A_1h.csv", 600));
        string With(string file, params string[] columns) => place.Text(file, string.Join('\n', lines.Select((line, i) => line + string.Concat(columns.Select(c => i == 0 ? $",{c}" : ",1")))) + "\n");
        Workplace.Summary("run", "--data", With("A_x.csv", "mood"), "--to", "2015-01-15", "--save-state", place.At("s"), "--out", place.At("o"));
        Refused(Workplace.Hone("run", "--data", With("A_y.csv", "fear"), "--load-state", place.At("s"), "--out", place.At("p")), "extra columns 'mood'");
    }

    private static void Refused(Workplace.Ended ended, string why)
    {
        Assert.Equal(2, ended.Exit);
        Assert.Equal("", ended.Output);
        Assert.Contains(why, ended.Error);
        Assert.Single(ended.Error.TrimEnd('\n').Split('\n'));
    }

    private static string State(JsonObject summary) => summary["state_hash"]!.GetValue<string>();
}
