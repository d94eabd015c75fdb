using System.Text.Json;
using Hone.Host.Cli;
using Hone.Learning;
using Hone.Trading;

namespace Hone.Host.Tests.Cli;

public sealed class EvaluateDriftTests
{
    private static readonly string[] Two = ["cusum", "psi"];

    [Fact]
    public void Detectors_stand_beside_dummies_and_data_drift_tests_beside_each_kind_of_feature()
    {
        var (text, error) = Run(Two, 12_000, json: false);

        Assert.Equal("", error);
        foreach (var word in new[] { "cusum", "never", "every-1000", ".10 → .20", "ADWIN elsewhere", "psi", "autoregressive", "updates/s" })
            Assert.Contains(word, text);
        Assert.DoesNotContain("kswin", text);
        // The tables fit into a line of a log.
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
    }

    [Fact]
    public void With_json_there_is_one_object_with_every_stream()
    {
        var (text, _) = Run(Two, 12_000, json: true);
        var root = JsonDocument.Parse(text).RootElement;

        var detectors = root.GetProperty("detectors").EnumerateArray().ToDictionary(d => d.GetProperty("detector").GetString()!);
        Assert.Equal(["cusum", "never", "every-1000"], detectors.Keys);
        var cusum = detectors["cusum"];
        var rise = cusum.GetProperty("streams").EnumerateArray().First();
        Assert.Equal(("errors .10 → .20", "error_rate"), (rise.GetProperty("stream").GetString(), rise.GetProperty("kind").GetString()));
        Assert.Equal(0, rise.GetProperty("missed").GetInt32());
        Assert.InRange(rise.GetProperty("mean_delay_rows").GetDouble(), 100, 350);
        Assert.InRange(cusum.GetProperty("overall").GetProperty("false_alarms_per_10000").GetDouble(), 0, 0.2);
        Assert.InRange(cusum.GetProperty("equal_rate").GetProperty("false_alarms_per_10000").GetDouble(), 0.5, 1);
        Assert.True(cusum.GetProperty("updates_per_second").GetDouble() > 1e5);

        // A dummy that never alarms misses everything, one that always does finds everything at the price of false alarms.
        var never = detectors["never"].GetProperty("overall");
        Assert.Equal(never.GetProperty("changes").GetInt32(), never.GetProperty("missed").GetInt32());
        Assert.Equal(JsonValueKind.Null, never.GetProperty("mean_delay_rows").ValueKind);
        var every = detectors["every-1000"].GetProperty("overall");
        Assert.Equal(0, every.GetProperty("missed").GetInt32());
        Assert.InRange(every.GetProperty("false_alarms_per_10000").GetDouble(), 5, 10);

        Assert.Equal(["independent", "autoregressive", "clustering volatility"], root.GetProperty("data_drift").EnumerateArray().Select(t => t.GetProperty("feature").GetString()));
        Assert.Equal(5UL, root.GetProperty("seed").GetUInt64());
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_another_one_others()
    {
        static string Numbers(ulong seed)
        {
            var root = JsonDocument.Parse(Run(["ddm"], 11_000, json: true, seed).Out).RootElement;
            return root.GetProperty("detectors")[0].GetProperty("streams").GetRawText();
        }
        Assert.Equal(Numbers(1), Numbers(1));
        Assert.NotEqual(Numbers(1), Numbers(2));
    }

    [Fact]
    public void A_name_that_is_not_in_the_catalog_is_refused_with_those_that_are()
    {
        var message = Assert.Throws<InvalidOptionsException>(() => Run(["adwyn"], 1_000, json: false)).Message;
        Assert.Contains("'adwyn'", message);
        Assert.Contains("adwin", message);
        Assert.Contains("wasserstein", message);
    }

    [Fact]
    public void It_stops_when_it_is_told_to()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => EvaluateDrift.Run(new(TradingCatalog.BuiltIn(), TextWriter.Null, TextWriter.Null, stop.Token), 1, ["ddm"], 1_000, true));
    }

    private static (string Out, string Error) Run(string[] detectors, long limit, bool json, ulong seed = 5)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(0, EvaluateDrift.Run(new(TradingCatalog.BuiltIn(), output, error, default), seed, detectors, limit, json));
        return (output.ToString(), error.ToString());
    }
}
