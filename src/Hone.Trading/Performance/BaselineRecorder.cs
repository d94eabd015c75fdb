using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Performance;

/// <summary>
/// What doing nothing clever would have made: buying once, holding cash, and the account's own positions at other times. Memory
/// grows with the run, by doubling, and is bounded: 16 bytes a bar up to 2 MiB, 4 MiB once the cells are full, and 12 bytes a day.
/// </summary>
/// <remarks>
/// Circular shifts keep everything about the positions (sizes, holding times, turnover, costs) except their place in time, so
/// what the real history is better by is timing. An account that always holds the same position equals all of its shifts and gets
/// no credit, however well the market did.
/// </remarks>
public sealed class BaselineRecorder : ISaved
{
    /// <summary>Bars up to which shifted histories are exact; beyond, see <see cref="ShiftDistribution.IsExact"/>.</summary>
    public const int CellsMax = 131_072;

    /// <summary>Shifted histories.</summary>
    public const int Shifts = 200;

    /// <summary>Shorter runs have no shifts.</summary>
    public const int BarsMin = 20;

    private readonly double _entryCost;
    private readonly PositionGrid _grid;
    private readonly DailySeries _daily;
    private DrawdownTracker _drawdown = new(1);
    private double _lastClose, _firstClose, _scale, _costLog;
    private long _firstTimeUs, _lastTimeUs;

    /// <summary>A run that has not begun.</summary>
    /// <param name="assetClass">Decides where days end.</param>
    /// <param name="entryCost">Cost of buying once, as a fraction of the money: half of a round trip; 0…1.</param>
    /// <param name="cellsMax">Cells of the grid, even; the default suits everything but tests.</param>
    public BaselineRecorder(AssetClass assetClass, double entryCost, int cellsMax = CellsMax)
    {
        if (!(entryCost >= 0 && entryCost < 1))
            throw new ArgumentOutOfRangeException(nameof(entryCost), entryCost, "The cost of one entry is a fraction from 0 to 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(cellsMax, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cellsMax, CellsMax);
        ArgumentOutOfRangeException.ThrowIfNotEqual(cellsMax % 2, 0);
        _entryCost = entryCost;
        _grid = new(cellsMax);
        _daily = new(1, assetClass);
    }

    /// <summary>Bars so far.</summary>
    public long Bars => _lastClose > 0 ? _grid.Bars + 1 : 0;

    /// <summary>Bars per cell of the grid: 1 while shifts are exact.</summary>
    public int Stride => _grid.Stride;

    /// <summary>Takes a bar.</summary>
    /// <param name="closeTimeUs">Close of the bar; never before the last one.</param>
    /// <param name="close">Close of the bar, above 0.</param>
    /// <param name="position">
    /// Signed share of equity that was exposed to this bar: the position after the fills at its open. What stops and targets did
    /// inside the bar must not be taken off, or every loss that ended in a stop would be missing.
    /// </param>
    /// <param name="costs">Costs charged in this bar as a fraction of equity, under 1; funding received is below 0.</param>
    public void On(long closeTimeUs, double close, double position, double costs = 0)
    {
        if (!(close > 0 && close < double.PositiveInfinity) || !double.IsFinite(position) || !(costs < 1 && costs > -1))
            throw new ArgumentOutOfRangeException(nameof(close), $"The close {close} must be above 0, the position {position} finite and the costs {costs} a fraction.");
        if (_lastClose > 0)
        {
            if (closeTimeUs < _lastTimeUs)
                throw new ArgumentOutOfRangeException(nameof(closeTimeUs), closeTimeUs, $"Event time never goes back; the last bar closed at {_lastTimeUs}.");
            _grid.On(position, close / _lastClose - 1);
        }
        else
        {
            _firstTimeUs = closeTimeUs;
            _firstClose = close;
            _scale = (1 - _entryCost) / close;
        }
        _lastClose = close;
        _lastTimeUs = closeTimeUs;
        if (costs != 0)
            _costLog += Elementary.Log(1 - costs);
        _drawdown.On(closeTimeUs, close * _scale);
        _daily.Open(closeTimeUs);
        _daily.Set(0, close);
    }

    /// <summary>Computes the baselines; to be called at the end of a run.</summary>
    /// <param name="daysPerYear">Daily returns in a year, see <see cref="TradingCalendar.DaysPerYear"/>.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="resamples">Bootstrap histories for buy-and-hold, at least 100; 0 leaves its intervals out.</param>
    public Baselines Compute(double daysPerYear, ulong seed, int resamples = 0)
    {
        var closes = _daily.Column(0);
        var returns = new double[closes.Length];
        var before = _firstClose;
        for (var i = 0; i < closes.Length; i++)
        {
            returns[i] = closes[i] / before * (i == 0 ? 1 - _entryCost : 1) - 1;
            before = closes[i];
        }
        var years = (_lastTimeUs - _firstTimeUs) / (365.0 * EventTime.DayUs);
        var drawdown = _drawdown.Result();
        var profit = _lastClose > 0 ? _lastClose * _scale - 1 : 0;
        return new()
        {
            BuyAndHold = ReturnStatistics.Compute(returns, profit, drawdown.Depth, years, daysPerYear, TrialCount.One, seed, resamples),
            BuyAndHoldDrawdown = drawdown,
            EntryCost = _entryCost,
            RandomSameTurnover = Shift(seed),
        };
    }

    private ShiftDistribution? Shift(ulong seed)
    {
        var cells = _grid.Cells;
        if (_grid.Bars < BarsMin)
            return null;
        var rng = new Rng(seed, "circular-shifts");
        var costs = Elementary.Exp(_costLog);
        var real = _grid.Growth(0, ref rng) * costs;
        // Equal positions give equal products only up to the order of multiplication; such ties are no evidence of timing.
        var tie = real * (1 - 1e-9);
        var count = Math.Min(Shifts, cells - 1);
        var profits = new double[count];
        var (below, sum) = (0, 0.0);
        for (var i = 0; i < count; i++)
        {
            var from = (int)((long)i * (cells - 1) / count);
            var to = (int)((i + 1L) * (cells - 1) / count);
            var growth = _grid.Growth(1 + from + rng.NextInt32(to - from), ref rng) * costs;
            if (growth < tie)
                below++;
            profits[i] = Math.Min(growth - 1, double.MaxValue);
            sum += profits[i] / count;
        }
        Array.Sort(profits);
        return new()
        {
            Shifts = count,
            IsExact = _grid.Stride == 1,
            BarsPerCell = _grid.Stride,
            NetProfit = Math.Min(real - 1, double.MaxValue),
            Mean = sum,
            Percentile5 = Quantiles.OfSorted(profits, 0.05),
            Median = Quantiles.OfSorted(profits, 0.5),
            Percentile95 = Quantiles.OfSorted(profits, 0.95),
            PercentileRank = below / (double)count,
            NetProfits = profits,
            PValue = (1.0 + (count - below)) / (1.0 + count),
        };
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("baseline-recorder", 1);
        writer.Write([_entryCost, _lastClose, _firstClose, _scale, _costLog]);
        writer.Write(_firstTimeUs);
        writer.Write(_lastTimeUs);
        _drawdown.Save(writer);
        _daily.Save(writer);
        _grid.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("baseline-recorder", 1);
        Span<double> numbers = stackalloc double[5];
        BoundedArrays.ReadFinite(reader, numbers);
        if (numbers[0] != _entryCost)
            throw new CorruptStateException($"The state was written with an entry cost of {numbers[0]}; this recorder has {_entryCost}.");
        (_lastClose, _firstClose, _scale, _costLog) = (numbers[1], numbers[2], numbers[3], numbers[4]);
        _firstTimeUs = reader.ReadInt64();
        _lastTimeUs = reader.ReadInt64();
        _drawdown = DrawdownTracker.Load(reader);
        _daily.Load(reader);
        _grid.Load(reader);
        if (!(_lastClose >= 0) || _daily.Count > Bars || (Bars > 0 && (_daily.Count == 0 || !(_firstClose > 0))))
            throw new CorruptStateException($"{_daily.Count} days and {Bars} bars do not fit together.");
    }
}
