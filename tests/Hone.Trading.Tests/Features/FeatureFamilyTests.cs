using Hone.Trading.Features;
using Hone.Trading.Market;

namespace Hone.Trading.Tests.Features;

/// <summary>Features of each family on bars whose values can be worked out by hand.</summary>
public sealed class FeatureFamilyTests
{
    [Fact]
    public void Returns_are_simple_and_over_their_number_of_bars()
    {
        var values = After("returns", 30, i => MadeBars.Flat(i, 100 + i, 1));
        Assert.Equal(1.0 / 128, values["return_1"]);
        Assert.Equal(3.0 / 126, values["return_3"]);
        Assert.Equal(6.0 / 123, values["return_6"]);
        Assert.Equal(12.0 / 117, values["return_12"]);
        Assert.Equal(24.0 / 105, values["return_24"]);
    }

    [Fact]
    public void A_scaled_return_is_measured_by_the_volatility_before_it()
    {
        // Returns of ±1 % for 30 bars, then 3 %.
        var price = 100.0;
        var values = After("returns", 31, i => MadeBars.Flat(i, price *= i == 30 ? 1.03 : i % 2 == 0 ? 1.01 : 0.99));
        Assert.Equal(3, values["scaled_return_1"], 9);
    }

    [Fact]
    public void Trend_distances_are_in_average_true_ranges()
    {
        // A straight line of 1 per bar with a true range of 2: an average of window n lags by (n − 1) / 2.
        var values = After("trend", 400, i => MadeBars.At(i, 1000 + i, 1001 + i, 999 + i, 1000 + i));
        Assert.Equal(24.5 / 2, values["ema_distance_50"], 6);
        Assert.Equal((12.5 - 5.5) / 2, values["ema_cross"], 6);
        Assert.Equal(0.5, values["regression_slope_20"], 9);
        Assert.Equal(50, values["regression_t_20"]);
        Assert.Equal(100, values["adx_14"], 9);
        Assert.Equal(50, values["di_14"], 9);
        Assert.Equal(100, values["aroon_25"]);
        // Supertrend: the close is at the bar's middle, 3 ranges of 2 above the stop.
        Assert.Equal(3, values["supertrend_10_3"], 9);
    }

    [Fact]
    public void Momentum_of_a_straight_rise_is_at_its_upper_ends()
    {
        var values = After("momentum", 200, i => MadeBars.At(i, 1000 + i, 1000 + i, 999 + i, 1000 + i));
        Assert.Equal(100, values["rsi_14"]);
        Assert.Equal(100, values["stoch_k_14"], 10);
        Assert.Equal(100, values["stoch_d_14"], 10);
        Assert.Equal(0, values["williams_r_14"], 10);
        Assert.Equal(100, values["tsi_25_13"], 10);
        Assert.Equal(100, values["cmo_14"]);
        Assert.Equal(0, values["macd_hist"], 6);
        Assert.Equal(100 * 12.0 / 1187, values["roc_12"], 12);
    }

    [Fact]
    public void Range_estimators_find_the_volatility_of_equal_bars()
    {
        // Each bar opens and closes at 100 and swings between 100·e^±0.01.
        var up = 100 * Math.Exp(0.01);
        var down = 100 * Math.Exp(-0.01);
        var values = After("volatility", 80, i => MadeBars.At(i, 100, up, down, 100));
        Assert.Equal(0.02 / Math.Sqrt(4 * Math.Log(2)), values["parkinson_20"], 12);
        Assert.Equal(0.02 * Math.Sqrt(0.5), values["garman_klass_20"], 12);
        Assert.Equal(0.01 * Math.Sqrt(2), values["rogers_satchell_20"], 12);
        var k = 0.34 / (1.34 + 21.0 / 19);
        Assert.Equal(0.01 * Math.Sqrt(2 * (1 - k)), values["yang_zhang_20"], 12);
        Assert.Equal((up - down) / 100, values["atr_14"], 12);
        Assert.Equal(0, values["ewma_volatility"]);
        Assert.Equal(0, values["bollinger_bandwidth_20"]);
        Assert.True(double.IsNaN(values["bollinger_z_20"]));
    }

    [Fact]
    public void Bands_and_volatility_ratios_are_those_of_an_alternating_market()
    {
        // Closes 101, 99, 101, …: mean 100, deviation 1.
        var values = After("volatility", 120, i => MadeBars.Flat(i, i % 2 == 0 ? 99 : 101));
        Assert.Equal(1, values["bollinger_z_20"], 12);
        Assert.Equal(0.04, values["bollinger_bandwidth_20"], 12);
        Assert.Equal(Math.Log(101.0 / 99), values["ewma_volatility"], 12);
        Assert.Equal(1, values["volatility_ratio_10_60"], 12);
        Assert.Equal(0, values["vol_of_vol_50"], 9);
    }

    [Fact]
    public void Volume_features_measure_against_the_windows_own_volume()
    {
        // A bar closes at its high with volume 10 and the next at its low with volume 30.
        var values = After("volume", 120, i => i % 2 == 0 ? MadeBars.At(i, 100, 102, 100, 102, 10) : MadeBars.At(i, 102, 102, 100, 100, 30));
        Assert.Equal(-0.5, values["cmf_20"], 12);
        Assert.Equal(-0.5, values["obv_slope_20"], 12);
        Assert.Equal(1, values["volume_z_20"], 12);
        // Five bars of 30, 10, 30, 10, 30 over a mean of 20.
        Assert.Equal(22.0 / 20, values["volume_ratio_5_50"], 12);
        Assert.Equal((100 - (102 * 10 + 100 * 30) / 40.0) / 2, values["vwap_distance_20"], 10);
        Assert.Equal(1, values["amihud_20_100"], 10);
        var up = (102 + 102 + 100) / 3.0 * 10;
        var down = (102 + 100 + 100) / 3.0 * 30;
        Assert.Equal(100 * up / (up + down), values["mfi_14"], 10);
        Assert.InRange(values["force_13"], -1, 0);
    }

    [Fact]
    public void A_candle_is_described_in_shares_of_its_height()
    {
        var values = After("price-action", 60, i => MadeBars.At(i, 100 + i, 108 + i, 98 + i, 104 + i));
        Assert.Equal(0.4, values["candle_body"], 12);
        Assert.Equal(0.4, values["candle_upper_wick"], 12);
        Assert.Equal(0.2, values["candle_lower_wick"], 12);
        Assert.Equal(-3 / 10.0, values["gap"], 12);
        Assert.Equal(1, values["true_range_ratio"], 12);
        Assert.Equal(10, values["streak"]);
        // The 20 bars before: lows from 98 + 39, highs to 108 + 58.
        Assert.Equal((163.0 - 137) / (166 - 137), values["donchian_position_20"], 12);
        Assert.Equal((163.0 - 107) / (166 - 107), values["donchian_position_50"], 12);
    }

    [Fact]
    public void A_streak_counts_and_turns()
    {
        double[] closes = [5, 6, 7, 7, 6, 5, 4, 5];
        double[] expected = [double.NaN, 1, 2, 0, -1, -2, -3, 1];
        for (var n = 1; n <= closes.Length; n++)
            Assert.Equal(expected[n - 1], After("price-action", n, i => MadeBars.Flat(i, closes[i]))["streak"]);
    }

    [Fact]
    public void A_fractal_counts_two_bars_after_its_peak()
    {
        // Triangle wave 0 1 2 3 4 3 2 1 …: highs peak at 105 (centre 104), lows at 99 (centre 100); true range 2.
        static Bar Wave(int i)
        {
            var step = i % 8;
            var price = 100 + (step <= 4 ? step : 8 - step);
            return MadeBars.At(i, price, price + 1, price - 1, price);
        }
        // Bar 80 is at 100; the middle of the fractals is 102.
        Assert.Equal(-1, After("price-action", 81, Wave)["fractal_position"], 10);
    }

    [Theory]
    [InlineData(2024, 2, 27, 6, 0, 1, 2)]   // leap year, Tuesday
    [InlineData(2023, 2, 27, 0, 0, 0, 1)]   // Monday
    [InlineData(2021, 12, 31, 12, 0, 4, 0)] // Friday
    [InlineData(1969, 7, 20, 20, 17, 6, 11)]
    [InlineData(2000, 2, 1, 18, 30, 1, 28)]
    [InlineData(2100, 2, 1, 23, 59, 0, 27)]
    [InlineData(2022, 1, 31, 0, 0, 0, 0)]
    [InlineData(2022, 3, 1, 0, 0, 1, 30)]
    public void The_calendar_is_that_of_the_close(int year, int month, int day, int hour, int minute, int weekday, int daysLeft)
    {
        var time = EventTime.FromDateTime(new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc));
        var values = After("calendar", 1, _ => new(time, 1, 1, 1, 1, 1));
        var angle = 2 * Math.PI * (hour * 60 + minute) / 1440;
        Assert.Equal(Math.Sin(angle), values["hour_sin"], 12);
        Assert.Equal(Math.Cos(angle), values["hour_cos"], 12);
        Assert.Equal(Math.Sin(2 * Math.PI * weekday / 7), values["weekday_sin"], 12);
        Assert.Equal(Math.Cos(2 * Math.PI * weekday / 7), values["weekday_cos"], 12);
        Assert.Equal(daysLeft / 31.0, values["month_end_distance"], 12);
    }

    [Fact]
    public void The_calendar_is_right_on_every_day_of_four_centuries()
    {
        var block = new CalendarFeatures();
        var values = new double[block.Features.Count];
        for (var date = new DateTime(1900, 1, 1, 23, 0, 0, DateTimeKind.Utc); date.Year < 2300; date = date.AddDays(1))
        {
            block.Update(new(EventTime.FromDateTime(date), 1, 1, 1, 1, 1), default, values);
            Assert.Equal(DateTime.DaysInMonth(date.Year, date.Month) - date.Day, (int)Math.Round(values[4] * 31));
            Assert.Equal(((int)date.DayOfWeek + 6) % 7, (int)Math.Round((Math.Atan2(values[2], values[3]) / (2 * Math.PI) + 1) * 7) % 7);
        }
    }

    [Fact]
    public void Structure_tells_a_zigzag_from_a_trend()
    {
        var price = 100.0;
        var zigzag = After("structure", 200, i => MadeBars.Flat(i, price *= i % 2 == 0 ? 1.01 : 1 / 1.01));
        Assert.Equal(-1, zigzag["autocorrelation_60"], 9);
        Assert.Equal(0, zigzag["variance_ratio_4_60"], 9);
        Assert.Equal(0, zigzag["skewness_60"], 9);
        Assert.Equal(-2, zigzag["kurtosis_60"], 9);
        Assert.Equal(0, zigzag["efficiency_ratio_20"], 9);

        price = 100;
        var trend = After("structure", 200, i => MadeBars.Flat(i, price *= i / 20 % 2 == 0 ? 1.01 : 1.03));
        Assert.Equal(1, trend["efficiency_ratio_20"], 12);
        Assert.Equal(0, trend["permutation_entropy_60"]);
        Assert.True(trend["variance_ratio_4_60"] > 2);
        Assert.True(trend["autocorrelation_60"] > 0.8);
    }

    [Fact]
    public void Moments_of_one_outlier_in_sixty_are_those_of_the_textbook()
    {
        var price = 100.0;
        var values = After("structure", 61, i => MadeBars.Flat(i, i == 40 ? price *= Math.Exp(0.1) : price));
        // One return of 0.1 and 59 of 0: p = 1/60, skewness (1 − 2p) / √(p(1 − p)), excess kurtosis (1 − 6p(1 − p)) / (p(1 − p)).
        const double P = 1.0 / 60;
        Assert.Equal((1 - 2 * P) / Math.Sqrt(P * (1 - P)), values["skewness_60"], 9);
        Assert.Equal((1 - 6 * P * (1 - P)) / (P * (1 - P)), values["kurtosis_60"], 9);
    }

    private static Dictionary<string, double> After(string blockName, int count, Func<int, Bar> bar)
    {
        var block = TradingCatalog.BuiltIn().Features[blockName].Create(MadeBars.Hourly);
        var values = new double[block.Features.Count];
        for (var i = 0; i < count; i++)
            block.Update(bar(i), default, values);
        return block.Features.Select((f, i) => (f.Name, Value: values[i])).ToDictionary(p => p.Name, p => p.Value);
    }
}
