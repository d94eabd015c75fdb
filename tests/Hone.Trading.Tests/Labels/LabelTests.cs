using Hone.Learning;
using Hone.Trading.Labels;
using Hone.Trading.Market;

namespace Hone.Trading.Tests.Labels;

public sealed class LabelTests
{
    private static readonly LabelContext Cost20 = new(0.002);

    [Theory]
    [InlineData(101.0, 1, 1.0)]
    [InlineData(99.0, 0, 1.0)]
    [InlineData(100.1, 1, 0.5)]
    [InlineData(99.9, 0, 0.5)]
    [InlineData(100.0, 0, 0.5)]
    public void Direction_learns_moves_under_the_round_trip_cost_with_half_weight(double close, int label, double weight)
    {
        var direction = new Direction(Cost20, new() { Horizon = 3 });
        var question = Asked();
        Assert.False(direction.TryResolve(question, Flat(close), 2, out _));
        Assert.True(direction.TryResolve(question, Flat(close), 3, out var outcome));
        Assert.Equal(new(label, weight, close / 100 - 1), outcome);
    }

    [Theory]
    [InlineData(101.0, 2)]
    [InlineData(99.0, 0)]
    [InlineData(100.1, 1)]
    [InlineData(99.9, 1)]
    [InlineData(100.0, 1)]
    public void Direction_of_three_classes_has_a_flat_one(double close, int label)
    {
        var direction = new Direction(Cost20, new() { Flat = FlatMoves.ThreeClass });
        Assert.Equal(3, direction.Classes);
        Assert.True(direction.TryResolve(Asked(), Flat(close), 12, out var outcome));
        Assert.Equal(new(label, 1, close / 100 - 1), outcome);
    }

    [Fact]
    public void The_dead_band_is_in_round_trip_costs()
    {
        var wide = new Direction(Cost20, new() { DeadBand = 5 });
        wide.TryResolve(Asked(), Flat(100.9), 12, out var inside);
        wide.TryResolve(Asked(), Flat(101.1), 12, out var outside);
        Assert.Equal((0.5, 1.0), (inside.Weight, outside.Weight));

        var none = new Direction(Cost20, new() { DeadBand = 0 });
        none.TryResolve(Asked(), Flat(100.0001), 12, out var tiny);
        none.TryResolve(Asked(), Flat(100), 12, out var still);
        Assert.Equal((1, 0.5), (tiny.Weight, still.Weight));
    }

    // σ = 1 % and 4 bars: √4 = 2, so barriers of 1 stand at 102 and 98.
    [Theory]
    [InlineData(100, 102.5, 99, 101, true, 1, 0.02)]
    [InlineData(100, 101, 97, 99, true, 0, -0.02)]
    [InlineData(100, 102, 99, 101, false, 0, 0)] // the upper barrier must be traded through
    [InlineData(100, 101, 98, 99, true, 0, -0.02)] // the lower one is reached by a touch
    [InlineData(100, 103, 97, 102.5, true, 0, -0.02)] // both in one bar: the lower one counts
    [InlineData(103, 104, 102.5, 103, true, 1, 0.03)] // opens above: left at the open
    [InlineData(96, 97, 95, 96.5, true, 0, -0.04)] // opens below: left at the open
    public void A_barrier_inside_the_bar_decides(double open, double high, double low, double close, bool known, int label, double move)
    {
        var barrier = new TripleBarrier(Cost20, new() { Horizon = 4 });
        Assert.Equal(known, barrier.TryResolve(Asked(), new(1, open, high, low, close, 1), 1, out var outcome));
        if (known)
            AssertOutcome(label, 1, move, outcome);
    }

    [Theory]
    [InlineData(103, 97, 101.9, false, 0)]
    [InlineData(103, 97, 102.1, true, 1)]
    [InlineData(103, 97, 97.9, true, 0)]
    public void With_closes_the_range_of_the_bar_does_not_matter(double high, double low, double close, bool known, int label)
    {
        var barrier = new TripleBarrier(Cost20, new() { Horizon = 4, Touch = BarrierTouch.Close });
        Assert.Equal(known, barrier.TryResolve(Asked(), new(1, 100, high, low, close, 1), 1, out var outcome));
        if (known)
            AssertOutcome(label, 1, close / 100 - 1, outcome);
    }

    [Theory]
    [InlineData(VerticalBarrier.Sign, 101.0, 1, 1.0)]
    [InlineData(VerticalBarrier.Sign, 99.0, 0, 1.0)]
    [InlineData(VerticalBarrier.Sign, 100.1, 1, 0.5)]
    [InlineData(VerticalBarrier.Flat, 101.0, 1, 1.0)]
    [InlineData(VerticalBarrier.Flat, 100.1, 1, 1.0)]
    public void At_the_horizon_the_vertical_barrier_decides(VerticalBarrier vertical, double close, int label, double weight)
    {
        var barrier = new TripleBarrier(Cost20, new() { Horizon = 4, Vertical = vertical });
        Assert.False(barrier.TryResolve(Asked(), Flat(close), 3, out _));
        Assert.True(barrier.TryResolve(Asked(), Flat(close), 4, out var outcome));
        AssertOutcome(label, weight, close / 100 - 1, outcome);
    }

    [Fact]
    public void Three_classes_name_the_barriers_down_0_and_up_2()
    {
        var barrier = new TripleBarrier(Cost20, new() { Horizon = 4, Vertical = VerticalBarrier.Flat });
        barrier.TryResolve(Asked(), new(1, 100, 110, 99, 105, 1), 1, out var up);
        barrier.TryResolve(Asked(), new(1, 100, 101, 90, 95, 1), 1, out var down);
        Assert.Equal((2, 0), (up.Label, down.Label));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(0.0)]
    public void Without_a_volatility_only_the_vertical_barrier_is_left(double sigma)
    {
        var barrier = new TripleBarrier(Cost20, new() { Horizon = 4 });
        var question = Asked() with { Sigma = sigma };
        Assert.False(barrier.TryResolve(question, new(1, 100, 200, 50, 120, 1), 3, out _));
        Assert.True(barrier.TryResolve(question, new(1, 100, 200, 50, 120, 1), 4, out var outcome));
        AssertOutcome(1, 1, 0.2, outcome);
    }

    [Theory]
    [InlineData(1, 101.0, 1)]
    [InlineData(1, 100.1, 0)] // a gain under the cost is a loss
    [InlineData(1, 99.0, 0)]
    [InlineData(-1, 99.0, 1)]
    [InlineData(-1, 99.9, 0)]
    [InlineData(-1, 101.0, 0)]
    [InlineData(0, 101.0, 1)] // no side is taken as long
    public void A_trade_is_profitable_after_costs_or_not_at_all(int side, double close, int label)
    {
        var trade = new TradeProfitable(Cost20, new());
        Assert.False(trade.TryResolve(Asked() with { Side = side }, Flat(close), 11, out _));
        Assert.True(trade.TryResolve(Asked() with { Side = side }, Flat(close), 12, out var outcome));
        AssertOutcome(label, 1, close / 100 - 1, outcome);
    }

    // Target 102 and stop 99 for a long, target 98 and stop 101 for a short.
    [Theory]
    [InlineData(1, 100, 103, 99.5, 1, 0.02)]
    [InlineData(1, 100, 101, 98.5, 0, -0.01)]
    [InlineData(1, 100, 103, 98.5, 0, -0.01)]
    [InlineData(-1, 100, 100.5, 97, 1, -0.02)]
    [InlineData(-1, 100, 101.5, 99, 0, 0.01)]
    [InlineData(-1, 100, 101, 97, 0, 0.01)]
    [InlineData(-1, 104, 105, 103, 0, 0.04)]
    [InlineData(-1, 95, 96, 94, 1, -0.05)]
    public void Target_and_stop_lie_on_the_sides_of_the_trade_and_the_stop_comes_first(int side, double open, double high, double low, int label, double move)
    {
        var trade = new TradeProfitable(Cost20, new() { Horizon = 4, TakeProfit = 1, StopLoss = 0.5 });
        Assert.True(trade.TryResolve(Asked() with { Side = side }, new(1, open, high, low, open, 1), 1, out var outcome));
        AssertOutcome(label, 1, move, outcome);
    }

    [Fact]
    public void A_target_inside_the_costs_is_no_profit()
    {
        var trade = new TradeProfitable(new(0.03), new() { Horizon = 4, TakeProfit = 1 });
        Assert.True(trade.TryResolve(Asked() with { Side = 1 }, new(1, 100, 103, 99, 101, 1), 1, out var outcome));
        AssertOutcome(0, 1, 0.02, outcome);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.001)]
    [InlineData(1.0)]
    public void A_cost_that_is_no_fraction_is_refused(double cost)
    {
        foreach (var entry in TradingCatalog.BuiltIn().Labels)
            Assert.Throws<InvalidOptionsException>(() => entry.Create(new LabelContext(cost)));
    }

    [Fact]
    public void Options_are_read_as_a_config_writes_them()
    {
        var json = System.Text.Json.JsonDocument.Parse("""{"horizon": 5, "dead_band": 2, "flat": "three-class"}""").RootElement;
        var label = TradingCatalog.BuiltIn().Labels["direction"].Create(Cost20, json);
        Assert.Equal((3, 5), (label.Classes, label.HorizonBars));
        Assert.Throws<InvalidOptionsException>(() => TradingCatalog.BuiltIn().Labels["direction"].Create(Cost20, System.Text.Json.JsonDocument.Parse("""{"horizon": 0}""").RootElement));
    }

    private static OpenQuestion Asked() => new(1, 0, 100, 0.01, 0);

    private static Bar Flat(double price) => new(1, price, price, price, price, 1);

    private static void AssertOutcome(int label, double weight, double move, LabelOutcome outcome)
    {
        Assert.Equal((label, weight), (outcome.Label, outcome.Weight));
        Assert.Equal(move, outcome.Return, 12);
    }
}
