using Hone.Trading.Broker;
using Hone.Trading.Market;

namespace Hone.Trading.Tests.Broker;

public sealed class FillTests
{
    [Fact]
    public void A_market_order_fills_at_the_next_open_worsened_by_spread_and_slippage()
    {
        var book = new Book(new BasisPointCosts(new CryptoCostsOptions())).Bar(100, 104, 100, 102).Market(2);

        book.Bar(103, 120, 90, 110);

        // 1 bp of 103 = 0.0103; 1 % of the range known before (4) = 0.04, under the cap of 5 bp (0.0515).
        var fill = book.OnlyFill;
        Assert.Equal(103 + 0.0103 + 0.04, fill.Price, 12);
        Assert.Equal(2 * fill.Price * 0.001, fill.Fee, 12);
        Assert.Equal(2 * (0.0103 + 0.04), fill.CostOfSpread, 12);
        Assert.Equal((2.0, OrderKind.Market, book.TimeUs), (fill.Quantity, fill.Kind, fill.TimeUs));
        Assert.Equal(100_000 - 2 * fill.Price - fill.Fee + 2 * 110, book.Broker.Equity, 8);
        Assert.Equal(2, book.Broker.Position);
    }

    [Fact]
    public void Selling_pays_the_spread_downwards()
    {
        var book = new Book(Book.Simple).Quiet().Market(-3).Quiet();

        Assert.Equal(99.99, book.OnlyFill.Price, 12);
        Assert.Equal(3 * 99.99 * 0.001, book.OnlyFill.Fee, 12);
        Assert.Equal(3 * 0.01, book.OnlyFill.CostOfSpread, 12);
    }

    [Fact]
    public void An_order_cannot_be_submitted_while_its_bar_is_open()
    {
        var book = new Book().Quiet();
        var bar = book.Next(100, 101, 99, 100);
        book.Broker.Fill(bar);

        Assert.Throws<InvalidOperationException>(() => book.Market(1));
        Assert.Throws<InvalidOperationException>(book.Broker.CancelAll);
        Assert.Throws<InvalidOperationException>(book.Broker.Flatten);
        book.Broker.Mark(bar);
        book.Market(1);

        Assert.Empty(book.Broker.Fills.ToArray());
        Assert.Equal(0, book.Broker.Position);
        Assert.Equal(100_000, book.Broker.Equity);
    }

    [Fact]
    public void A_bar_cannot_be_taken_twice_nor_marked_before_it_is_filled()
    {
        var book = new Book().Quiet();
        var again = new Bar(book.TimeUs, 100, 100, 100, 100, 1);
        var next = book.Next(100, 100, 100, 100);

        Assert.Throws<ArgumentException>(() => book.Broker.Fill(again));
        Assert.Throws<InvalidOperationException>(() => book.Broker.Mark(next));
        book.Broker.Fill(next);
        Assert.Throws<InvalidOperationException>(() => book.Broker.Fill(book.Next(100, 100, 100, 100)));
        Assert.Throws<InvalidOperationException>(() => book.Broker.Mark(again));
        book.Broker.Mark(next);
        Assert.Throws<InvalidOperationException>(() => book.Broker.Mark(next));
    }

    [Theory]
    [InlineData(130, 70, 71)]
    [InlineData(101, 100.5, 100.7)]
    [InlineData(500, 1, 499)]
    public void High_low_and_close_of_the_bar_move_no_market_fill_at_its_open(double high, double low, double close)
    {
        var expected = new Book(new BasisPointCosts(new CryptoCostsOptions())).Bar(100, 102, 99, 101).Market(2).Bar(101, 101, 101, 101).OnlyFill;

        var fill = new Book(new BasisPointCosts(new CryptoCostsOptions())).Bar(100, 102, 99, 101).Market(2).Bar(101, high, low, close).OnlyFill;

        Assert.Equal(expected, fill);
    }

    [Fact]
    public void A_touched_stop_fills_at_the_stop_as_a_taker()
    {
        var book = new Book(Book.Simple).Quiet().Market(10).Quiet().Stop(-10, 95, reduceOnly: true);

        Assert.Empty(book.Bar(100, 101, 95.01, 96).Broker.Fills.ToArray());
        book.Bar(96, 97, 95, 96);

        Assert.Equal(95 * (1 - 1e-4), book.OnlyFill.Price, 12);
        Assert.Equal(10 * book.OnlyFill.Price * 0.001, book.OnlyFill.Fee, 12);
        Assert.Equal(OrderKind.Stop, book.OnlyTrade.ExitKind);
        Assert.Equal(0, book.Broker.Position);
    }

    [Fact]
    public void A_stop_touched_inside_a_bar_slips_by_the_range_of_that_bar()
    {
        var costs = new BasisPointCosts(new CustomCostsOptions { TakerBp = 0, MakerBp = 0, HalfSpreadBp = 0, SlippageRangeShare = 0.01, SlippageCapBp = 1000 });
        var book = new Book(costs).Quiet().Market(1).Quiet().Stop(-1, 95, reduceOnly: true);

        book.Bar(100, 110, 90, 92);

        Assert.Equal(95 - 0.2, book.OnlyFill.Price, 12);
    }

    [Theory]
    [InlineData(10, 95, 90)]
    [InlineData(-10, 105, 111)]
    public void A_gap_through_the_stop_fills_at_the_open(double position, double stop, double open)
    {
        var book = new Book(Book.Simple).Quiet().Market(position).Quiet().Stop(-position, stop, reduceOnly: true);

        book.Bar(open, 112, 89, 100);

        Assert.Equal(open * (1 - Math.Sign(position) * 1e-4), book.OnlyFill.Price, 12);
    }

    [Fact]
    public void The_stop_goes_before_the_target_when_both_are_in_the_bar()
    {
        var book = new Book().Quiet().Market(10, new Bracket(0.05, 0.05)).Quiet();

        book.Bar(100, 106, 94, 105);

        Assert.Equal((95.0, OrderKind.Stop), (book.OnlyFill.Price, book.OnlyFill.Kind));
        Assert.Equal(-50, book.OnlyTrade.NetPnl, 9);
        book.Quiet(106);
        Assert.Empty(book.Broker.Fills.ToArray());
    }

    [Fact]
    public void Separate_stop_and_target_orders_obey_the_same_order()
    {
        var book = new Book().Quiet().Market(10).Quiet().Target(-10, 105).Stop(-10, 95, reduceOnly: true);

        book.Bar(100, 106, 94, 105);

        Assert.Equal((95.0, OrderKind.Stop), (book.OnlyFill.Price, book.OnlyFill.Kind));
        Assert.Equal(0, book.Broker.PendingOrders);
    }

    [Fact]
    public void A_target_jumped_by_the_open_fills_at_the_open_before_a_stop_inside_the_bar()
    {
        var book = new Book(Book.Simple).Quiet().Market(10).Quiet().Target(-10, 105).Stop(-10, 95, reduceOnly: true);

        book.Bar(108, 109, 94, 100);

        Assert.Equal((108 * (1 - 1e-4), OrderKind.TakeProfit), (book.OnlyFill.Price, book.OnlyFill.Kind));
        Assert.Equal(10 * book.OnlyFill.Price * 0.001, book.OnlyFill.Fee, 12);
    }

    [Theory]
    [InlineData(10, 99, 99, false)]
    [InlineData(10, 99, 98.999, true)]
    [InlineData(-10, 101, 99, false)]
    public void A_limit_needs_trade_through(double quantity, double limit, double low, bool fills)
    {
        var book = new Book(Book.Simple).Quiet().Limit(quantity, limit);

        book.Bar(100, 101, low, 100);

        Assert.Equal(fills, book.Broker.Fills.Length == 1);
        if (!fills)
            return;
        Assert.Equal(limit, book.OnlyFill.Price);
        Assert.Equal(10 * limit * 0.0002, book.OnlyFill.Fee, 12);
        Assert.Equal(0, book.OnlyFill.CostOfSpread);
    }

    [Theory]
    [InlineData(105, false)]
    [InlineData(105.001, true)]
    public void A_target_needs_trade_through_and_pays_the_makers_fee(double high, bool fills)
    {
        var book = new Book(Book.Simple).Quiet().Market(10).Quiet().Target(-20, 105);

        book.Bar(100, high, 99, 104);

        Assert.Equal(fills, book.Broker.Fills.Length == 1);
        if (!fills)
            return;
        Assert.Equal((-10.0, 105.0, OrderKind.TakeProfit), (book.OnlyFill.Quantity, book.OnlyFill.Price, book.OnlyTrade.ExitKind));
        Assert.Equal(10 * 105 * 0.0002, book.OnlyFill.Fee, 12);
    }

    [Theory]
    [InlineData(99.0, 98.0, 98.0098)]
    [InlineData(98.005, 98.0, 98.005)]
    public void A_limit_that_the_open_has_passed_fills_at_the_open_and_never_worse_than_the_limit(double limit, double open, double price)
    {
        var book = new Book(Book.Simple).Quiet().Limit(10, limit);

        book.Bar(open, 100, 97, 99);

        Assert.Equal(price, book.OnlyFill.Price, 10);
        Assert.Equal(10 * price * 0.001, book.OnlyFill.Fee, 9);
    }

    [Fact]
    public void A_stop_entry_buys_a_breakout()
    {
        var book = new Book().Quiet().Stop(5, 103);

        Assert.Empty(book.Bar(100, 102.9, 99, 101).Broker.Fills.ToArray());
        book.Bar(101, 104, 100, 104);

        Assert.Equal((103.0, 5.0), (book.OnlyFill.Price, book.Broker.Position));
    }

    [Fact]
    public void An_order_takes_a_twentieth_of_the_volume_and_the_rest_waits()
    {
        var book = new Book().Quiet().Market(100);

        Assert.Equal(60, book.Quiet(100, 1200).OnlyFill.Quantity);
        Assert.Equal(40, book.Broker.PendingAt(0).Remaining);
        Assert.Equal(40, book.Broker.PendingMarketQuantity);
        Assert.Equal(30, book.Quiet(101, 600).OnlyFill.Quantity);
        Assert.Equal(10, book.Quiet(102, 600).OnlyFill.Quantity);

        Assert.Equal(100, book.Broker.Position);
        Assert.Equal(0, book.Broker.PendingOrders);
        Assert.Equal((60 * 100 + 30 * 101 + 10 * 102) / 100.0, book.Broker.AveragePrice, 10);
    }

    [Fact]
    public void All_orders_of_a_bar_share_one_part_of_its_volume()
    {
        var book = new Book().Quiet().Market(40).Market(40);

        book.Quiet(100, 1000);

        Assert.Equal([40.0, 10.0], book.Broker.Fills.ToArray().Select(f => f.Quantity));
        Assert.Equal(30, book.Broker.PendingAt(0).Remaining);
    }

    [Fact]
    public void A_bar_without_volume_fills_nothing_and_the_orders_wait()
    {
        var book = new Book().Quiet().Market(10, new Bracket(0.05, 0)).Limit(5, 91);

        book.Bar(100, 100, 90, 95, volume: 0);

        Assert.Empty(book.Broker.Fills.ToArray());
        Assert.Equal(2, book.Broker.PendingOrders);
        Assert.Equal(1, book.Broker.BarsWithoutVolume);
        Assert.Equal(10, book.Quiet().OnlyFill.Quantity);

        // The stop of the position, too: nobody traded, so nobody was hit.
        Assert.Empty(book.Bar(100, 100, 90, 100, volume: 0).Broker.Fills.ToArray());
        Assert.Equal(95, book.Bar(96, 97, 94.5, 96).OnlyFill.Price, 9);
    }

    [Fact]
    public void Where_the_source_has_no_volume_it_limits_nothing_and_the_report_says_so()
    {
        var book = new Book(options: new() { VolumeKnown = false }).Quiet(100, 0).Market(1e6);

        Assert.Equal(1e6, book.Quiet(100, 0).OnlyFill.Quantity);
        Assert.Contains(book.Broker.Warnings(true, AssetClass.Fx), w => w.Contains("no volume"));
        Assert.DoesNotContain(new Book().Broker.Warnings(true, AssetClass.Fx), w => w.Contains("no volume"));
    }

    [Fact]
    public void An_order_expires_after_its_bars_and_is_counted()
    {
        var book = new Book(options: new() { OrderBarsMax = 3 }).Quiet().Limit(1, 90);

        book.Quiet().Quiet();
        Assert.Equal(1, book.Broker.PendingOrders);
        book.Quiet();

        Assert.Equal((0, 1L), (book.Broker.PendingOrders, book.Broker.ExpiredOrders));
        Assert.Empty(book.Bar(80, 80, 80, 80).Broker.Fills.ToArray());
    }

    [Fact]
    public void Protection_does_not_expire()
    {
        var book = new Book(options: new() { OrderBarsMax = 1 }).Quiet().Market(1).Quiet().Stop(-1, 90, reduceOnly: true).Target(-1, 110);

        for (var i = 0; i < 50; i++)
            book.Quiet();

        Assert.Equal(2, book.Broker.PendingOrders);
        Assert.Equal(90, book.Bar(100, 100, 89, 100).OnlyFill.Price);
    }

    [Fact]
    public void Reduce_only_never_opens()
    {
        var book = new Book().Quiet().Market(-5, reduceOnly: true).Limit(-5, 99, reduceOnly: true).Stop(-5, 99, reduceOnly: true).Target(-5, 99);

        book.Quiet(98).Bar(100, 105, 95, 100);

        Assert.Equal(0, book.Broker.Position);
        Assert.Equal(0, book.Broker.Turnover);
    }

    [Fact]
    public void Reduce_only_never_turns()
    {
        var book = new Book().Quiet().Market(3).Quiet().Market(-5, reduceOnly: true);

        Assert.Equal(-3, book.Quiet().OnlyFill.Quantity);

        Assert.Equal((0.0, 0), (book.Broker.Position, book.Broker.PendingOrders));
    }

    [Fact]
    public void Reduce_only_never_adds()
    {
        var book = new Book().Quiet().Market(3).Quiet().Market(2, reduceOnly: true).Quiet();

        Assert.Equal((3.0, 0), (book.Broker.Position, book.Broker.PendingOrders));
    }

    [Fact]
    public void A_reversal_closes_one_trade_and_opens_another_and_shares_its_costs()
    {
        var book = new Book(Book.Simple).Quiet().Market(10).Quiet(100).Market(-15);

        book.Quiet(110);

        var fill = book.OnlyFill;
        var trade = book.OnlyTrade;
        var price = 110 * (1 - 1e-4);
        Assert.Equal((-15.0, price), (fill.Quantity, fill.Price));
        Assert.Equal((1, 1, 10.0, OrderKind.Market), (trade.Id, trade.Side, trade.Quantity, trade.ExitKind));
        Assert.Equal(100, trade.GrossPnl, 9);
        Assert.Equal(10 * (100.01 + price) * 0.001 + 10 * (0.01 + 0.011), trade.Costs, 9);
        Assert.Equal(trade.GrossPnl - trade.Costs, trade.NetPnl, 9);
        Assert.Equal(trade.NetPnl / (10 * 100.01), trade.Return, 12);

        Assert.Equal(-5, book.Broker.Position);
        Assert.Equal((2, -1, 5.0), (book.Broker.OpenTrade.Id, book.Broker.OpenTrade.Side, book.Broker.OpenTrade.Quantity));
        Assert.Equal(price, book.Broker.AveragePrice, 12);

        // The rest of the costs belongs to the second trade.
        book.Market(5).Quiet(110);
        Assert.Equal(book.Broker.TotalCosts, trade.Costs + book.OnlyTrade.Costs, 9);
        Assert.Equal(book.Broker.NetPnl, trade.NetPnl + book.OnlyTrade.NetPnl, 9);
    }

    [Fact]
    public void A_trade_that_was_built_and_left_in_parts_has_average_prices()
    {
        var book = new Book().Quiet().Market(10).Quiet(100).Market(10).Quiet(110).Market(-5).Quiet(120).Market(-15).Quiet(90);

        var trade = book.OnlyTrade;
        Assert.Equal((105.0, (5 * 120 + 15 * 90) / 20.0, 20.0, 3), (trade.EntryPrice, trade.ExitPrice, trade.Quantity, trade.Bars));
        Assert.Equal(5 * 15 - 15 * 15, trade.NetPnl, 9);
    }

    [Fact]
    public void What_rounding_leaves_of_a_position_is_closed_with_it()
    {
        var book = new Book().Quiet().Market(0.1 + 0.2).Quiet().Market(-0.3).Quiet();

        Assert.Equal(0, book.Broker.Position);
        Assert.Equal(1, book.OnlyTrade.Id);
    }

    [Theory]
    [InlineData(OrderKind.Market, double.NaN, 1, false)]
    [InlineData(OrderKind.Market, double.PositiveInfinity, 1, true)]
    [InlineData(OrderKind.Market, 0, 1, false)]
    [InlineData(OrderKind.Market, 1, double.NaN, false)]
    [InlineData(OrderKind.Market, 1e16, 1, false)]
    [InlineData(OrderKind.Limit, 1, double.NaN, true)]
    [InlineData(OrderKind.Limit, 1, 0, false)]
    [InlineData(OrderKind.Stop, double.NegativeInfinity, 1, true)]
    [InlineData(OrderKind.Stop, 1, -1, true)]
    [InlineData(OrderKind.TakeProfit, 1, double.PositiveInfinity, true)]
    [InlineData((OrderKind)7, 1, 1, false)]
    public void An_order_that_no_market_would_take_is_refused(OrderKind kind, double quantity, double price, bool reduceOnly)
    {
        var book = new Book().Quiet();

        Assert.Throws<InvalidOrderException>(() => book.Broker.Submit(new Order(kind, quantity, price, reduceOnly)));
        Assert.Equal(0, book.Broker.PendingOrders);
    }

    [Fact]
    public void Too_many_orders_are_refused_loudly_and_a_position_can_still_be_closed()
    {
        var book = new Book(options: new() { PendingMax = 2 }).Quiet().Market(1).Quiet().Stop(-1, 50, reduceOnly: true).Stop(-1, 60, reduceOnly: true);

        var refused = Assert.Throws<InvalidOrderException>(() => book.Market(1));
        Assert.Contains("pending_max", refused.Message);
        book.Broker.Flatten();
        book.Quiet();

        Assert.Equal((0.0, 0), (book.Broker.Position, book.Broker.PendingOrders));
    }

    [Fact]
    public void Cancelling_stops_keeps_entries_and_cancelling_entries_keeps_stops()
    {
        var book = new Book().Quiet().Market(1, new Bracket(0.1, 0.1)).Quiet().Limit(1, 90).Stop(-1, 80, reduceOnly: true);

        book.Broker.CancelEntries();
        Assert.Equal((1, 90.0), (book.Broker.PendingOrders, book.Broker.StopPrice));
        book.Limit(1, 90);
        book.Broker.CancelStops();
        Assert.Equal((1, double.NaN), (book.Broker.PendingOrders, book.Broker.StopPrice));
        Assert.Equal(OrderKind.Limit, book.Broker.PendingAt(0).Order.Kind);
        book.Broker.CancelAll();
        Assert.Equal(0, book.Broker.PendingOrders);
    }

    [Theory]
    [InlineData(double.NaN, 101, 99, 100)]
    [InlineData(100, double.NaN, 99, 100)]
    [InlineData(100, 101, 99, double.NaN)]
    [InlineData(100, 99, 101, 100)]
    [InlineData(100, 101, 0, 100)]
    [InlineData(100, double.PositiveInfinity, 99, 100)]
    public void A_bar_with_missing_or_contradicting_prices_fills_nothing_keeps_the_mark_and_is_counted(double open, double high, double low, double close)
    {
        var book = new Book().Quiet().Market(1).Quiet(101).Market(1);
        var equity = book.Broker.Equity;

        book.Bar(open, high, low, close);

        Assert.Empty(book.Broker.Fills.ToArray());
        Assert.Equal((equity, 101.0, 1L), (book.Broker.Equity, book.Broker.LastPrice, book.Broker.UnusableBars));
        Assert.Equal(2, book.Quiet().Broker.Position);
        Assert.Contains(book.Broker.Warnings(false, AssetClass.Equity), w => w.StartsWith("1 bars"));
    }

    [Fact]
    public void A_cost_model_that_quotes_nonsense_stops_the_run()
    {
        var book = new Book(new Nonsense()).Quiet().Market(-1);

        Assert.Throws<InvalidOperationException>(() => book.Quiet());
    }

    private sealed class Nonsense : ICostModel
    {
        public string Name => "nonsense";
        public bool IsFree => false;
        public double MarketPrice(double price, int side, in Bar bar) => -price;
        public double Fee(double quantity, double price, bool maker, long timeUs) => 0;
        public double Carry(double position, double price, long fromUs, long toUs) => 0;
        public double RoundTrip(double price, long timeUs) => 0;
    }
}
