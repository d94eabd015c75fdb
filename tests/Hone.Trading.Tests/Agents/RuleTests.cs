using Hone.Trading.Agents;

namespace Hone.Trading.Tests.Agents;

public sealed class RuleTests
{
    [Fact]
    public void Rsi_reversion_buys_under_30_until_50_and_sells_over_70_until_50()
        => AssertSides("rsi-reversion", "rsi_14",
            [50, 31, 29, 40, 49, 51, 69, 71, 60, 51, 49, 29, 75, 50],
            [0, 0, 1, 1, 1, 0, 0, -1, -1, -1, 0, 1, -1, 0]);

    [Fact]
    public void Bollinger_reversion_buys_under_two_deviations_until_the_mean()
        => AssertSides("bollinger-reversion", "bollinger_z_20",
            [0, -1.9, -2.1, -0.5, 0.1, 1.9, 2.1, 0.5, -0.1, -2.1, 2.1],
            [0, 0, 1, 1, 0, 0, -1, -1, 0, 1, -1]);

    [Fact]
    public void Breakout_follows_a_close_beyond_the_range_until_its_middle()
        => AssertSides("breakout", "donchian_position_20",
            [0.5, 1, 1.01, 0.6, 0.49, 0, -0.01, 0.4, 0.51, 1.2, -0.2],
            [0, 0, 1, 1, 0, 0, -1, -1, 0, 1, -1]);

    [Fact]
    public void Momentum_measures_the_move_in_its_own_deviations()
    {
        // σ = 1 % a bar: 12 bars have √12 %; the entry stands at 1.25 of it, 4.33 %, the exit at a quarter.
        var agent = TinyFeatures.New("momentum");
        double[] moves = [0.043, 0.044, 0.02, 0.0109, 0.0107, -0.043, -0.044, 0.05];
        Assert.Equal([0, 1, 1, 1, 0, 0, -1, 1], moves.Select(move => agent.Decide(TinyFeatures.Of(("return_12", move), ("ewma_volatility", 0.01))).Direction));
        Assert.Equal(0, TinyFeatures.New("momentum").Decide(TinyFeatures.Of(("return_12", 0.05), ("ewma_volatility", 0.02))).Direction);
        Assert.Equal(Signal.None, agent.Decide(TinyFeatures.Of(("return_12", 0.05), ("ewma_volatility", 0))));
    }

    [Fact]
    public void Trend_begins_only_while_the_averages_part_and_ends_when_they_have_come_together()
    {
        var agent = TinyFeatures.New("trend");
        (double Cross, double Histogram, double Side)[] bars =
        [
            (1.0667, -0.001, 0), (0.9333, 0.001, 0), (1.0667, 0.001, 1), (0.6667, -0.001, 1), (0.2667, -0.001, 1), (0.2467, -0.001, 0),
            (-1.0667, 0.001, 0), (-1.0667, -0.001, -1), (1.0667, -0.001, 0), (-1.0667, -0.001, -1), (1.0667, 0.001, 1),
        ];
        Assert.Equal(
            bars.Select(bar => bar.Side),
            bars.Select(bar => agent.Decide(TinyFeatures.Of(("ema_cross", bar.Cross), ("macd_hist", bar.Histogram))).Direction));
        foreach (var missing in new[] { "ema_cross", "macd_hist" })
        {
            var x = TinyFeatures.Of(("ema_cross", 2), ("macd_hist", 0.1));
            Assert.Equal(1, agent.Decide(x).Direction);
            x[TinyFeatures.Schema.IndexOf(missing)] = double.NaN;
            Assert.Equal(Signal.None, agent.Decide(x));
        }
    }

    [Fact]
    public void Confidence_is_one_half_at_the_entry_and_grows_with_the_distance()
    {
        var agent = TinyFeatures.New("bollinger-reversion");
        double[] confidences = [.. new[] { -2.0000001, -4, -6, -1, -0.5 }.Select(z => agent.Decide(TinyFeatures.Of(("bollinger_z_20", z))).Confidence)];
        Assert.Equal([0.5, 2.0 / 3, 0.75, 1.0 / 3, 0.2], confidences, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Entries_and_exits_are_options()
    {
        var agent = TinyFeatures.New("rsi-reversion", new RsiReversionOptions { Oversold = 20, Overbought = 60, Exit = 0.5 });
        Assert.Equal([0, 1, 1, 0, 0, -1, -1, 0], new double[] { 21, 19, 34, 36, 59, 61, 56, 54 }.Select(rsi => agent.Decide(TinyFeatures.Of(("rsi_14", rsi))).Direction));
    }

    private static void AssertSides(string name, string feature, double[] values, double[] sides)
    {
        var agent = TinyFeatures.New(name);
        Assert.Equal(sides, values.Select(value => agent.Decide(TinyFeatures.Of((feature, value))).Direction));
    }
}
