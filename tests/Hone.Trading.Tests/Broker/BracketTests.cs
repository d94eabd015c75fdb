using Hone.Trading.Broker;

namespace Hone.Trading.Tests.Broker;

public sealed class BracketTests
{
    [Theory]
    [InlineData(10, 96, 106)]
    [InlineData(-10, 104, 94)]
    public void A_bracket_arms_around_the_price_of_the_entry_when_the_entry_fills(double quantity, double stop, double target)
    {
        var book = new Book().Quiet().Market(quantity, new Bracket(0.04, 0.06));
        Assert.Equal(double.NaN, book.Broker.StopPrice);

        book.Quiet();

        Assert.Equal(stop, book.Broker.StopPrice, 12);
        Assert.Equal(target, book.Broker.TargetPrice, 12);
    }

    [Fact]
    public void A_bracket_armed_at_the_open_works_in_the_same_bar()
    {
        var book = new Book().Quiet().Market(10, new Bracket(0.05, 0.05));

        book.Bar(100, 107, 96, 106);

        Assert.Equal([OrderKind.Market, OrderKind.TakeProfit], book.Broker.Fills.ToArray().Select(f => f.Kind));
        Assert.Equal((105.0, 0), (book.Broker.Fills[1].Price, book.OnlyTrade.Bars));
    }

    [Fact]
    public void The_target_of_an_entry_inside_the_bar_waits_for_the_next_bar()
    {
        var book = new Book().Quiet().Limit(10, 98, new Bracket(0.10, 0.02));

        book.Bar(100, 103, 97, 99);
        Assert.Equal(98, book.OnlyFill.Price);
        book.Bar(99, 101, 99, 100);

        Assert.Equal((98 * 1.02, OrderKind.TakeProfit), (book.OnlyFill.Price, book.OnlyFill.Kind));
    }

    [Fact]
    public void A_breakout_whose_stop_and_target_are_in_its_bar_is_stopped()
    {
        var book = new Book().Quiet().Stop(10, 102, new Bracket(0.05, 0.02));

        book.Bar(100, 106, 96, 105);

        Assert.Equal([102.0, 102 * 0.95], book.Broker.Fills.ToArray().Select(f => f.Price));
    }

    [Fact]
    public void The_stop_of_an_entry_inside_the_bar_counts_as_hit_in_that_bar()
    {
        var book = new Book().Quiet().Limit(10, 98, new Bracket(0.05, 0.02));

        book.Bar(100, 103, 93, 102);

        Assert.Equal([98.0, 98 * 0.95], book.Broker.Fills.ToArray().Select(f => f.Price));
        Assert.Equal(0, book.Broker.Position);
    }

    [Fact]
    public void A_reduce_only_target_does_not_profit_from_an_entry_inside_the_same_bar()
    {
        var book = new Book().Quiet().Limit(10, 98).Target(-10, 102);

        book.Bar(100, 103, 97, 99);

        Assert.Equal(OrderKind.Limit, book.OnlyFill.Kind);
        Assert.Equal(10, book.Broker.Position);
    }

    [Fact]
    public void A_reduce_only_stop_guards_an_entry_inside_the_same_bar()
    {
        var book = new Book().Quiet().Limit(10, 98).Stop(-10, 95, reduceOnly: true);

        book.Bar(100, 103, 94, 99);

        Assert.Equal([98.0, 95.0], book.Broker.Fills.ToArray().Select(f => f.Price));
    }

    [Fact]
    public void A_stop_that_could_not_fill_in_full_goes_on_at_the_next_opens()
    {
        var book = new Book().Quiet().Market(100, new Bracket(0.05, 0.05)).Quiet();

        Assert.Equal((-50.0, 95.0), (book.Bar(100, 100, 94, 99, 1000).OnlyFill.Quantity, book.OnlyFill.Price));
        Assert.Equal((-50.0, 99.0), (book.Bar(99, 99.5, 98, 99, 1000).OnlyFill.Quantity, book.OnlyFill.Price));

        Assert.Equal(0, book.Broker.Position);
        Assert.Equal(97, book.OnlyTrade.ExitPrice, 10);
    }

    [Fact]
    public void A_bracket_grows_with_the_parts_of_an_entry()
    {
        var book = new Book().Quiet().Market(100, new Bracket(0.10, 0));

        book.Quiet(100, 1000).Quiet(110, 1000);

        Assert.Equal(105 * 0.9, book.Broker.StopPrice, 10);
        Assert.Equal(-100, book.Bar(110, 110, 90, 100).OnlyFill.Quantity);
    }

    [Fact]
    public void A_closed_position_takes_its_protection_along()
    {
        var book = new Book().Quiet().Market(10, new Bracket(0.05, 0.05)).Quiet().Stop(-10, 97, reduceOnly: true).Market(-10).Quiet();

        Assert.Equal((double.NaN, double.NaN, 0), (book.Broker.StopPrice, book.Broker.TargetPrice, book.Broker.PendingOrders));
    }

    [Fact]
    public void A_turned_position_is_not_touched_by_the_old_stop()
    {
        var book = new Book().Quiet().Market(10, new Bracket(0.05, 0.05)).Quiet().Market(-20, new Bracket(0.03, 0.03));

        book.Bar(94, 96, 94, 95);

        Assert.Equal(-10, book.Broker.Position);
        Assert.Equal(94 * 1.03, book.Broker.StopPrice, 10);
        Assert.Equal(94 * 0.97, book.Broker.TargetPrice, 10);
    }

    [Fact]
    public void A_partial_exit_keeps_the_protection_for_the_rest()
    {
        var book = new Book().Quiet().Market(10, new Bracket(0.05, 0)).Quiet().Market(-4).Quiet();

        Assert.Equal(-6, book.Bar(100, 100, 94, 95).OnlyFill.Quantity);
    }

    [Fact]
    public void A_stop_closer_than_the_spread_gets_no_better_price_than_the_open()
    {
        var costs = new BasisPointCosts(new CustomCostsOptions { TakerBp = 0, MakerBp = 0, HalfSpreadBp = 100 });
        var book = new Book(costs).Quiet().Market(1, new Bracket(0.005, 0));

        book.Bar(100, 102, 99, 101);

        // Entry 101, stop 100.495, the open is 100: gone at the open.
        Assert.Equal(99, book.Broker.Fills[1].Price, 10);
    }

    [Fact]
    public void A_stop_entry_that_jumped_at_the_open_does_not_get_a_better_stop_than_the_open()
    {
        var costs = new BasisPointCosts(new CustomCostsOptions { TakerBp = 0, MakerBp = 0, HalfSpreadBp = 100 });
        var book = new Book(costs).Quiet(90).Stop(1, 95, new Bracket(0.005, 0));

        book.Bar(100, 102, 99, 101);

        Assert.Equal([101.0, 99.0], book.Broker.Fills.ToArray().Select(f => Math.Round(f.Price, 10)));
    }

    [Fact]
    public void A_bracket_around_an_older_average_makes_up_no_price_that_the_bar_did_not_have()
    {
        var book = new Book().Quiet(130).Market(9).Quiet(130).Limit(1, 99, new Bracket(0.03, 0));

        book.Bar(100, 101, 98, 100);

        // The average is 126.9 and the stop 123.1, far above the market: gone at the price of the entry.
        Assert.Equal([99.0, 99.0], book.Broker.Fills.ToArray().Select(f => f.Price));
        Assert.Equal(0, book.Broker.Position);
    }

    [Fact]
    public void A_target_around_an_older_average_that_the_open_has_passed_fills_at_the_open()
    {
        var book = new Book().Quiet(100).Market(9).Quiet(100).Limit(1, 129, new Bracket(0, 0.10));

        book.Bar(128, 130, 127, 129);

        // The average is 102.8 and the target 113.1, far below the open.
        Assert.Equal([128.0, 128.0], book.Broker.Fills.ToArray().Select(f => f.Price));
        Assert.Equal(0, book.Broker.Position);
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(1, 0)]
    [InlineData(-0.1, 0)]
    [InlineData(0.1, double.NaN)]
    [InlineData(0.1, double.PositiveInfinity)]
    public void A_bracket_out_of_range_is_refused(double stop, double target)
        => Assert.Throws<InvalidOrderException>(() => new Book().Quiet().Market(1, new Bracket(stop, target)));

    [Fact]
    public void An_order_that_only_reduces_takes_no_bracket()
        => Assert.Throws<InvalidOrderException>(() => new Book().Quiet().Market(1, new Bracket(0.1, 0), reduceOnly: true));

    [Fact]
    public void Distances_are_multiples_of_the_expected_move()
    {
        var bracket = BracketBuilder.Build(new() { StopSigmas = 2, TargetSigmas = 3 }, sigma: 0.01, horizonBars: 4);

        Assert.Equal(0.04, bracket.StopFraction, 12);
        Assert.Equal(0.06, bracket.TargetFraction, 12);
        Assert.Equal(new Order(OrderKind.Stop, -5, 100 * (1 - 0.04), true), bracket.StopOrder(100, 5));
        Assert.Equal(new Order(OrderKind.TakeProfit, 5, 100 * (1 - 0.06), true), bracket.TargetOrder(100, -5));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(0)]
    [InlineData(double.PositiveInfinity)]
    public void There_is_no_bracket_before_the_volatility_is_known(double sigma)
        => Assert.Equal(Bracket.None, BracketBuilder.Build(new(), sigma, 12));

    [Fact]
    public void A_bracket_of_a_wild_market_is_still_one_that_a_broker_takes()
    {
        var bracket = BracketBuilder.Build(new(), sigma: 50, horizonBars: 100);

        Assert.True(bracket.IsValid);
        Assert.Equal(double.NaN, bracket.TargetPrice(100, -1));
        Assert.True(bracket.StopPrice(100, 1) > 0);
    }
}
