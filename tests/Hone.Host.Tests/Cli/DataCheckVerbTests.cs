namespace Hone.Host.Tests.Cli;

public sealed class DataCheckVerbTests
{
    private const string Clean = """
        timestamp,open,high,low,close,volume
        2020-01-01T00:00:00Z,100,101,99,100.5,10
        2020-01-01T01:00:00Z,100.5,102,100,101,11
        2020-01-01T02:00:00Z,101,103,100,102,0
        2020-01-01T05:00:00Z,102,104,101,103,12
        2020-01-01T06:00:00Z,103,103,103,103,13

        """;

    [Fact]
    public void A_clean_file_is_described_and_ends_with_0()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("data", "check", folder.Write("BTC_1h.csv", Clean));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("BTC_1h.csv: clean\n", run.Out);
        Assert.Matches(@"\n  market +BTC, \w+, a bar every 1h\n", run.Out);
        Assert.Matches(@"\n  bars +5, closing from 2020-01-01T01:00:00Z to 2020-01-01T07:00:00Z\n", run.Out);
        Assert.Matches(@"\n  gaps +1, 2 bars missing, .*the longest 2 bars after 2020-01-01T03:00:00Z\n", run.Out);
        Assert.Matches(@"\n  volume +1 bars? without\n", run.Out);
        Assert.Matches(@"\n  flat bars +1\n", run.Out);
    }

    [Fact]
    public void A_broken_file_names_line_column_value_and_remedy_and_ends_with_1()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("data", "check", folder.Write("A.csv", Clean), folder.Write("B.csv", Clean.Replace("100.5,102,100,101,11", "100.5,102,100,oops,11")));

        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.Contains("B.csv: 1 problem\n", run.Out);
        Assert.Matches(@"\n  problem: .*B\.csv, line 3, column 'close': 'oops' .*\n", run.Out);
        Assert.EndsWith("2 files, 1 clean, 1 with problems.\n", run.Out);
    }

    [Fact]
    public void As_json_it_is_one_object_that_says_the_same()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("data", "check", "--json", folder.Write("A.csv", Clean), folder["missing.csv"]);
        var root = run.Json();

        Assert.Equal(1, run.ExitCode);
        Assert.False(root.GetProperty("clean").GetBoolean());
        var (good, bad) = (root.GetProperty("files")[0], root.GetProperty("files")[1]);
        Assert.Equal(("A", 5, 1, 2, 3600.0), (good.GetProperty("symbol").GetString(), good.GetProperty("bars").GetInt32(), good.GetProperty("gaps").GetInt32(),
            good.GetProperty("missing_bars").GetInt32(), good.GetProperty("step_seconds").GetDouble()));
        Assert.Equal("2020-01-01T01:00:00Z", good.GetProperty("first_close").GetString());
        Assert.Equal(32, good.GetProperty("data_hash").GetString()!.Length);
        Assert.Equal(1, bad.GetProperty("problem_count").GetInt32());
        Assert.Equal("there is no such file", bad.GetProperty("problems")[0].GetProperty("what").GetString());
    }

    [Fact]
    public void Flags_say_how_another_layout_is_read()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("X.txt", """
            31/01/2020 10:00;7;5;6;5.5;1;99
            31/01/2020 10:15;8;6;7;6.5;2;98
            31/01/2020 10:15;9;6;7;6.5;2;97
            31/01/2020 10:30;9;7;8;7.5;3;97

            """);
        var run = CommandLine.Run("data", "check", path, "--json", "--separator", ";", "--header", "false", "--time-format", "dd/MM/yyyy HH:mm", "--column", "time=#1", "--column", "high=#2",
            "--column", "low=#3", "--column", "open=#4", "--column", "close=#5", "--column", "volume=#6", "--stamp", "close", "--asset-class", "equity", "--step", "15m",
            "--symbol", "OWN", "--duplicate-policy", "keep-first", "--gap-policy", "keep", "--gap-fill-bars-max", "3", "--from", "2020-01-31T10:00:00Z", "--to", "2020-02-01");
        var file = run.Json().GetProperty("files")[0];

        Assert.Equal("", string.Join('\n', file.GetProperty("problems").EnumerateArray().Select(p => p.ToString())));
        Assert.Equal(("OWN", "equity", 900.0, 1), (file.GetProperty("symbol").GetString(), file.GetProperty("asset_class").GetString(), file.GetProperty("step_seconds").GetDouble(), file.GetProperty("duplicates_dropped").GetInt32()));
        Assert.Equal("2020-01-31T10:30:00Z", file.GetProperty("last_close").GetString());
    }

    [Theory]
    [InlineData("--stamp", "middle", "--stamp is 'middle'; it must be start or close.")]
    [InlineData("--separator", "::", "--separator is '::'; it must be one character, or tab.")]
    [InlineData("--column", "price=#3", "--column is 'price=#3'; write ROLE=COLUMN, for example close=last_price. Roles: time, date, time-of-day, open, high, low, close, volume.")]
    [InlineData("--column", "close", "--column is 'close'; write ROLE=COLUMN,")]
    [InlineData("--asset-class", "bond", "--asset-class is 'bond'; it must be crypto, fx or equity.")]
    [InlineData("--step", "15", "--step is '15'; write the length of a bar as a number with s, m, h or d, for example 15m.")]
    [InlineData("--gap-policy", "guess", "--gap-policy is 'guess'; it must be keep, fill or refuse.")]
    [InlineData("--duplicate-policy", "guess", "--duplicate-policy is 'guess'; it must be drop-identical, keep-first or refuse.")]
    [InlineData("--from", "yesterday", "--from is 'yesterday'; write a time as 2020-01-31 or 2020-01-31T14:00:00Z.")]
    [InlineData("--gap-fill-bars-max", "0", "data: gap_fill_bars_max is 0; it must be from 1 to 100000.")]
    public void A_flag_that_cannot_be_used_says_what_it_must_be(string flag, string value, string line)
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("data", "check", folder.Write("A.csv", Clean), flag, value);

        Assert.StartsWith(line, run.ErrorLine());
        Assert.Equal(2, run.ExitCode);
    }

    [Fact]
    public void The_config_says_how_files_are_read_and_flags_have_the_last_word()
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write("hone.json", """{ "data": { "symbol": "FILE", "asset_class": "fx" } }""");
        var file = CommandLine.Run("data", "check", folder.Write("A.csv", Clean), "--config", config, "--symbol", "FLAG", "--json").Json().GetProperty("files")[0];

        Assert.Equal(("FLAG", "fx"), (file.GetProperty("symbol").GetString(), file.GetProperty("asset_class").GetString()));
    }
}
