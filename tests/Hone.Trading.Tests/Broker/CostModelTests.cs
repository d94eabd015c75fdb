using System.Text.Json;
using Hone.Learning;
using Hone.Trading.Broker;
using Hone.Trading.Market;

namespace Hone.Trading.Tests.Broker;

public sealed class CostModelTests
{
    private static readonly long May2024 = EventTime.FromDateTime(new DateTime(2024, 5, 1, 0, 0, 0, DateTimeKind.Utc));
    private static readonly Bar Flat = new(0, 100, 100, 100, 100, 1);

    public static TheoryData<string> Names => [.. TradingCatalog.BuiltIn().Costs.Select(c => c.Name)];

    private static ICostModel Create(string name, string options = "{}", string symbol = "BTCUSDT", AssetClass assetClass = AssetClass.Crypto)
    {
        using var json = JsonDocument.Parse(options);
        return TradingCatalog.BuiltIn().Costs[name].Create(new CostContext(symbol, assetClass), json.RootElement.Clone());
    }

    [Fact]
    public void The_catalog_has_the_six_models()
        => Assert.Equal(["default", "crypto", "fx", "equity", "custom", "none"], TradingCatalog.BuiltIn().Costs.Select(c => c.Name));

    [Theory, MemberData(nameof(Names))]
    public void No_model_but_none_is_free_and_none_improves_a_price(string name)
    {
        var costs = TradingCatalog.BuiltIn().Costs[name].Create(new CostContext("EURUSD", AssetClass.Fx));
        var bar = new Bar(May2024, 1.10, 1.12, 1.09, 1.11, 1000);

        Assert.Equal(name == "none", costs.IsFree);
        Assert.Equal(name != "none", costs.RoundTrip(1.1, May2024) > 0);
        Assert.Equal(name != "none", costs.MarketPrice(1.1, 1, bar) > 1.1);
        Assert.Equal(name != "none", costs.MarketPrice(1.1, -1, bar) < 1.1);
        Assert.True(costs.Fee(10, 1.1, true, May2024) >= 0);
        Assert.Equal(0, costs.Carry(0, 1.1, 0, EventTime.DayUs));
    }

    [Theory]
    [InlineData(AssetClass.Crypto, "crypto")]
    [InlineData(AssetClass.Fx, "fx")]
    [InlineData(AssetClass.Equity, "equity")]
    public void The_default_is_that_of_the_asset_class_and_says_which(AssetClass assetClass, string name)
        => Assert.Equal(name, Create("default", assetClass: assetClass).Name);

    [Fact]
    public void Crypto_charges_10_bp_and_quotes_1_bp_and_slippage_by_range_with_a_cap()
    {
        var costs = Create("crypto");

        Assert.Equal(0.1, costs.Fee(1, 100, false, May2024), 12);
        Assert.Equal(100.01, costs.MarketPrice(100, 1, Flat), 12);
        Assert.Equal(100.01 + 0.02, costs.MarketPrice(100, 1, Flat with { High = 102 }), 12);
        Assert.Equal(100 - 0.01 - 0.05, costs.MarketPrice(100, -1, Flat with { High = 150 }), 12);
        Assert.Equal(2 * (10 + 1 + 0.5) * 1e-4, costs.RoundTrip(100, May2024), 12);
    }

    [Fact]
    public void Equity_charges_1_bp_and_quotes_1_bp()
    {
        var costs = Create("equity");

        Assert.Equal(0.01, costs.Fee(1, 100, false, May2024), 12);
        Assert.Equal(99.99, costs.MarketPrice(100, -1, Flat with { High = 150 }), 12);
        Assert.Equal(4e-4, costs.RoundTrip(100, May2024), 12);
    }

    [Theory]
    [InlineData("EURUSD", 1.1, 0.0001)]
    [InlineData("EUR/USD@15m", 1.1, 0.0001)]
    [InlineData("usdjpy", 150, 0.01)]
    [InlineData("EUR_JPY", 160, 0.01)]
    [InlineData("XAUUSD", 2400, 0.1)]
    [InlineData("XAGUSD", 30, 0.01)]
    [InlineData("JPYUSD", 0.0066, 0.0001)]
    [InlineData("USDHUF", 360, 0.01)]
    [InlineData("USDKRW", 1300, 0.1)]
    [InlineData("USDIDR", 16000, 1)]
    [InlineData("DXY", 104, 0.01)]
    public void A_pip_comes_from_the_symbol_or_else_from_the_price(string symbol, double price, double pip)
    {
        var costs = Create("fx", symbol: symbol, assetClass: AssetClass.Fx);

        Assert.Equal(price + Math.Min(pip / 2, price * 0.01), costs.MarketPrice(price, 1, Flat), 12);
        Assert.Equal(0, costs.Fee(1e5, price, false, May2024));
    }

    [Fact]
    public void Half_a_pip_on_the_yen_is_half_a_hundredth()
    {
        var costs = Create("fx", symbol: "USDJPY", assetClass: AssetClass.Fx);

        Assert.Equal(150.005, costs.MarketPrice(150, 1, Flat), 12);
        Assert.Equal(149.995, costs.MarketPrice(150, -1, Flat), 12);
        Assert.Equal(0.01 / 150, costs.RoundTrip(150, May2024), 15);
    }

    [Fact]
    public void A_pip_can_be_given()
        => Assert.Equal(1.1 + 0.0005, Create("fx", """{"pip":0.001}""", "EURUSD").MarketPrice(1.1, 1, Flat), 12);

    [Fact]
    public void A_currency_that_is_none_never_quotes_below_zero()
        => Assert.True(Create("fx", symbol: "SHIBUSDT").MarketPrice(0.00002, -1, Flat) > 0);

    [Fact]
    public void A_dated_schedule_switches_on_the_exact_instant()
    {
        var costs = Create("custom", """
            {"schedule":[{"maker_bp":1,"taker_bp":5},{"from":"2024-05-01","maker_bp":2,"taker_bp":7},{"from":"2024-06-01T12:30:00Z","maker_bp":3,"taker_bp":9}]}
            """);
        var june = EventTime.FromDateTime(new DateTime(2024, 6, 1, 12, 30, 0, DateTimeKind.Utc));

        Assert.Equal(5e-4, costs.Fee(1, 1, false, May2024 - 1), 15);
        Assert.Equal(7e-4, costs.Fee(1, 1, false, May2024), 15);
        Assert.Equal(2e-4, costs.Fee(1, 1, true, june - 1), 15);
        Assert.Equal(9e-4, costs.Fee(1, 1, false, june), 15);
        Assert.Equal(5e-4, costs.Fee(1, 1, false, long.MinValue), 15);
        Assert.Equal(2 * (7 + 1) * 1e-4, costs.RoundTrip(1, May2024), 15);
    }

    [Fact]
    public void A_fill_pays_the_fee_of_its_own_time()
    {
        var costs = Create("custom", """{"half_spread_bp":0,"schedule":[{"taker_bp":5},{"from":"2024-05-01","taker_bp":7}]}""");
        var broker = new PaperBroker(new(), costs);

        foreach (var time in (long[])[May2024 - 2, May2024 - 1, May2024])
        {
            var bar = new Bar(time, 100, 100, 100, 100, 1e6);
            broker.Fill(bar);
            broker.Mark(bar);
            if (time >= May2024 - 1)
                Assert.Equal(time < May2024 ? 0.05 : 0.07, Assert.Single(broker.Fills.ToArray()).Fee, 12);
            broker.Submit(new Order(OrderKind.Market, 1));
        }
    }

    [Theory]
    [InlineData("""{"schedule":[]}""")]
    [InlineData("""{"schedule":[null]}""")]
    [InlineData("""{"schedule":[{"from":"2020-01-01","taker_bp":5}]}""")]
    [InlineData("""{"schedule":[{"taker_bp":5},{"taker_bp":6}]}""")]
    [InlineData("""{"schedule":[{"taker_bp":5},{"from":"2021-01-01","taker_bp":6},{"from":"2021-01-01","taker_bp":7}]}""")]
    [InlineData("""{"schedule":[{"taker_bp":5},{"from":"2021-01-01","taker_bp":6},{"from":"2020-01-01","taker_bp":7}]}""")]
    [InlineData("""{"schedule":[{"taker_bp":5},{"from":"01.02.2021","taker_bp":6}]}""")]
    [InlineData("""{"schedule":[{"taker_bp":5},{"from":"12:00","taker_bp":6}]}""")]
    [InlineData("""{"schedule":[{"taker_bp":-1}]}""")]
    [InlineData("""{"schedule":[{"taker_bp":1001}]}""")]
    [InlineData("""{"schedule":[{"taker":1}]}""")]
    [InlineData("""{"taker_bp":-1}""")]
    [InlineData("""{"slippage_range_share":1.5}""")]
    [InlineData("""{"unknown":1}""")]
    public void A_schedule_or_option_that_makes_no_sense_is_refused(string options)
        => Assert.Throws<InvalidOptionsException>(() => Create("custom", options));

    [Fact]
    public void Funding_is_paid_by_longs_and_received_by_shorts_who_pay_for_borrowing()
    {
        var costs = Create("custom", """{"funding_bp_per_day":3,"borrow_bp_per_day":5}""");

        Assert.Equal(10 * 100 * 3e-4 * 0.5, costs.Carry(10, 100, 0, EventTime.DayUs / 2), 12);
        Assert.Equal(10 * 100 * (5e-4 - 3e-4), costs.Carry(-10, 100, 0, EventTime.DayUs), 12);
        Assert.Equal(10 * 100 * 2e-4, Create("fx", """{"financing_bp_per_day":2}""", "EURUSD").Carry(-10, 100, 0, EventTime.DayUs), 12);
    }

    [Fact]
    public void Carry_is_charged_over_the_time_between_marks_and_belongs_to_the_trade()
    {
        var book = new Book(Create("custom", """{"taker_bp":0,"maker_bp":0,"half_spread_bp":0,"borrow_bp_per_day":24}""")).Quiet().Market(-10).Quiet().Quiet();

        // Two hours of 24 bp a day on 1,000.
        Assert.Equal(0.2, book.Broker.TotalCarry, 12);
        Assert.Equal(100_000 - 0.2, book.Broker.Equity, 9);
        book.Market(10).Quiet();
        Assert.Equal((0.2, -0.2), (Math.Round(book.OnlyTrade.Costs, 12), Math.Round(book.OnlyTrade.NetPnl, 9)));
    }

    [Fact]
    public void What_is_not_charged_is_warned_about()
    {
        string[] Said(ICostModel costs, bool shorts, AssetClass c) => [.. ((IWarnsAboutCosts)costs).Warnings(shorts, c)];

        Assert.Contains(Said(Create("crypto"), false, AssetClass.Crypto), w => w.Contains("funding_bp_per_day"));
        Assert.Contains(Said(Create("equity"), true, AssetClass.Equity), w => w.Contains("borrow_bp_per_day"));
        Assert.Empty(Said(Create("equity"), false, AssetClass.Equity));
        Assert.Empty(Said(Create("crypto", """{"funding_bp_per_day":3,"borrow_bp_per_day":1}"""), true, AssetClass.Crypto));
        Assert.Contains(Said(Create("fx", symbol: "EURUSD"), false, AssetClass.Fx), w => w.Contains("financing"));
        Assert.Contains(Said(Create("none"), true, AssetClass.Equity), w => w.StartsWith("No costs"));
        Assert.Contains(new Book(Create("custom", """{"taker_bp":0,"maker_bp":0,"half_spread_bp":0}""")).Broker.Warnings(true, AssetClass.Equity), w => w.StartsWith("No costs"));
    }
}
