using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Trading.Broker;
using Hone.Trading.Market;
using Hone.Trading.Performance;

namespace Hone.Trading.Tests.Performance;

public sealed class PerformanceRecorderTests
{
    private static long At(int day, int hour = 0) => day * EventTime.DayUs + hour * EventTime.HourUs;

    private static Trade Made(double net, double costs = 1, int side = 1, int bars = 4, int hours = 2)
        => new(1, side, 0, hours * EventTime.HourUs, bars, 2, 100, 101, net + costs, costs, net, net / 200, OrderKind.Market);

    [Fact]
    public void A_hand_computed_week_gives_its_daily_returns()
    {
        var recorder = new PerformanceRecorder(100, AssetClass.Crypto);
        // The bar that closes at midnight belongs to the day that ends there.
        recorder.On(At(10, 12), 103, 0.5, 10);
        recorder.On(At(11), 110, 0.5, 11);
        recorder.On(At(11, 1), 104, -0.25, 10);
        recorder.On(At(12), 99, 0, 12);
        recorder.On(At(13), 99, 0, 12);

        Assert.Equal([10, 11, 12], recorder.Days.ToArray());
        Assert.Equal([110 / 100.0 - 1, 99 / 110.0 - 1, 0], recorder.DailyReturns(), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal([11 / 10.0 - 1, 12 / 11.0 - 1, 0], recorder.DailyMarketReturns());
        Assert.Equal((2, 1, 3), (recorder.BarsLong, recorder.BarsShort, recorder.BarsInMarket));
        Assert.Equal((0.5 + 0.5 + 0.25) / 5, recorder.MeanExposure, 1e-15);
        Assert.Equal((0.5 + 0.5 - 0.25) / 5, recorder.MeanSignedExposure, 1e-15);
        Assert.Equal(0.5, recorder.MaxExposure);
    }

    [Fact]
    public void Daily_bars_are_days()
    {
        var recorder = new PerformanceRecorder(100, AssetClass.Equity);
        for (var day = 4; day < 9; day++) // Monday 5 January 1970 is day 4
            recorder.On(At(day, 21), 100 + day, 1, 50);
        Assert.Equal([4, 5, 6, 7, 8], recorder.Days.ToArray());
    }

    [Fact]
    public void A_week_of_currencies_has_five_days()
    {
        // 1970-01-04 was a Sunday: hourly bars from Sunday 22:00 to Friday 22:00.
        var recorder = new PerformanceRecorder(100, AssetClass.Fx);
        for (var hour = 23; hour <= 22 + 5 * 24; hour++)
            recorder.On(At(3, hour), 100 + hour, 1, 1.1);
        Assert.Equal([4, 5, 6, 7, 8], recorder.Days.ToArray());
        // What trades on after Friday midnight counts for Friday, and the next Sunday for its Monday.
        recorder.On(At(9, 1), 300, 1, 1.1);
        recorder.On(At(10, 23), 301, 1, 1.1);
        Assert.Equal([4, 5, 6, 7, 8, 11], recorder.Days.ToArray());
        Assert.Equal(300, recorder.DailyEquity[4]);
    }

    [Fact]
    public void The_deepest_and_the_longest_fall_are_found_with_their_times()
    {
        var recorder = new PerformanceRecorder(100, AssetClass.Crypto);
        double[] equity = [110, 88, 99, 110, 120, 119, 118, 117, 119, 121, 60.5, 70];
        for (var i = 0; i < equity.Length; i++)
            recorder.On(At(i + 1), equity[i], 0, 1);

        var fall = recorder.Drawdown();
        Assert.Equal(0.5, fall.Depth);
        Assert.Equal((At(10), At(11)), (fall.PeakAtUs, fall.TroughAtUs));
        Assert.Null(fall.RecoveredAtUs);
        Assert.Null(fall.RecoveryDays);
        Assert.Equal(1, fall.BarsToTrough);
        Assert.Equal(5, fall.LongestBars); // 120 … 121
        Assert.Equal(5.0, fall.LongestDays);
        Assert.Equal(3, fall.Count);
        Assert.Equal((3 + 5 + 2) / 3.0, fall.MeanDays!.Value, 1e-15);
        Assert.Equal(1 - 70 / 121.0, recorder.PresentDrawdown, 1e-15);

        recorder.On(At(20), 121, 0, 1);
        fall = recorder.Drawdown();
        Assert.Equal(At(20), fall.RecoveredAtUs);
        Assert.Equal(10.0, fall.RecoveryDays);
        Assert.Equal(3, fall.BarsToRecovery);
        Assert.Equal(10.0, fall.LongestDays);
    }

    [Fact]
    public void The_deepest_fall_is_that_of_a_search_over_all_pairs()
    {
        var rng = new Rng(3, "paths");
        for (var path = 0; path < 50; path++)
        {
            var tracker = new DrawdownTracker(1);
            var values = new double[101];
            values[0] = 1;
            for (var i = 1; i <= 100; i++)
            {
                values[i] = values[i - 1] * (1 + 0.05 * rng.NextGaussian());
                tracker.On(i, values[i]);
            }
            double deepest = 0;
            for (var i = 0; i <= 100; i++)
            {
                for (var j = i; j <= 100; j++)
                    deepest = Math.Max(deepest, 1 - values[j] / values[i]);
            }
            Assert.Equal(deepest, tracker.Depth, 1e-14);
        }
    }

    [Fact]
    public void Costs_are_given_back_to_the_day_on_which_they_were_charged()
    {
        var recorder = new PerformanceRecorder(100, AssetClass.Crypto);
        recorder.On(At(1), 99, 1, 10, costsToDate: 1, tradedToDate: 50);
        recorder.On(At(2), 108, 1, 11, costsToDate: 1, tradedToDate: 50);
        recorder.On(At(3), 107, 0, 11, costsToDate: 3, tradedToDate: 110);

        Assert.Equal([0, 9 / 99.0, (-1 + 2) / 108.0], recorder.DailyReturns(beforeCosts: true), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal([-0.01, 9 / 99.0, -1 / 108.0], recorder.DailyReturns(), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal((3, 110), (recorder.TotalCosts, recorder.TotalTraded));
    }

    [Fact]
    public void Without_the_brokers_totals_costs_and_turnover_come_from_finished_trades()
    {
        var recorder = new PerformanceRecorder(100, AssetClass.Crypto);
        recorder.On(Made(net: 5, costs: 1.5));
        recorder.On(At(1), 105, 0, 10);
        Assert.Equal(1.5, recorder.TotalCosts);
        Assert.Equal(2 * (100 + 101.0), recorder.TotalTraded);
    }

    [Fact]
    public void Months_end_where_the_calendar_says()
    {
        var recorder = new PerformanceRecorder(100, AssetClass.Crypto);
        recorder.On(EventTime.FromDateTime(new(2024, 1, 31, 12, 0, 0)), 105, 0, 1);
        recorder.On(EventTime.FromDateTime(new(2024, 2, 1, 0, 0, 0)), 110, 0, 1);
        recorder.On(EventTime.FromDateTime(new(2024, 2, 29, 23, 0, 0)), 99, 0, 1);
        recorder.On(EventTime.FromDateTime(new(2024, 4, 2, 0, 0, 0)), 198, 0, 1);
        var months = recorder.MonthlyReturns();
        Assert.Equal([(2024, 1), (2024, 2), (2024, 4)], months.Select(m => (m.Year, m.Month)));
        Assert.Equal([0.1, -0.1, 1.0], months.Select(m => m.Return), (a, b) => Math.Abs(a - b) < 1e-14);
    }

    [Fact]
    public void Returns_end_when_the_money_is_gone()
    {
        var recorder = new PerformanceRecorder(100, AssetClass.Crypto);
        recorder.On(At(1), 50, 1, 1);
        recorder.On(At(2), -10, 1, 1);
        recorder.On(At(3), -20, 1, 1);
        Assert.Equal([-0.5, -1.2], recorder.DailyReturns());
        var statistics = PerformanceStatistics.Compute(recorder, 365, TrialCount.One, 1);
        Assert.Equal(-1.2, statistics.Net.NetProfit!.Value, 1e-15);
        Assert.Null(statistics.Net.CompoundingAnnualReturn);
    }

    [Fact]
    public void Numbers_that_are_none_are_refused()
    {
        var recorder = new PerformanceRecorder(100, AssetClass.Crypto);
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.On(At(1), double.NaN, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.On(At(1), 1, double.PositiveInfinity, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.On(At(1), 1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.On(At(1), 1, 0, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.On(At(1), 1, 0, 1, double.NegativeInfinity, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.On(long.MaxValue, 1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PerformanceRecorder(0, AssetClass.Crypto));
    }

    [Fact]
    public void Time_does_not_go_back()
    {
        var recorder = new PerformanceRecorder(100, AssetClass.Crypto);
        recorder.On(At(2), 100, 0, 1);
        recorder.On(At(2), 101, 0, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.On(At(2) - 1, 100, 0, 1));
    }

    [Fact]
    public void A_saved_recorder_continues_where_it_stopped()
    {
        var whole = new PerformanceRecorder(1000, AssetClass.Fx);
        var half = new PerformanceRecorder(1000, AssetClass.Fx);
        Run(whole, 0, 700);
        Run(half, 0, 331);
        var restored = Saved.Into(Saved.Bytes(half), new PerformanceRecorder(1000, AssetClass.Fx));
        Assert.Equal(Saved.Bytes(half), Saved.Bytes(restored));
        Run(restored, 331, 700);
        Assert.Equal(Saved.Bytes(whole), Saved.Bytes(restored));
    }

    [Fact]
    public void A_damaged_state_is_refused_and_never_crashes()
    {
        var recorder = new PerformanceRecorder(1000, AssetClass.Crypto);
        Run(recorder, 0, 100);
        Saved.SurvivesDamage(Saved.Bytes(recorder), () => new PerformanceRecorder(1000, AssetClass.Crypto), loaded =>
        {
            PerformanceStatistics.Compute(loaded, 365, TrialCount.One, 1, resamples: 0);
            if (loaded.LastTimeUs < At(100_000))
                loaded.On(At(100_001), 1, 0, 1);
        });
        // An empty one too: an end of day without a day would let the first bar write before the beginning.
        Saved.SurvivesDamage(Saved.Bytes(new PerformanceRecorder(1000, AssetClass.Crypto)), () => new PerformanceRecorder(1000, AssetClass.Crypto), loaded =>
        {
            if (loaded.Bars == 0)
                loaded.On(At(1), 1, 0, 1);
        });
        Assert.Throws<CorruptStateException>(() => Saved.Into(Saved.Bytes(recorder), new PerformanceRecorder(999, AssetClass.Crypto)));
    }

    [Fact]
    public void A_state_that_promises_more_days_than_it_has_is_refused_before_memory_is_taken()
    {
        var writer = new StateWriter();
        writer.Section("daily-series", 1);
        writer.Write(1);
        writer.Write(DailySeries.DaysMax);
        writer.Write(0L);
        writer.Write(0L);
        var bytes = writer.Written.ToArray();
        var series = new DailySeries(1, AssetClass.Crypto);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<CorruptStateException>(() => series.Load(new StateReader(bytes)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void A_bar_allocates_nothing()
    {
        var recorder = new PerformanceRecorder(1000, AssetClass.Crypto);
        var trade = Made(1);
        recorder.On(At(1, 1), 1000, 0, 1);
        recorder.On(trade);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20_000; i++)
        {
            recorder.On(At(1, 1) + i * EventTime.SecondUs, 1000 + i % 7, i % 3 - 1, 10 + i % 5);
            recorder.On(trade);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Trades_add_up_to_the_words_of_the_field()
    {
        var tally = new TradeTally();
        (double Pnl, int Bars, int Hours)[] trades = [(30, 3, 6), (-10, 1, 2), (20, 5, 10), (10, 4, 8), (0, 2, 4), (-20, 9, 18)];
        foreach (var (pnl, bars, hours) in trades)
            tally.Add(pnl, pnl / 1000, bars, hours * EventTime.HourUs);
        var result = tally.Result();

        Assert.Equal((6, 3, 3), (result.Trades, result.WinningTrades, result.LosingTrades));
        Assert.Equal(0.5, result.WinRate);
        Assert.Equal(20, result.AverageWin!.Value, 1e-12);
        Assert.Equal(-10, result.AverageLoss!.Value, 1e-12);
        Assert.Equal(2, result.ProfitLossRatio!.Value, 1e-12);
        Assert.Equal(0.5 * 2 - 0.5, result.Expectancy!.Value, 1e-12);
        Assert.Equal(0.5 - 0.5 / 2, result.KellyCriterion!.Value, 1e-12);
        Assert.Equal(2, result.ProfitFactor!.Value, 1e-12);
        Assert.Equal(5, result.AverageTrade!.Value, 1e-12);
        Assert.Equal(0.005, result.AverageReturn!.Value, 1e-15);
        Assert.Equal((30, -20), (result.LargestWin, result.LargestLoss));
        Assert.Equal((0.03, -0.02), (result.BestReturn, result.WorstReturn));
        Assert.Equal((2, 2), (result.WinStreakMax, result.LossStreakMax));
        Assert.Equal((4, 4, 4), (result.AverageBars, result.AverageWinningBars, result.AverageLosingBars));
        Assert.Equal(8.0, result.AverageHours);
        // Deviations 25 −15 15 5 −5 −25: sum of squares 1,750, sample deviation √350.
        Assert.Equal(Math.Sqrt(6) * 5 / Math.Sqrt(350), result.Sqn!.Value, 1e-12);
    }

    [Fact]
    public void Ratios_to_nothing_are_null()
    {
        var none = new TradeTally().Result();
        Assert.Null(none.WinRate);
        Assert.Null(none.ProfitFactor);
        Assert.Null(none.Sqn);
        Assert.Null(none.AverageHours);

        var wins = new TradeTally();
        for (var i = 0; i < 5; i++)
            wins.Add(0.1, 0.1, 1, 1);
        var result = wins.Result();
        Assert.Equal(1, result.WinRate);
        Assert.Null(result.ProfitFactor);
        Assert.Null(result.Expectancy);
        Assert.Null(result.AverageLoss);
        Assert.Null(result.LargestLoss);
        Assert.Null(result.Sqn);
    }

    [Fact]
    public void Sides_and_costs_are_kept_apart()
    {
        var recorder = new PerformanceRecorder(1000, AssetClass.Crypto);
        recorder.On(Made(net: 5, costs: 2, side: 1));
        recorder.On(Made(net: -1, costs: 2, side: -1));
        Assert.Equal((1, 5.0), (recorder.Long.Count, recorder.Long.Total));
        Assert.Equal((1, -1.0), (recorder.Short.Count, recorder.Short.Total));
        Assert.Equal((4.0, 8.0), (recorder.Net.Total, recorder.Gross.Total));
        Assert.Equal(1, recorder.Gross.Result().WinRate);
        Assert.Equal(0.5, recorder.Net.Result().WinRate);
    }

    private static void Run(PerformanceRecorder recorder, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var rng = new Rng(5, "run", (ulong)i * 4);
            recorder.On(At(4, 0) + i * 7 * EventTime.HourUs, 1000 + 50 * rng.NextGaussian(), rng.NextInt32(3) - 1, 1 + rng.NextDouble());
            if (i % 5 == 0)
                recorder.On(Made(rng.NextGaussian(), side: i % 2 == 0 ? 1 : -1));
        }
    }
}
