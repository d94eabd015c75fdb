using System.Globalization;
using Hone.Host.Configuration;
using Hone.Host.Runs;
using Hone.Trading;
using Hone.Trading.Broker;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Tests.Runs;

public class SharedLimitsTests
{
    private const double Cap = 0.03;

    [Fact]
    public void Shared_limits_bind_and_make_another_run_of_it()
    {
        using var place = new Workplace();
        string[] data = [place.Bars("A.csv", 3000), place.Bars("B.csv", 3000, 2), place.Bars("C.csv", 3000, 3)];
        var config = place.Text("hone.json", """{"portfolio":{"exposure_max":0.03},"trading":{"sizing":{"risk_budget":0.05,"position_fraction":0.2}},"costs":{"name":"none"}}""");
        var shared = Workplace.Summary(["run", "--data", .. data, "--config", config, "--portfolio-limits", "--out", place.At("shared")]);
        var free = Workplace.Summary(["run", "--data", .. data, "--config", config, "--out", place.At("free")]);
        var again = Workplace.Summary(["run", "--data", .. data.Reverse(), "--config", config, "--portfolio-limits", "--out", place.At("again")]);

        // Granted at a close, filled at the next open, trimmed from 1 % over it: what a price does in a bar is all that may be on top.
        Assert.InRange(Exposures(place, "shared").Max(), Cap * 0.9, Cap * 1.03);
        Assert.InRange(Exposures(place, "free").Max(), 2 * Cap, 1);
        Assert.Contains("shared limits", shared["portfolio"]!["limits"]!.GetValue<string>());
        Assert.Equal("no shared limits", free["portfolio"]!["limits"]!.GetValue<string>());
        var symbols = shared["symbols"]!.AsArray();
        Assert.All(Enumerable.Range(0, 3), i => Assert.NotEqual(free["symbols"]![i]!["state_hash"]!.GetValue<string>(), symbols[i]!["state_hash"]!.GetValue<string>()));
        // The order on the command line is not part of the result.
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(again["symbols"]![2 - i]!["state_hash"]!.GetValue<string>(), symbols[i]!["state_hash"]!.GetValue<string>()));
        Assert.True(symbols.Sum(s => s!["trades"]!.GetValue<long>()) > 50);
        // The rules-only books stand under the same limits.
        Assert.All(Enumerable.Range(0, 3), i => Assert.NotEqual(free["symbols"]![i]!["rules_only"]!.GetValue<double>(), symbols[i]!["rules_only"]!.GetValue<double>()));
    }

    [Fact]
    public void Two_books_are_not_granted_the_same_room()
    {
        var (first, second) = (Session("A"), Session("B"));
        var gate = new PortfolioGate(new PortfolioConfig { ExposureMax = 0.3 }, [first.Real, second.Real]);
        var bar = new Bar(EventTime.HourUs, 100, 100, 100, 100, 1e9);
        first.On(bar);
        second.On(bar);
        Assert.Equal(0.6, gate.Grant(0, bar.CloseTimeUs), 1e-12);
        Assert.Equal(0.6, gate.Grant(1, bar.CloseTimeUs), 1e-12);
        // Ordered, not filled: a fifth of the first book's 100,000.
        first.Real.Broker.Submit(new Order(OrderKind.Market, 200));
        Assert.Equal(0.6, gate.Grant(0, bar.CloseTimeUs), 1e-12);
        Assert.Equal(0.4, gate.Grant(1, bar.CloseTimeUs), 1e-12);
        first.On(bar with { CloseTimeUs = 2 * EventTime.HourUs });
        Assert.Equal(0.4, gate.Grant(1, 2 * EventTime.HourUs), 1e-3);
        // A turn counts with its larger side.
        first.Real.Broker.Submit(new Order(OrderKind.Market, -500));
        Assert.Equal(0.3, gate.Grant(1, 2 * EventTime.HourUs), 1e-3);
    }

    [Fact]
    public void A_fall_of_the_sum_grants_nothing_until_the_next_day_is_over()
    {
        var (first, second) = (Session("A"), Session("B"));
        var gate = new PortfolioGate(new PortfolioConfig { DrawdownStop = 0.1 }, [first.Real, second.Real]);
        var bar = new Bar(EventTime.HourUs, 100, 100, 100, 100, 1e9);
        second.On(bar);
        first.On(bar);
        first.Real.Broker.Submit(new Order(OrderKind.Market, 500));
        // Half the first book at a price that halves: 25 % of it, 12.5 % of both.
        first.On(new Bar(2 * EventTime.HourUs, 100, 100, 50, 50, 1e9));
        foreach (var hour in (int[])[2, 24, 25, 48])
            Assert.Equal(0, gate.Grant(1, hour * EventTime.HourUs));
        Assert.True(gate.Grant(1, 49 * EventTime.HourUs) > 0);
    }

    private static TradingSession Session(string symbol)
        => new(TradingCatalog.BuiltIn(), new SessionSetup { Costs = new() { Name = "none" } }, new MarketInfo(symbol, AssetClass.Crypto, EventTime.HourUs, [], true, 100));

    /// <summary>Sum of the absolute positions over the sum of the equities, hour by hour.</summary>
    private static List<double> Exposures(Workplace place, string folder)
    {
        var markets = new[] { "A", "B", "C" }.Select(symbol => Workplace.Rows(place.At($"{folder}/{symbol}/predictions.csv"))).ToArray();
        var exposures = new List<double>();
        for (var i = 0; i < markets[0].Count; i++)
            exposures.Add(markets.Sum(rows => Math.Abs(Number(rows[i]["position"])) * Number(rows[i]["close"])) / markets.Sum(rows => Number(rows[i]["equity"])));
        return exposures;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
