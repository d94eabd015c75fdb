using Hone.Trading.Broker;

namespace Hone.Trading.Tests.Broker;

public sealed class PositionSizerTests
{
    [Theory]
    [InlineData(0.02, 4, 0.05)]
    [InlineData(0.0001, 4, 0.10)]
    [InlineData(double.NaN, 4, 0)]
    [InlineData(0, 4, 0)]
    [InlineData(-1, 4, 0)]
    [InlineData(double.PositiveInfinity, 4, 0)]
    public void The_base_is_the_risk_budget_over_the_expected_move_capped_and_0_while_volatility_is_unknown(double sigma, int horizon, double expected)
        => Assert.Equal(expected, PositionSizer.BaseFraction(new() { RiskBudget = 0.002, PositionFraction = 0.10 }, sigma, horizon), 12);

    [Fact]
    public void At_break_even_the_expected_value_is_zero()
    {
        var breakEven = PositionSizer.BreakEven(gain: 0.02, loss: 0.01, roundTripCost: 0.003);

        Assert.Equal(0.013 / 0.03, breakEven, 12);
        Assert.Equal(0, PositionSizer.ExpectedValue(breakEven, 0.02, 0.01, 0.003), 12);
        Assert.True(PositionSizer.ExpectedValue(breakEven + 0.01, 0.02, 0.01, 0.003) > 0);
    }

    [Theory]
    [InlineData(double.NaN, 0.01)]
    [InlineData(0.01, double.NaN)]
    [InlineData(0, 0)]
    [InlineData(-0.01, 0.02)]
    public void There_is_no_break_even_before_the_means_are_known(double gain, double loss)
    {
        Assert.Equal(double.NaN, PositionSizer.BreakEven(gain, loss, 0.001));
        Assert.Equal(0, PositionSizer.Conviction(0.9, PositionSizer.BreakEven(gain, loss, 0.001)));
    }

    [Theory]
    [InlineData(0.55, 0.55, 0)]
    [InlineData(0.65, 0.55, 0.5)]
    [InlineData(0.75, 0.55, 1)]
    [InlineData(0.95, 0.55, 1)]
    [InlineData(0.40, 0.55, 0)]
    [InlineData(0.99, 0.75, 0)]
    [InlineData(0.99, 1.30, 0)]
    [InlineData(double.NaN, 0.55, 0)]
    public void Conviction_runs_from_break_even_to_three_quarters(double confidence, double breakEven, double expected)
        => Assert.Equal(expected, PositionSizer.Conviction(confidence, breakEven), 12);

    [Theory]
    [InlineData(0.5, 0.6, 0.3)]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 1)]
    [InlineData(double.NaN, 1, 0)]
    [InlineData(1, double.NaN, 0)]
    [InlineData(-1, -1, 0)]
    public void The_multiplier_is_conviction_times_agreement(double conviction, double agreement, double expected)
        => Assert.Equal(expected, PositionSizer.SizeMultiplier(conviction, agreement), 12);

    [Theory]
    [InlineData(0.1, 100_000, 50, 200)]
    [InlineData(-0.1, 100_000, 50, -200)]
    [InlineData(0.1, -5, 50, 0)]
    [InlineData(double.NaN, 100_000, 50, 0)]
    [InlineData(0.1, 100_000, double.NaN, 0)]
    [InlineData(0.1, 100_000, 0, 0)]
    public void Units_are_a_fraction_of_equity_at_a_price(double fraction, double equity, double price, double units)
        => Assert.Equal(units, PositionSizer.Units(fraction, equity, price), 9);
}
