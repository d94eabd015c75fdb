using System.Reflection;
using Hone.Learning.Numerics;
using Hone.Trading.Broker;
using Hone.Trading.Market;
using Hone.Trading.Performance;

namespace Hone.Trading.Tests.Performance;

public sealed class PerformanceStatisticsTests
{
    [Fact]
    public void Ratios_of_four_days_are_those_of_the_hand()
    {
        // Mean 0.01, deviations 0.01 −0.03 0.03 −0.01: variance 0.002 / 3; downside √(0.0004 / 4).
        double[] returns = [0.02, -0.02, 0.04, 0];
        var s = ReturnStatistics.Compute(returns, null, null, years: 0.5, daysPerYear: 252, TrialCount.One, seed: 1);
        var deviation = Math.Sqrt(0.002 / 3);
        Assert.Equal(0.01 / deviation * Math.Sqrt(252), s.Sharpe!.Value, 1e-10);
        Assert.Equal(deviation * Math.Sqrt(252), s.AnnualStandardDeviation!.Value, 1e-12);
        Assert.Equal(0.01 / 0.01 * Math.Sqrt(252), s.Sortino!.Value, 1e-10);
        Assert.Equal(0.06 / 0.02, s.Omega!.Value, 1e-12);
        var growth = 1.02 * 0.98 * 1.04;
        Assert.Equal(growth - 1, s.NetProfit!.Value, 1e-14);
        Assert.Equal(growth * growth - 1, s.CompoundingAnnualReturn!.Value, 1e-12);
        Assert.Equal(0.02, s.MaxDrawdown!.Value, 1e-14);
        Assert.Equal((growth * growth - 1) / 0.02, s.Calmar!.Value, 1e-9);
        Assert.Equal(0.01 - 1.6448536269514722 * deviation, s.ValueAtRisk95!.Value, 1e-9);
        Assert.Equal(0.01 - 2.3263478740408408 * deviation, s.ValueAtRisk99!.Value, 1e-9);
        Assert.Equal(0, s.Skew!.Value, 1e-12);
        Assert.Equal((2 * 1e-8 + 2 * 81e-8) / 4 / (0.0005 * 0.0005), s.Kurtosis!.Value, 1e-9);
        Assert.Equal((0.04, -0.02, 0.5), (s.BestDay, s.WorstDay, s.WinningDays));
        Assert.Equal(SharpeInference.Probabilistic(0.01 / deviation, 0, 4, s.Skew.Value, s.Kurtosis.Value)!.Value, s.ProbabilisticSharpe!.Value, 1e-12);
        Assert.Null(s.Intervals);
    }

    [Fact]
    public void More_trials_deflate_more()
    {
        var returns = Noise(400, 0.002, 0.01, seed: 1);
        double Deflated(long trials) => ReturnStatistics.Compute(returns, null, null, 1, 365, new(trials, 0.003), 1, 0).DeflatedSharpe!.Value;
        Assert.True(Deflated(1) > Deflated(5) && Deflated(5) > Deflated(100));
        // Without a measured variance the trials are as spread as chance alone would have them.
        var assumed = ReturnStatistics.Compute(returns, null, null, 1, 365, new(50, null), 1, 0).DeflatedSharpe;
        var given = ReturnStatistics.Compute(returns, null, null, 1, 365, new(50, 1.0 / 399), 1, 0).DeflatedSharpe;
        Assert.Equal(given, assumed);
    }

    [Fact]
    public void A_short_run_is_not_annualised()
    {
        var s = ReturnStatistics.Compute([0.01, 0.02, -0.005], null, null, 3 / 365.0, 365, TrialCount.One, 1);
        Assert.Null(s.CompoundingAnnualReturn);
        Assert.Null(s.Calmar);
        Assert.NotNull(s.NetProfit);
    }

    public static TheoryData<string, double[]> Edges => new()
    {
        { "no day", [] },
        { "one day", [0.01] },
        { "two days", [0.01, -0.02] },
        { "two equal days", [0.01, 0.01] },
        { "nothing ever happens", new double[50] },
        { "always the same", [.. Enumerable.Repeat(0.1 / 3, 60)] },
        { "all wins", [.. Enumerable.Range(1, 60).Select(i => i * 1e-4)] },
        { "one jump", [.. Enumerable.Range(1, 60).Select(i => i == 30 ? 0.5 : 0)] },
        { "everything lost", [0.01, -1, 0.01] },
        { "more than everything lost", [0.01, -3.5] },
        { "absurd gains", [.. Enumerable.Range(1, 60).Select(i => 1e12 * i)] },
        { "beyond all numbers", [.. Enumerable.Range(1, 60).Select(i => 1e200 * i)] },
        { "tiny", [.. Enumerable.Range(1, 60).Select(i => 1e-170 * (i % 7 - 3))] },
    };

    [Theory, MemberData(nameof(Edges))]
    public void Every_number_is_finite_or_null(string name, double[] returns)
    {
        foreach (var years in (double[])[0, 0.01, 0.1, 5])
        {
            var s = ReturnStatistics.Compute(returns, null, null, years, 365, new(100, 0.1), 1, 200);
            AssertFinite(name, s);
            if (s.Intervals is { } intervals)
                AssertFinite(name, intervals);
        }
    }

    [Fact]
    public void A_constant_return_has_no_sharpe_ratio()
    {
        var s = ReturnStatistics.Compute([.. Enumerable.Repeat(0.1 / 3, 60)], null, null, 1, 365, TrialCount.One, 1);
        Assert.Null(s.Sharpe);
        Assert.Null(s.Sortino);
        Assert.Null(s.ProbabilisticSharpe);
        Assert.Null(s.Skew);
    }

    [Fact]
    public void A_run_without_a_bar_is_all_null_or_zero()
    {
        var s = PerformanceStatistics.Compute(new PerformanceRecorder(100, AssetClass.Crypto), 365, TrialCount.One, 1);
        AssertFinite("empty", s);
        AssertFinite("empty", s.Net);
        Assert.Equal(0, s.Net.NetProfit);
        Assert.Null(s.Exposure);
        Assert.Null(s.Turnover);
        Assert.Null(s.BestMonth);
        Assert.Null(s.Beta);
    }

    [Fact]
    public void An_account_is_summed_up_net_and_gross()
    {
        var recorder = new PerformanceRecorder(100, AssetClass.Crypto);
        for (var day = 0; day <= 365; day++)
            recorder.On(day * EventTime.DayUs, 100 + day % 2, day % 4 == 0 ? 0.5 : 0, 10 + day % 3, costsToDate: day * 0.01, tradedToDate: day * 2);
        recorder.On(new Trade(1, 1, 0, 1, 1, 1, 1, 1, 3, 1, 2, 0.01, OrderKind.Market));
        var s = PerformanceStatistics.Compute(recorder, 365, TrialCount.One, 1, 100);

        Assert.Equal(1, s.Years, 1e-12);
        Assert.Equal(101, s.EndEquity);
        Assert.Equal(0.01, s.Net.NetProfit!.Value, 1e-12);
        Assert.Equal(0.01, s.Net.CompoundingAnnualReturn!.Value, 1e-12);
        Assert.Equal(1 - 100 / 101.0, s.Net.MaxDrawdown!.Value, 1e-15);
        Assert.True(s.Gross.NetProfit > s.Net.NetProfit + 0.03 && s.Gross.Sharpe > s.Net.Sharpe);
        Assert.Equal(92 / 366.0, s.Exposure!.Value, 1e-15);
        Assert.Equal(s.Exposure, s.LongShare);
        Assert.Equal(0, s.ShortShare);
        Assert.Equal(730 / 100.5, s.Turnover!.Value, 1e-9);
        Assert.Equal(0.0365, s.TotalFees, 1e-12);
        Assert.Equal((2, 3), (s.Trades.Total, s.GrossTrades.Total));
        Assert.Equal((1, 0), (s.LongTrades.Trades, s.ShortTrades.Trades));
        Assert.NotNull(s.Net.Intervals);
        Assert.NotNull(s.Gross.Intervals);
        Assert.True(s.BestMonth!.Value.Return > s.WorstMonth!.Value.Return);
    }

    [Fact]
    public void An_account_that_is_the_market_twice_has_beta_two_and_no_alpha()
    {
        var market = Noise(300, 0.001, 0.01, seed: 2);
        var recorder = new PerformanceRecorder(100, AssetClass.Crypto);
        var (equity, close) = (100.0, 50.0);
        recorder.On(0, equity, 0, close);
        for (var i = 0; i < market.Length; i++)
        {
            equity *= 1 + 2 * market[i];
            close *= 1 + market[i];
            recorder.On((i + 1) * EventTime.DayUs, equity, 2, close);
        }
        var s = PerformanceStatistics.Compute(recorder, 365, TrialCount.One, 1, 0);
        Assert.Equal(2, s.Beta!.Value, 1e-9);
        Assert.Equal(0, s.Alpha!.Value, 1e-9);
        Assert.Equal(s.Net.AnnualStandardDeviation!.Value / 2, s.TrackingError!.Value, 1e-9);
        Assert.Equal(s.Net.Sharpe!.Value, s.InformationRatio!.Value, 1e-9);
        Assert.Equal(s.Net.MeanDaily!.Value * 365 / 2, s.TreynorRatio!.Value, 1e-9);
    }

    [Theory]
    [InlineData(AssetClass.Crypto, 365)]
    [InlineData(AssetClass.Fx, 260)]
    [InlineData(AssetClass.Equity, 252)]
    public void A_year_has_as_many_days_as_its_market(AssetClass assetClass, double days) => Assert.Equal(days, TradingCalendar.DaysPerYear(assetClass));

    internal static double[] Noise(int count, double mean, double deviation, ulong seed, double carry = 0)
    {
        var rng = new Rng(seed, "noise");
        var values = new double[count];
        double state = 0;
        for (var i = -50; i < count; i++)
        {
            state = carry * state + deviation * rng.NextGaussian();
            if (i >= 0)
                values[i] = mean + state;
        }
        return values;
    }

    private static void AssertFinite(string name, object record)
    {
        foreach (var property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(record);
            if (value is double number)
                Assert.True(double.IsFinite(number), $"{name}: {property.Name} is {number}");
            if (value is Interval interval)
                Assert.True(double.IsFinite(interval.Low) && double.IsFinite(interval.High) && interval.Low <= interval.High, $"{name}: {property.Name} is {interval}");
        }
    }
}
