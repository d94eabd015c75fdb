using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Trading.Market;
using Hone.Trading.Performance;

namespace Hone.Trading.Tests.Performance;

public sealed class BaselineRecorderTests
{
    private const double Cost = 0.001;

    /// <summary>Bars of a random walk with positions that know nothing; the recorder is fed and the numbers are kept.</summary>
    private static (BaselineRecorder Recorder, double[] Positions, double[] Returns) Walk(int bars, ulong seed, int cellsMax = BaselineRecorder.CellsMax, double skill = 0, int hold = 5, double volatility = 0.01)
    {
        var recorder = new BaselineRecorder(AssetClass.Crypto, Cost, cellsMax);
        var rng = new Rng(seed, "walk");
        double[] positions = new double[bars], returns = new double[bars];
        var (close, position) = (100.0, 0.0);
        recorder.On(0, close, 0);
        for (var i = 0; i < bars; i++)
        {
            var move = volatility * rng.NextGaussian();
            if (i % hold == 0)
                position = rng.NextDouble() < skill ? Math.Sign(move) : rng.NextInt32(3) - 1;
            var before = close;
            close *= 1 + move;
            (positions[i], returns[i]) = (position, close / before - 1);
            recorder.On((i + 1) * EventTime.HourUs, close, position);
        }
        return (recorder, positions, returns);
    }

    private static double BruteForce(double[] positions, double[] returns, int shift)
    {
        double growth = 1;
        for (var i = 0; i < returns.Length; i++)
            growth *= 1 + positions[((i - shift) % returns.Length + returns.Length) % returns.Length] * returns[i];
        return growth - 1;
    }

    [Fact]
    public void With_as_many_bars_as_shifts_the_distribution_is_the_brute_force_one()
    {
        var (recorder, positions, returns) = Walk(bars: 201, seed: 1, hold: 7);
        var real = BruteForce(positions, returns, 0);
        var all = Enumerable.Range(1, 200).Select(shift => BruteForce(positions, returns, shift)).Order().ToArray();

        var shifts = recorder.Compute(365, seed: 9).RandomSameTurnover!;
        Assert.True(shifts.IsExact);
        Assert.Equal(200, shifts.Shifts);
        Assert.Equal(real, shifts.NetProfit, 1e-12);
        Assert.Equal(all.Average(), shifts.Mean, 1e-12);
        Assert.Equal(Quantiles.OfSorted(all, 0.05), shifts.Percentile5, 1e-12);
        Assert.Equal(Quantiles.OfSorted(all, 0.5), shifts.Median, 1e-12);
        Assert.Equal(Quantiles.OfSorted(all, 0.95), shifts.Percentile95, 1e-12);
        Assert.Equal(all.Count(profit => profit < real) / 200.0, shifts.PercentileRank, 1e-12);
        Assert.Equal((1 + all.Count(profit => profit >= real)) / 201.0, shifts.PValue, 1e-12);
    }

    [Fact]
    public void Every_shift_of_the_grid_is_the_brute_force_one()
    {
        var (_, positions, returns) = Walk(bars: 1003, seed: 2);
        var grid = new PositionGrid(2048);
        for (var i = 0; i < returns.Length; i++)
            grid.On(positions[i], returns[i]);
        var rng = new Rng(1, "unused");
        for (var shift = 0; shift < returns.Length; shift += 17)
            Assert.Equal(BruteForce(positions, returns, shift) + 1, grid.Growth(shift, ref rng), 1e-12);
    }

    [Fact]
    public void Money_that_is_gone_does_not_come_back()
    {
        var grid = new PositionGrid(64);
        for (var i = 0; i < 40; i++)
            grid.On(i == 3 ? 4 : 1, i == 10 ? -0.5 : i == 20 ? -0.9 : 0.01);
        var rng = new Rng(1, "unused");
        Assert.True(grid.Growth(0, ref rng) > 0);
        Assert.Equal(0, grid.Growth(7, ref rng)); // four times the position meets the −50 % bar
        Assert.Equal(0, grid.Growth(17, ref rng));
    }

    [Fact]
    public void Costs_are_the_same_at_every_time()
    {
        var (free, _, _) = Walk(400, 3);
        var charged = new BaselineRecorder(AssetClass.Crypto, Cost);
        var rng = new Rng(3, "walk");
        var (close, position) = (100.0, 0.0);
        charged.On(0, close, 0, 0.02);
        for (var i = 0; i < 400; i++)
        {
            var move = 0.01 * rng.NextGaussian();
            if (i % 5 == 0)
                position = rng.NextDouble() < 0 ? 0 : rng.NextInt32(3) - 1;
            close *= 1 + move;
            charged.On((i + 1) * EventTime.HourUs, close, position, i == 7 ? 0.03 : 0);
        }
        ShiftDistribution without = free.Compute(365, 1).RandomSameTurnover!, with = charged.Compute(365, 1).RandomSameTurnover!;
        const double left = 0.98 * 0.97;
        Assert.Equal((1 + without.NetProfit) * left - 1, with.NetProfit, 1e-12);
        Assert.Equal((1 + without.Median) * left - 1, with.Median, 1e-12);
        Assert.Equal(without.PercentileRank, with.PercentileRank);
    }

    [Theory]
    [InlineData(BaselineRecorder.CellsMax)]
    [InlineData(64)]
    public void Holding_all_the_time_is_no_timing(int cellsMax)
    {
        var recorder = new BaselineRecorder(AssetClass.Crypto, Cost, cellsMax);
        for (var i = 0; i < 1000; i++)
            recorder.On(i * EventTime.HourUs, 100 + i + 5 * (i % 3), 0.7);
        var shifts = recorder.Compute(365, 1).RandomSameTurnover!;
        Assert.Equal(1, shifts.PValue);
        Assert.Equal(0, shifts.PercentileRank);
    }

    [Fact]
    public void Buy_and_hold_pays_its_one_entry()
    {
        var recorder = new BaselineRecorder(AssetClass.Crypto, 0.01);
        double[] closes = [100, 120, 90, 90, 110];
        for (var i = 0; i < closes.Length; i++)
            recorder.On((i + 1) * EventTime.DayUs, closes[i], 0);
        var baselines = recorder.Compute(365, 1);
        Assert.Equal(1.1 * 0.99 - 1, baselines.BuyAndHold.NetProfit!.Value, 1e-14);
        Assert.Equal(0.25, baselines.BuyAndHold.MaxDrawdown!.Value, 1e-14);
        Assert.Equal(2 * EventTime.DayUs, baselines.BuyAndHoldDrawdown.PeakAtUs);
        Assert.Equal(5, baselines.BuyAndHold.Days);
        double[] returns = [-0.01, 0.2, -0.25, 0, 110 / 90.0 - 1];
        var moments = Moments.Of(returns);
        Assert.Equal(moments.Mean / moments.Deviation * Math.Sqrt(365), baselines.BuyAndHold.Sharpe!.Value, 1e-9);
        Assert.Equal(0, baselines.Cash);
        Assert.Null(baselines.RandomSameTurnover);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(12, 8)]
    [InlineData(300, 4)]
    public void Beyond_the_cells_the_distribution_stays_close_to_the_exact_one(int hold, int stride)
    {
        // The cells are far fewer than the bars; the same bars in an exact grid are the truth. Positions that flip inside a cell are the hard case.
        const int bars = 8000;
        var (exact, _, _) = Walk(bars, 4, hold: hold, volatility: 0.002);
        var (joined, _, _) = Walk(bars, 4, 8192 / stride, hold: hold, volatility: 0.002);
        ShiftDistribution truth = exact.Compute(365, 1).RandomSameTurnover!, approximate = joined.Compute(365, 1).RandomSameTurnover!;

        Assert.Equal(stride, approximate.BarsPerCell);
        Assert.False(approximate.IsExact);
        Assert.Equal(truth.NetProfit, approximate.NetProfit, 1e-4);
        var spread = truth.Percentile95 - truth.Percentile5;
        Assert.InRange(approximate.Percentile95 - approximate.Percentile5, 0.75 * spread, 1.3 * spread);
        Assert.Equal(truth.Median, approximate.Median, 0.2 * spread);
    }

    [Theory]
    [InlineData(BaselineRecorder.CellsMax, 1)]
    [InlineData(128, 8)]
    public void Positions_that_know_nothing_are_called_significant_as_rarely_as_promised(int cellsMax, int stride)
    {
        // p ≤ 0.05 in at most 5 % of noise runs: with 300 of them the count stays under 26 with 99.7 % probability.
        var (called, rank) = (0, 0.0);
        for (var run = 0; run < 300; run++)
        {
            var (recorder, _, _) = Walk(600, 100 + (ulong)run, cellsMax, hold: 3);
            var shifts = recorder.Compute(365, (ulong)run).RandomSameTurnover!;
            Assert.Equal(stride, shifts.BarsPerCell);
            if (shifts.PValue <= 0.05)
                called++;
            rank += shifts.PercentileRank / 300;
        }
        Assert.True(called <= 26, $"{called} of 300 noise runs were significant.");
        Assert.True(called >= 4, "A test that never calls is no test.");
        Assert.InRange(rank, 0.45, 0.55);
    }

    [Theory]
    [InlineData(BaselineRecorder.CellsMax)]
    [InlineData(128)]
    public void Real_timing_is_seen(int cellsMax)
    {
        var (recorder, _, _) = Walk(600, 5, cellsMax, skill: 0.3, hold: 1);
        var shifts = recorder.Compute(365, 1).RandomSameTurnover!;
        Assert.Equal(1 / (shifts.Shifts + 1.0), shifts.PValue, 1e-12);
        Assert.True(shifts.NetProfit > shifts.Percentile95);
    }

    [Fact]
    public void Memory_is_flat_and_a_bar_allocates_nothing()
    {
        var recorder = new BaselineRecorder(AssetClass.Crypto, Cost, 64);
        for (var i = 0; i < 200; i++)
            recorder.On(i, 100 + i % 3, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 200; i < 50_000; i++)
            recorder.On(i, 100 + i % 3, i % 2, 0.0001);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(50_000, recorder.Bars);
        Assert.Equal(1024, recorder.Stride);
    }

    [Theory]
    [InlineData(40, 64)]
    [InlineData(999, 64)]
    public void A_saved_recorder_continues_where_it_stopped(int stop, int cellsMax)
    {
        BaselineRecorder New() => new(AssetClass.Crypto, Cost, cellsMax);
        static void Run(BaselineRecorder recorder, int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                var rng = new Rng(6, "run", (ulong)i * 2);
                recorder.On(i * EventTime.HourUs, 100 + rng.NextGaussian(), rng.NextDouble() - 0.5, i % 10 == 0 ? 0.001 : 0);
            }
        }
        BaselineRecorder whole = New(), half = New();
        Run(whole, 0, 2000);
        Run(half, 0, stop);
        var restored = Saved.Into(Saved.Bytes(half), New());
        Run(restored, stop, 2000);
        Assert.Equal(Saved.Bytes(whole), Saved.Bytes(restored));
        var (expected, actual) = (whole.Compute(365, 1), restored.Compute(365, 1));
        // A record compares a list by identity: the shifts are compared one by one, the rest as it is.
        Assert.Equal(expected.RandomSameTurnover!.NetProfits, actual.RandomSameTurnover!.NetProfits);
        Assert.Equal(
            expected with { RandomSameTurnover = expected.RandomSameTurnover with { NetProfits = [] } },
            actual with { RandomSameTurnover = actual.RandomSameTurnover with { NetProfits = [] } });
    }

    [Theory]
    [InlineData(30)]
    [InlineData(300)]
    public void A_damaged_state_is_refused_and_never_crashes(int bars)
    {
        var (recorder, _, _) = Walk(bars, 7, cellsMax: 64);
        Saved.SurvivesDamage(Saved.Bytes(recorder), () => new BaselineRecorder(AssetClass.Crypto, Cost, 64), loaded => loaded.Compute(365, 1));
        Assert.Throws<CorruptStateException>(() => Saved.Into(Saved.Bytes(recorder), new BaselineRecorder(AssetClass.Crypto, Cost, 128)));
        Assert.Throws<CorruptStateException>(() => Saved.Into(Saved.Bytes(recorder), new BaselineRecorder(AssetClass.Crypto, 2 * Cost, 64)));
    }

    [Fact]
    public void Numbers_that_are_none_are_refused()
    {
        var recorder = new BaselineRecorder(AssetClass.Crypto, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.On(0, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.On(0, double.NaN, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.On(0, 1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.On(0, 1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BaselineRecorder(AssetClass.Crypto, 1));
        Assert.Equal(0, recorder.Compute(365, 1).BuyAndHold.NetProfit);
    }
}
