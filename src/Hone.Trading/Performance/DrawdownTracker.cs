using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Performance;

/// <summary>A fall from a peak and how long it took to come back.</summary>
/// <param name="Depth">Deepest fall from a peak as a fraction of that peak, 0…1 (above 1 when equity went below zero).</param>
/// <param name="PeakAtUs">Close time of the bar of the peak before the deepest fall; null when there was none.</param>
/// <param name="TroughAtUs">Close time of its lowest bar.</param>
/// <param name="RecoveredAtUs">Close time of the first bar back at the peak; null while it is still under it.</param>
/// <param name="BarsToTrough">Bars from the peak to the lowest bar.</param>
/// <param name="BarsToRecovery">Bars from the peak to the recovery; null while under it.</param>
/// <param name="LongestBars">Longest time under a peak, in bars; the present one counts.</param>
/// <param name="LongestDays">Longest time under a peak, in days of 24 hours; the present one counts.</param>
/// <param name="MeanDays">Mean time under a peak in days over all falls, the present one included; null when there was none.</param>
/// <param name="Count">Number of falls.</param>
public sealed record Drawdown(
    double Depth, long? PeakAtUs, long? TroughAtUs, long? RecoveredAtUs, long BarsToTrough, long? BarsToRecovery,
    long LongestBars, double LongestDays, double? MeanDays, long Count)
{
    /// <summary>Days of 24 hours from the peak before the deepest fall to its recovery; null while it is still under it.</summary>
    public double? RecoveryDays => RecoveredAtUs is { } recovered && PeakAtUs is { } peak ? (recovered - peak) / (double)EventTime.DayUs : null;
}

/// <summary>Follows a value and remembers its deepest and its longest fall, in constant memory.</summary>
public struct DrawdownTracker
{
    private double _peak, _limit, _depth;
    private long _bar, _peakBar, _peakUs, _lastUs;
    private bool _started, _under, _deepestIsOpen;
    private long _deepestPeakUs, _deepestTroughUs, _deepestRecoveryUs, _deepestPeakBar, _deepestTroughBar, _deepestRecoveryBar;
    private long _longestBars, _longestUs, _count, _totalUs;

    /// <summary>Starts at a value from which the first bar may already fall.</summary>
    /// <param name="start">Above 0.</param>
    public DrawdownTracker(double start)
    {
        _peak = _limit = start;
    }

    /// <summary>Deepest fall so far as a fraction of its peak.</summary>
    public readonly double Depth => _depth;

    /// <summary>Present fall from the peak as a fraction of it, 0 at the peak.</summary>
    /// <param name="value">The last value given.</param>
    public readonly double At(double value) => _peak > 0 && value < _peak ? 1 - value / _peak : 0;

    /// <summary>Takes the value at a bar's close.</summary>
    public void On(long timeUs, double value)
    {
        if (!_started)
        {
            _started = true;
            _peakUs = timeUs;
        }
        _bar++;
        _lastUs = timeUs;
        if (value >= _peak)
        {
            if (_under)
                Recover(timeUs);
            _peak = value;
            _limit = value * (1 - _depth);
            _peakUs = timeUs;
            _peakBar = _bar;
            return;
        }
        _under = true;
        // One comparison instead of a division on every bar under water: _limit is the value of the deepest fall from this peak.
        if (value >= _limit)
            return;
        var depth = 1 - value / _peak;
        if (depth <= _depth)
            return;
        _depth = depth;
        _limit = value;
        _deepestIsOpen = true;
        _deepestPeakUs = _peakUs;
        _deepestPeakBar = _peakBar;
        _deepestTroughUs = timeUs;
        _deepestTroughBar = _bar;
    }

    private void Recover(long timeUs)
    {
        _under = false;
        _count++;
        _totalUs += timeUs - _peakUs;
        _longestBars = Math.Max(_longestBars, _bar - _peakBar);
        _longestUs = Math.Max(_longestUs, timeUs - _peakUs);
        if (_deepestIsOpen)
        {
            _deepestIsOpen = false;
            _deepestRecoveryUs = timeUs;
            _deepestRecoveryBar = _bar;
        }
    }

    /// <summary>What was found so far.</summary>
    public readonly Drawdown Result()
    {
        var longestBars = _under ? Math.Max(_longestBars, _bar - _peakBar) : _longestBars;
        var longestUs = _under ? Math.Max(_longestUs, _lastUs - _peakUs) : _longestUs;
        var count = _count + (_under ? 1 : 0);
        var totalUs = _totalUs + (_under ? _lastUs - _peakUs : 0);
        double? mean = count > 0 ? totalUs / (double)count / EventTime.DayUs : null;
        if (!(_depth > 0))
            return new(0, null, null, null, 0, null, longestBars, longestUs / (double)EventTime.DayUs, mean, count);
        return new(
            _depth, _deepestPeakUs, _deepestTroughUs, _deepestIsOpen ? null : _deepestRecoveryUs,
            _deepestTroughBar - _deepestPeakBar, _deepestIsOpen ? null : _deepestRecoveryBar - _deepestPeakBar,
            longestBars, longestUs / (double)EventTime.DayUs, mean, count);
    }

    /// <summary>Writes everything.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Section("drawdown", 1);
        writer.Write(_peak);
        writer.Write(_limit);
        writer.Write(_depth);
        writer.Write(_bar);
        writer.Write(_peakBar);
        writer.Write(_peakUs);
        writer.Write(_lastUs);
        writer.Write(_started);
        writer.Write(_under);
        writer.Write(_deepestIsOpen);
        writer.Write(_deepestPeakUs);
        writer.Write(_deepestTroughUs);
        writer.Write(_deepestRecoveryUs);
        writer.Write(_deepestPeakBar);
        writer.Write(_deepestTroughBar);
        writer.Write(_deepestRecoveryBar);
        writer.Write(_longestBars);
        writer.Write(_longestUs);
        writer.Write(_count);
        writer.Write(_totalUs);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="CorruptStateException">The state is damaged.</exception>
    public static DrawdownTracker Load(StateReader reader)
    {
        reader.Section("drawdown", 1);
        return new DrawdownTracker
        {
            _peak = reader.ReadFinite(),
            _limit = reader.ReadFinite(),
            _depth = reader.ReadFinite(),
            _bar = BoundedArrays.ReadTally(reader),
            _peakBar = BoundedArrays.ReadTally(reader),
            _peakUs = reader.ReadInt64(),
            _lastUs = reader.ReadInt64(),
            _started = reader.ReadBool(),
            _under = reader.ReadBool(),
            _deepestIsOpen = reader.ReadBool(),
            _deepestPeakUs = reader.ReadInt64(),
            _deepestTroughUs = reader.ReadInt64(),
            _deepestRecoveryUs = reader.ReadInt64(),
            _deepestPeakBar = BoundedArrays.ReadTally(reader),
            _deepestTroughBar = BoundedArrays.ReadTally(reader),
            _deepestRecoveryBar = BoundedArrays.ReadTally(reader),
            _longestBars = BoundedArrays.ReadTally(reader),
            _longestUs = reader.ReadInt64(),
            _count = BoundedArrays.ReadTally(reader),
            _totalUs = reader.ReadInt64(),
        };
    }
}
