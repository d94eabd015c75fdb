using Hone.Learning.Numerics;
using Hone.Trading.Features.Indicators;

namespace Hone.Trading.Tests.Features;

/// <summary>Indicators on series short enough to be worked out by hand.</summary>
public sealed class IndicatorTests
{
    [Fact]
    public void An_ema_starts_as_the_mean_of_its_window_and_then_moves_by_its_factor()
    {
        var ema = new Ema(3);
        Assert.True(double.IsNaN(ema.Update(1)));
        Assert.True(double.IsNaN(ema.Update(2)));
        Assert.Equal(2, ema.Update(3));
        Assert.Equal(4, ema.Update(6), 15);
    }

    [Fact]
    public void Wilders_average_moves_by_one_over_its_window()
    {
        var average = Ema.Wilder(4);
        foreach (var value in (double[])[1, 2, 3, 4])
            average.Update(value);
        Assert.Equal(2.5, average.Value);
        Assert.Equal(2.5 + 7.5 / 4, average.Update(10), 15);
    }

    [Fact]
    public void An_average_of_zeros_ends_at_zero_and_not_in_subnormal_numbers()
    {
        var average = Ema.Wilder(2);
        average.Update(1);
        average.Update(1);
        for (var i = 0; i < 2000; i++)
            average.Update(0);
        Assert.Equal(0, average.Value);
    }

    [Fact]
    public void Dema_tema_and_trix_come_from_three_averages_with_one_seed()
    {
        var triple = new TripleEma(2);
        triple.Update(1);
        triple.Update(3);
        Assert.Equal((2.0, 2.0), (triple.Dema, triple.Tema));
        Assert.True(double.IsNaN(triple.Trix));
        triple.Update(5);
        // Factor 2/3: first 4, second 10/3, third 26/9.
        Assert.Equal(8 - 10.0 / 3, triple.Dema, 12);
        Assert.Equal(12 - 10 + 26.0 / 9, triple.Tema, 12);
        Assert.Equal(100 * (26.0 / 9 - 2) / 2, triple.Trix, 12);
    }

    [Fact]
    public void A_rolling_sum_is_the_sum_of_its_last_values()
    {
        var sum = new RollingSum(3);
        Assert.True(double.IsNaN(sum.Update(1)));
        Assert.True(double.IsNaN(sum.Update(2)));
        Assert.Equal(7, sum.Update(4));
        Assert.Equal(14, sum.Update(8));
        Assert.Equal(28, sum.Update(16));
        Assert.Equal(56, sum.Update(32));
        Assert.Equal(112, sum.Update(64));
    }

    [Fact]
    public void A_huge_value_leaves_nothing_behind_in_a_rolling_sum()
    {
        var sum = new RollingSum(7);
        var random = new Rng(3, "sum");
        for (var i = 0; i < 1_000_000; i++)
            sum.Update(i % 1000 == 0 ? 1e18 : random.NextDouble());
        for (var i = 0; i < 7; i++)
            sum.Update(0.5);
        Assert.Equal(3.5, sum.Value);
    }

    [Fact]
    public void Rolling_moments_are_those_of_their_last_values()
    {
        var moments = new RollingMoments(4);
        double[] values = [2, 4, 4, 6, 10, 0, 8, 8, 1];
        for (var i = 0; i < values.Length; i++)
        {
            moments.Update(values[i]);
            if (i < 3)
            {
                Assert.True(double.IsNaN(moments.Mean));
                continue;
            }
            var window = values[(i - 3)..(i + 1)];
            Assert.Equal(window.Average(), moments.Mean, 12);
            Assert.Equal(window.Average(v => (v - window.Average()) * (v - window.Average())), moments.Variance, 12);
        }
    }

    [Theory]
    [InlineData(1e-8)]
    [InlineData(123.456789)]
    [InlineData(1e8 + 0.1)]
    public void A_flat_window_has_a_variance_of_exactly_zero(double price)
    {
        var moments = new RollingMoments(20);
        var random = new Rng(5, "flat");
        for (var i = 0; i < 1000; i++)
            moments.Update(price * (1 + random.NextDouble()));
        for (var i = 0; i < 33; i++)
        {
            moments.Update(price);
            Assert.True(i < 19 || moments.Variance == 0, $"{moments.Variance} after {i + 1} equal values");
            Assert.True(moments.Variance >= 0);
        }
    }

    [Fact]
    public void A_small_spread_on_a_high_price_is_not_lost()
    {
        var moments = new RollingMoments(20);
        for (var i = 0; i < 1013; i++)
            moments.Update(1e9 + (i & 1));
        Assert.Equal(0.25, moments.Variance, 8);
    }

    [Fact]
    public void A_regression_finds_the_line_and_its_error()
    {
        var line = new LinearRegression(5);
        for (var i = 0; i < 13; i++)
        {
            line.Update(1e6 + 3 * i);
            Assert.Equal(i < 4 ? double.NaN : 3, line.Slope, 8);
        }
        Assert.Equal(1, line.Correlation, 12);

        // 1, 3, 2, 5, 4 over 0…4: slope 0.8, correlation 0.8, t = 0.8·√(3 / 0.36).
        foreach (var value in (double[])[1, 3, 2, 5, 4])
            line.Update(value);
        Assert.Equal(0.8, line.Slope, 12);
        Assert.Equal(0.8, line.Correlation, 12);
        Assert.Equal(0.8 * Math.Sqrt(3 / 0.36), line.TStatistic, 10);
    }

    [Fact]
    public void A_flat_line_has_a_slope_and_no_t_statistic()
    {
        var line = new LinearRegression(4);
        for (var i = 0; i < 9; i++)
            line.Update(7.7);
        Assert.Equal(0, line.Slope);
        Assert.True(double.IsNaN(line.TStatistic));
    }

    [Fact]
    public void A_rolling_range_is_the_channel_of_its_last_bars()
    {
        var range = new RollingRange(6);
        var random = new Rng(9, "range");
        var prices = new double[500];
        for (var i = 0; i < prices.Length; i++)
        {
            prices[i] = Math.Floor(random.NextDouble() * 20);
            range.Update(prices[i] + 1, prices[i] - 1);
            if (i < 5)
            {
                Assert.True(double.IsNaN(range.High) && double.IsNaN(range.Position(3)));
                continue;
            }
            Assert.Equal(prices[(i - 5)..(i + 1)].Max() + 1, range.High);
            Assert.Equal(prices[(i - 5)..(i + 1)].Min() - 1, range.Low);
        }
        Assert.Equal((20 - range.Low) / (range.High - range.Low), range.Position(20));
    }

    [Fact]
    public void A_history_is_read_by_age_and_empty_before_its_first_value()
    {
        var history = new History(3);
        Assert.True(double.IsNaN(history[0]));
        for (var i = 1; i <= 9; i++)
            history.Push(i);
        Assert.Equal((9.0, 8.0, 7.0, 6.0), (history[0], history[1], history[2], history[3]));
    }

    [Fact]
    public void A_true_range_includes_the_gap()
    {
        var range = new TrueRange();
        Assert.True(double.IsNaN(range.Update(11, 9, 10)));
        Assert.Equal(4, range.Update(14, 12, 13));
        Assert.Equal(6, range.Update(8, 7, 8));
        Assert.Equal(3, range.Update(10, 7, 9));
    }

    [Fact]
    public void The_average_true_range_starts_after_window_plus_one_bars()
    {
        var atr = new Atr(2);
        atr.Update(11, 9, 10);
        Assert.True(double.IsNaN(atr.Update(14, 12, 13)));
        Assert.Equal(5, atr.Update(8, 7, 8));
        Assert.Equal(4, atr.Update(10, 7, 9));
    }

    [Fact]
    public void Rsi_is_gains_over_all_movement()
    {
        var rsi = new Rsi(2);
        rsi.Update(10);
        Assert.True(double.IsNaN(rsi.Update(13)));
        Assert.Equal(75, rsi.Update(12));
        // Gains (1.5 + 0) / 2, losses (0.5 + 2) / 2.
        Assert.Equal(100 * 0.75 / 2, rsi.Update(10));
    }

    [Fact]
    public void Rsi_of_prices_that_never_moved_is_missing()
    {
        var rsi = new Rsi(3);
        for (var i = 0; i < 50; i++)
            Assert.True(double.IsNaN(rsi.Update(5)));
        rsi.Update(6);
        Assert.Equal(100, rsi.Value);
        for (var i = 0; i < 100; i++)
            rsi.Update(6);
        Assert.True(double.IsNaN(rsi.Value));
    }

    [Fact]
    public void Macd_of_a_straight_line_is_its_slope_times_the_lag_between_the_averages()
    {
        // An average of window n lags a straight line by (n − 1) / 2 bars.
        var macd = new Macd(3, 7, 4);
        for (var i = 0; i < 60; i++)
            macd.Update(5.0 * i);
        Assert.Equal(5 * (3 - 1), macd.Line, 10);
        Assert.Equal(10, macd.Signal, 10);
        Assert.Equal(0, macd.Histogram, 10);
    }

    [Fact]
    public void Macd_has_its_signal_after_slow_plus_signal_minus_one_values()
    {
        var macd = new Macd(2, 3, 2);
        macd.Update(1);
        macd.Update(2);
        Assert.True(double.IsNaN(macd.Line));
        macd.Update(6);
        Assert.True(double.IsNaN(macd.Signal) && !double.IsNaN(macd.Line));
        macd.Update(6);
        Assert.True(macd.IsReady && !double.IsNaN(macd.Histogram));
    }

    [Fact]
    public void Directional_movement_of_a_steady_rise_is_all_plus()
    {
        var adx = new Adx(3);
        for (var i = 0; i < 5; i++)
            adx.Update(10 + i, 8 + i, 9 + i);
        Assert.True(double.IsNaN(adx.Value));
        adx.Update(15, 13, 14);
        // True range 2, movement 1 each bar.
        Assert.Equal((50.0, 0.0, 100.0), (adx.Plus, adx.Minus, adx.Value));
        Assert.Equal(2, adx.AverageTrueRange);
    }

    [Fact]
    public void The_average_directional_index_weighs_both_sides()
    {
        var adx = new Adx(2);
        adx.Update(10, 8, 9);
        adx.Update(12, 9, 11);      // +2, range 3
        adx.Update(11, 7, 8);       // −2, range 4
        Assert.Equal(100 / 3.5, adx.Plus, 12);
        Assert.Equal(100 / 3.5, adx.Minus, 12);
        adx.Update(12, 8, 11);      // +1, range 4: plus 1, minus 0.5, index 100 / 3; averaged with 0
        Assert.Equal(100.0 / 6, adx.Value, 12);
    }

    [Fact]
    public void Stochastics_place_the_close_in_its_range()
    {
        var stochastic = new Stochastic(2);
        stochastic.Update(10, 8, 9);
        stochastic.Update(12, 8, 11);
        Assert.Equal(75, stochastic.Raw);
        stochastic.Update(12, 10, 10);
        Assert.Equal(50, stochastic.Raw);
        stochastic.Update(14, 10, 14);
        Assert.Equal((100.0, 75.0), (stochastic.Raw, stochastic.K));
        Assert.True(double.IsNaN(stochastic.D));
        stochastic.Update(14, 10, 10);
        stochastic.Update(14, 10, 11);
        Assert.Equal((0 + 25 + 100) / 3.0, stochastic.K, 12);
        Assert.Equal((75 + 50 + 125 / 3.0) / 3, stochastic.D, 12);
    }

    [Fact]
    public void Stochastics_of_a_window_without_height_are_missing_for_as_long_as_it_counts()
    {
        var stochastic = new Stochastic(2);
        stochastic.Update(5, 5, 5);
        stochastic.Update(5, 5, 5);
        Assert.True(double.IsNaN(stochastic.Raw));
        for (var i = 0; i < 4; i++)
            stochastic.Update(6 + i, 5 + i, 6 + i);
        Assert.False(double.IsNaN(stochastic.K));
        Assert.True(double.IsNaN(stochastic.D));
    }

    [Fact]
    public void Cci_is_the_distance_from_the_mean_in_mean_deviations()
    {
        var cci = new Cci(4);
        cci.Update(1, 1, 1);
        cci.Update(2, 2, 2);
        cci.Update(3, 3, 3);
        // Mean 2.5, mean deviation 1, distance 1.5.
        Assert.Equal(1.5 / 0.015, cci.Update(4, 4, 4), 10);
        // 2, 3, 4, 7: mean 4, deviation 1.5, distance 3.
        Assert.Equal(3 / (0.015 * 1.5), cci.Update(9, 5, 7), 10);
    }

    [Fact]
    public void Money_flow_counts_volume_with_the_direction_of_the_typical_price()
    {
        var mfi = new Mfi(2);
        mfi.Update(10, 10, 10, 5);
        mfi.Update(12, 12, 12, 1);
        Assert.Equal(100 * 12 / 34.0, mfi.Update(11, 11, 11, 2), 12);
        Assert.Equal(100 * 60 / 82.0, mfi.Update(20, 20, 20, 3), 12);
    }

    [Fact]
    public void Money_flow_without_volume_is_missing()
    {
        var mfi = new Mfi(2);
        for (var i = 0; i < 20; i++)
            Assert.True(double.IsNaN(mfi.Update(10 + i, 10 + i, 10 + i, 0)));
    }

    [Fact]
    public void On_balance_volume_adds_and_takes()
    {
        var obv = new OnBalanceVolume();
        Assert.True(double.IsNaN(obv.Update(10, 7)));
        Assert.Equal(5, obv.Update(11, 5));
        Assert.Equal(-3, obv.Update(9, 3));
        Assert.Equal(0, obv.Update(9, 100));
        Assert.Equal(2, obv.Value);
    }

    [Fact]
    public void Chaikins_flow_weighs_volume_by_the_place_of_the_close()
    {
        var cmf = new Cmf(2);
        cmf.Update(12, 8, 11, 10);
        Assert.True(double.IsNaN(cmf.Value));
        cmf.Update(12, 8, 8, 10);
        Assert.Equal((0.5 * 10 - 10) / 20, cmf.Value, 14);
        cmf.Update(9, 9, 9, 30);
        Assert.Equal(-10 / 40.0, cmf.Value, 14);
        cmf.Update(9, 8, 9, 0);
        cmf.Update(9, 8, 9, 0);
        Assert.True(double.IsNaN(cmf.Value));
    }

    [Fact]
    public void Chandes_oscillator_is_net_over_all_movement()
    {
        var cmo = new Cmo(3);
        foreach (var value in (double[])[10, 13, 12, 14])
            cmo.Update(value);
        Assert.Equal(100 * (5 - 1) / 6.0, cmo.Value, 12);
        cmo.Update(14);
        Assert.Equal(100 * (2 - 1) / 3.0, cmo.Value, 12);
        for (var i = 0; i < 3; i++)
            cmo.Update(14);
        Assert.True(double.IsNaN(cmo.Value));
    }

    [Fact]
    public void True_strength_of_a_monotone_series_is_a_hundred()
    {
        var tsi = new Tsi(4, 3);
        for (var i = 0; i < 6; i++)
            Assert.True(double.IsNaN(tsi.Update(100 + i * i)));
        Assert.Equal(100, tsi.Update(200), 12);
        // Slow window 1 and fast window 1 leave the change itself.
        var plain = new Tsi(1, 1);
        plain.Update(5);
        Assert.Equal(-100, plain.Update(4));
    }

    [Fact]
    public void Aroon_counts_bars_since_the_extremes_and_the_oldest_of_equals_counts()
    {
        var aroon = new Aroon(4);
        double[] highs = [5, 9, 7, 9, 6, 5, 4];
        (double Up, double Down)[] expected = [(25, 0), (0, 100), (25, 100)];
        for (var i = 0; i < highs.Length; i++)
        {
            aroon.Update(highs[i], highs[i] - 1);
            Assert.Equal(i >= 4, aroon.IsReady);
            if (i < 4)
                continue;
            Assert.Equal(expected[i - 4], (aroon.Up, aroon.Down));
            Assert.Equal(aroon.Up - aroon.Down, aroon.Oscillator);
        }
    }

    [Fact]
    public void Kaufmans_average_follows_a_straight_line_fast_and_noise_slowly()
    {
        var kama = new Kama(3, 2, 30);
        foreach (var value in (double[])[1, 2])
            Assert.True(double.IsNaN(kama.Update(value)));
        Assert.Equal(3, kama.Update(3));
        Assert.Equal(3 + 4.0 / 9, kama.Update(4), 12);
        Assert.Equal(1, kama.EfficiencyRatio);
        // 2, 3, 4, 3: net 1, path 3.
        var before = kama.Value;
        kama.Update(3);
        Assert.Equal(1.0 / 3, kama.EfficiencyRatio, 12);
        var factor = 1.0 / 3 * (2.0 / 3 - 2.0 / 31) + 2.0 / 31;
        Assert.Equal(before + factor * factor * (3 - before), kama.Value, 12);
    }

    [Fact]
    public void Supertrend_changes_sides_when_the_close_crosses_it()
    {
        var trend = new Supertrend(2, 1);
        trend.Update(11, 9, 10);
        trend.Update(12, 10, 11);
        Assert.Equal(12 - 2, trend.Update(13, 11, 12));
        Assert.True(trend.IsRising);
        // Falls by 6: range 7, average 4.5; the stop at 10 is broken, the upper band is min(14, 6 + 4.5).
        Assert.Equal(10.5, trend.Update(7, 5, 6));
        Assert.False(trend.IsRising);
    }

    [Fact]
    public void Ewma_volatility_starts_as_the_root_mean_square_of_twenty_returns()
    {
        var volatility = new EwmaVolatility(0.94);
        for (var i = 0; i < 19; i++)
            Assert.True(double.IsNaN(volatility.Update(0.02)));
        Assert.Equal(0.02, volatility.Update(-0.02), 15);
        Assert.Equal(Math.Sqrt(0.94 * 0.0004 + 0.06 * 0.01), volatility.Update(0.1), 15);
    }

    [Fact]
    public void Force_is_a_share_of_what_the_range_allowed()
    {
        var force = new ForceIndex(1);
        force.Update(10, 9, 10, 5);
        force.Update(12, 10, 11, 3);
        Assert.Equal(3, force.Value);
        Assert.Equal(0.5, force.Share);
        force.Update(12, 8, 8, 10);
        Assert.Equal((-30.0, -0.75), (force.Value, force.Share));
    }

    [Fact]
    public void Permutation_entropy_knows_order_from_disorder()
    {
        var rising = new OrdinalPatterns(30);
        var random = new OrdinalPatterns(600);
        var alternating = new OrdinalPatterns(4);
        var rng = new Rng(1, "patterns");
        for (var i = 0; i < 700; i++)
        {
            rising.Update(i);
            random.Update(rng.NextDouble());
            alternating.Update(i % 2);
        }
        Assert.Equal(0, rising.Value);
        Assert.InRange(random.Value, 0.98, 1);
        // Two patterns, equally often.
        Assert.Equal(Math.Log(2) / Math.Log(6), alternating.Value, 12);
    }

    [Fact]
    public void The_corrected_hurst_exponent_is_a_half_for_noise_and_more_for_trends()
    {
        var rng = new Rng(4, "hurst");
        double sum = 0, plain = 0, trending = 0;
        var noise = new Hurst(100, 1);
        var trend = new Hurst(100, 1);
        var slow = 0.0;
        for (var i = 0; i < 4099; i++)
        {
            var step = rng.NextGaussian();
            slow = 0.8 * slow + step;
            noise.Update(step);
            trend.Update(slow);
            if (i < 99)
                continue;
            sum += noise.Corrected / 4000;
            plain += noise.Value / 4000;
            trending += trend.Corrected / 4000;
        }
        Assert.InRange(sum, 0.45, 0.55);
        Assert.True(plain > sum + 0.05, "the plain exponent is biased upwards");
        Assert.True(trending > 0.65, $"{trending}");
    }

    [Fact]
    public void Hurst_is_recomputed_at_its_stride_only()
    {
        var every = new Hurst(32, 1);
        var sparse = new Hurst(32, 5);
        var rng = new Rng(8, "stride");
        var held = double.NaN;
        for (var i = 0; i < 80; i++)
        {
            var change = rng.NextGaussian();
            every.Update(change);
            sparse.Update(change);
            if (i >= 31 && (i - 31) % 5 == 0)
                held = every.Value;
            Assert.Equal(held, sparse.Value);
        }
    }

    [Fact]
    public void A_logarithm_of_a_ratio_is_exact_near_one_and_right_elsewhere()
    {
        Assert.Equal(0, Ratios.Log(123.4, 123.4));
        foreach (var ratio in (double[])[1 + 1e-12, 1.0001, 0.999, 1.09, 0.92, 1.11, 2, 0.5, 10, 1e-6])
        {
            // Difference of logarithms in decimal-like precision: ln(1 + x) by its series where that is short.
            var expected = Math.Abs(ratio - 1) < 1e-3 ? Series(ratio - 1) : Math.Log(ratio);
            Assert.Equal(1, Ratios.Log(ratio, 1) / expected, 14);
        }

        static double Series(double x) => x - x * x / 2 + x * x * x / 3 - x * x * x * x / 4 + x * x * x * x * x / 5;
    }
}
