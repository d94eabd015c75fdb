using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Performance;

/// <summary>
/// The last values of every day that had a bar: the only thing of a run that grows with history, by
/// 4 + 8 · columns bytes a day.
/// </summary>
public sealed class DailySeries : ISaved
{
    /// <summary>Days kept; later ones are counted in <see cref="DaysDropped"/> (2,870 years of crypto).</summary>
    public const int DaysMax = 1 << 20;

    private readonly AssetClass _assetClass;
    private readonly double[][] _columns;
    private const int DaysGrown = 8192;

    private int[] _days = new int[64];
    private long _dayEndUs = long.MinValue;
    private bool _dropping;

    /// <summary>An empty series.</summary>
    /// <param name="columns">Values per day, 1…16.</param>
    /// <param name="assetClass">Decides where days end.</param>
    public DailySeries(int columns, AssetClass assetClass)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, 16);
        _assetClass = assetClass;
        _columns = new double[columns][];
        for (var c = 0; c < columns; c++)
            _columns[c] = new double[64];
    }

    /// <summary>Days so far, the present one included.</summary>
    public int Count { get; private set; }

    /// <summary>Days that did not fit any more.</summary>
    public long DaysDropped { get; private set; }

    /// <summary>The days, in days since 1970-01-01, rising.</summary>
    public ReadOnlySpan<int> Days => _days.AsSpan(0, Count);

    /// <summary>One column: its last value of each day.</summary>
    public ReadOnlySpan<double> Column(int column) => _columns[column].AsSpan(0, Count);

    /// <summary>Makes sure that the day of this bar is the last one; its values are then written by <see cref="Set"/>.</summary>
    public void Open(long closeTimeUs)
    {
        if (closeTimeUs > _dayEndUs)
            OpenDay(closeTimeUs);
    }

    /// <summary>Overwrites one value of the present day.</summary>
    public void Set(int column, double value)
    {
        if (!_dropping)
            _columns[column][Count - 1] = value;
    }

    private void OpenDay(long closeTimeUs)
    {
        (var day, _dayEndUs) = TradingCalendar.DayOf(closeTimeUs, _assetClass);
        if (Count == DaysMax)
        {
            _dropping = true;
            DaysDropped++;
            return;
        }
        if (Count == _days.Length)
        {
            // Short histories stay small; a longer one gets room for 22 years at once, so that it does not keep allocating.
            var size = Math.Min(DaysMax, Math.Max(DaysGrown, Count * 2));
            Array.Resize(ref _days, size);
            for (var c = 0; c < _columns.Length; c++)
                Array.Resize(ref _columns[c], size);
        }
        _days[Count++] = day;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("daily-series", 1);
        writer.Write(_columns.Length);
        writer.Write(Count);
        writer.Write(_dayEndUs);
        writer.Write(DaysDropped);
        writer.Write(Days);
        for (var c = 0; c < _columns.Length; c++)
            writer.Write(Column(c));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("daily-series", 1);
        reader.ReadInt32(_columns.Length, _columns.Length);
        var count = BoundedArrays.ReadCount(reader, DaysMax, 4 + 8 * _columns.Length);
        _dayEndUs = reader.ReadInt64();
        DaysDropped = BoundedArrays.ReadTally(reader);
        _dropping = DaysDropped > 0;
        if (_dropping && count != DaysMax)
            throw new CorruptStateException($"{DaysDropped} days were dropped although only {count} are kept.");
        var size = Math.Max(64, count);
        _days = new int[size];
        reader.Read(_days.AsSpan(0, count));
        for (var i = 1; i < count; i++)
        {
            if (_days[i] <= _days[i - 1])
                throw new CorruptStateException($"Day {_days[i]} follows day {_days[i - 1]}; days must rise.");
        }
        if (count > 0 && (_days[0] < TradingCalendar.DayMin || _days[count - 1] > TradingCalendar.DayMax))
            throw new CorruptStateException($"Days from {_days[0]} to {_days[count - 1]} are outside the calendar.");
        // An end that does not belong to the last day would let the next bar write into a day that was never opened.
        var last = count > 0 ? _days[count - 1] : 0;
        if (count == 0 ? _dayEndUs != long.MinValue : !_dropping && TradingCalendar.DayOf(_dayEndUs, _assetClass) != (last, _dayEndUs))
            throw new CorruptStateException($"The present day cannot end at {_dayEndUs}.");
        for (var c = 0; c < _columns.Length; c++)
        {
            _columns[c] = new double[size];
            BoundedArrays.ReadFinite(reader, _columns[c].AsSpan(0, count));
        }
        Count = count;
    }
}
