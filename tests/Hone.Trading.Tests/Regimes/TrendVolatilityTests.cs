using Hone.Learning;
using Hone.Trading.Market;
using Hone.Trading.Regimes;

namespace Hone.Trading.Tests.Regimes;

public sealed class TrendVolatilityTests
{
    private const int Seeds = 50;

    [Theory]
    [InlineData(0.5, TrendRegime.Bull)]
    [InlineData(-0.5, TrendRegime.Bear)]
    public void A_trend_of_half_a_deviation_per_bar_is_named_within_100_bars_in_nine_of_ten_worlds(double drift, TrendRegime expected)
    {
        var inTime = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var detector = new TrendVolatility(new());
            var walk = new GeneratedWalk((ulong)seed);
            for (var i = 0; i < 600; i++)
                detector.Update(walk.Next());
            var delay = 0;
            while (delay < 100 && detector.Update(walk.Next(drift: drift)).Trend != expected)
                delay++;
            inTime += delay < 100 ? 1 : 0;
        }
        Assert.InRange(inTime, Seeds * 9 / 10, Seeds);
    }

    [Fact]
    public void A_lasting_trend_stays_named_on_nine_bars_of_ten_and_its_end_is_noticed_within_200_bars()
    {
        var (named, bars, ended) = (0, 0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var detector = new TrendVolatility(new());
            var walk = new GeneratedWalk((ulong)seed);
            for (var i = 0; i < 1000; i++)
            {
                var trend = detector.Update(walk.Next(drift: 0.4)).Trend;
                Assert.NotEqual(TrendRegime.Bear, trend);
                if (i >= 300)
                    (bars, named) = (bars + 1, named + (trend == TrendRegime.Bull ? 1 : 0));
            }
            var wait = 0;
            while (wait < 200 && detector.Update(walk.Next()).Trend == TrendRegime.Bull)
                wait++;
            ended += wait < 200 ? 1 : 0;
        }
        Assert.True(named > 0.9 * bars, $"named on {named} of {bars} bars");
        Assert.InRange(ended, Seeds * 9 / 10, Seeds);
    }

    [Fact]
    public void A_random_walk_is_mostly_sideways_and_changes_trend_less_than_10_times_in_1000_bars()
    {
        var detector = new TrendVolatility(new());
        var walk = new GeneratedWalk(7);
        const int Bars = 100_000;
        var (trendChanges, volatilityChanges, sideways) = (0, 0, 0);
        var before = default(Regime);
        for (var i = 0; i < Bars; i++)
        {
            var regime = detector.Update(walk.Next());
            trendChanges += regime.Trend != before.Trend ? 1 : 0;
            volatilityChanges += regime.Volatility != before.Volatility ? 1 : 0;
            sideways += regime.Trend == TrendRegime.Sideways ? 1 : 0;
            before = regime;
        }
        Assert.InRange(1000.0 * trendChanges / Bars, 1, 10);
        Assert.InRange(1000.0 * volatilityChanges / Bars, 0, 0.2);
        Assert.InRange((double)sideways / Bars, 0.7, 0.95);
    }

    [Theory]
    [InlineData(2.5, VolatilityRegime.High, 40)]
    [InlineData(0.4, VolatilityRegime.Low, 80)]
    public void Wild_and_calm_markets_are_named_within_the_stated_bars_and_become_usual_in_time(double factor, VolatilityRegime expected, int bars)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var detector = new TrendVolatility(new());
            var walk = new GeneratedWalk((ulong)seed);
            for (var i = 0; i < 2000; i++)
                detector.Update(walk.Next());
            Assert.Equal(VolatilityRegime.Normal, detector.Current.Volatility);

            var delay = 0;
            while (detector.Update(walk.Next(0.01 * factor)).Volatility != expected)
                Assert.True(++delay < bars, $"world {seed}: nothing said in {bars} bars");
            for (var i = 0; i < 3000; i++)
                detector.Update(walk.Next(0.01 * factor));
            Assert.Equal(VolatilityRegime.Normal, detector.Current.Volatility);
        }
    }

    [Theory]
    [InlineData(1.4, 2.0, VolatilityRegime.High)]
    [InlineData(0.7, 0.4, VolatilityRegime.Low)]
    public void Between_entry_and_exit_volatility_stays_what_it_was(double between, double beyond, VolatilityRegime named)
    {
        var detector = new TrendVolatility(new() { SlowWindow = 1_000_000 });
        var price = 100.0;
        VolatilityRegime After(int bars, double size)
        {
            for (var i = 0; i < bars; i++)
            {
                price *= i % 2 == 0 ? 1 + 0.01 * size : 1 / (1 + 0.01 * size);
                detector.Update(At(price));
            }
            return detector.Current.Volatility;
        }
        Assert.Equal(VolatilityRegime.Normal, After(1000, 1));
        Assert.Equal(VolatilityRegime.Normal, After(300, between));
        Assert.Equal(named, After(300, beyond));
        Assert.Equal(named, After(300, between));
        Assert.Equal(VolatilityRegime.Normal, After(300, 1));
    }

    [Fact]
    public void One_enormous_bar_makes_no_trend()
    {
        var detector = new TrendVolatility(new());
        var walk = new GeneratedWalk(3);
        for (var i = 0; i < 600; i++)
            detector.Update(walk.Next());
        var price = walk.Price * 1.5;
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(TrendRegime.Sideways, detector.Update(new(0, price, price, price, price * (i % 2 == 0 ? 1.001 : 1), 1)).Trend);
            Assert.InRange(Math.Abs(detector.TrendStatistic), 0, 1.42);
        }
    }

    [Fact]
    public void The_statistic_is_the_exponential_mean_over_its_deviation_and_a_plain_mean_at_first()
    {
        var detector = new TrendVolatility(new() { TrendWindow = 9, FastWindow = 2 });
        double[] closes = [100, 101, 103, 102, 105, 104, 103, 107, 106, 108, 109, 111, 107];
        foreach (var close in closes)
            detector.Update(new(0, close, close, close, close, 0));
        double mean = 0, square = 0;
        for (var i = 1; i < closes.Length; i++)
        {
            var move = 2 * (closes[i] - closes[i - 1]) / (closes[i] + closes[i - 1]);
            var step = Math.Max(0.2, 1.0 / i);
            mean += step * (move - mean);
            square += step * (move * move - square);
        }
        Assert.Equal(mean / Math.Sqrt(square / 9), detector.TrendStatistic, 12);
    }

    [Theory]
    [InlineData(1024.0)]
    [InlineData(1e-6)]
    [InlineData(37.3)]
    public void The_scale_of_prices_does_not_matter(double scale)
    {
        var (one, other) = (new TrendVolatility(new()), new TrendVolatility(new()));
        var walk = new GeneratedWalk(11);
        for (var i = 0; i < 5000; i++)
        {
            var bar = walk.Next(i % 1500 < 300 ? 0.03 : 0.01, i % 2000 < 500 ? 0.4 : 0);
            var scaled = new Bar(bar.CloseTimeUs, bar.Open * scale, bar.High * scale, bar.Low * scale, bar.Close * scale, bar.Volume);
            Assert.Equal(one.Update(bar), other.Update(scaled));
        }
    }

    [Fact]
    public void A_market_turned_upside_down_has_the_opposite_trend_and_the_same_volatility()
    {
        var (one, other) = (new TrendVolatility(new()), new TrendVolatility(new()));
        var walk = new GeneratedWalk(12);
        for (var i = 0; i < 5000; i++)
        {
            var close = walk.Next(drift: i % 2000 < 500 ? 0.4 : 0).Close;
            var (a, b) = (one.Update(At(close)), other.Update(At(1 / close)));
            Assert.Equal(a.Volatility, b.Volatility);
            Assert.Equal(a.Trend, b.Trend switch { TrendRegime.Bull => TrendRegime.Bear, TrendRegime.Bear => TrendRegime.Bull, var same => same });
        }
    }

    [Fact]
    public void Only_closes_that_can_be_prices_count()
    {
        var (one, other) = (new TrendVolatility(new()), new TrendVolatility(new()));
        var walk = new GeneratedWalk(13);
        foreach (var bad in new[] { double.NaN, 0, -1, double.PositiveInfinity })
            for (var i = 0; i < 300; i++)
            {
                var bar = walk.Next(drift: 0.3);
                one.Update(bar);
                other.Update(bar);
                Assert.Equal(one.Current, other.Update(At(bad)));
            }
        Assert.Equal(one.TrendStatistic, other.TrendStatistic);
    }

    [Fact]
    public void A_market_that_never_moves_is_sideways_and_normal_and_wakes_up_sound()
    {
        var detector = new TrendVolatility(new());
        for (var i = 0; i < 10_000; i++)
            Assert.Equal(default, detector.Update(At(5)));
        var walk = new GeneratedWalk(14, 5);
        for (var i = 0; i < 1000; i++)
            Assert.Equal(VolatilityRegime.Normal, detector.Update(walk.Next()).Volatility);
        Assert.InRange(detector.VolatilityRatio, 0.8, 1.25);
        for (var i = 0; i < 40; i++)
            detector.Update(walk.Next(0.025));
        Assert.Equal(VolatilityRegime.High, detector.Current.Volatility);
    }

    [Fact]
    public void A_regime_lasts_at_least_its_dwell()
    {
        var detector = new TrendVolatility(new() { DwellBars = 30, TrendWindow = 10, TrendEnter = 0.5, TrendExit = 0.4 });
        var walk = new GeneratedWalk(15);
        var (before, since, changes) = (default(TrendRegime), 30, 0);
        for (var i = 0; i < 10_000; i++, since++)
        {
            var trend = detector.Update(walk.Next()).Trend;
            if (trend == before)
                continue;
            Assert.True(since >= 30, $"changed after {since} bars");
            (before, since, changes) = (trend, 0, changes + 1);
        }
        Assert.InRange(changes, 100, 400);
    }

    [Fact]
    public void An_exit_beyond_its_entry_is_refused()
    {
        Assert.Throws<InvalidOptionsException>(() => new TrendVolatility(new() { TrendEnter = 1, TrendExit = 1.1 }));
        Assert.Throws<InvalidOptionsException>(() => new TrendVolatility(new() { HighEnter = 1.2, HighExit = 1.3 }));
        Assert.Throws<InvalidOptionsException>(() => new TrendVolatility(new() { LowEnter = 0.7, LowExit = 0.6 }));
    }

    private static Bar At(double close) => new(0, close, close, close, close, 0);
}
