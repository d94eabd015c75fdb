using Hone.Learning.State;
using Hone.Trading.Features.Indicators;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>Bars of a higher time-frame, handed out only when complete: at the bar that closes on their boundary, or, after a gap, at the first bar beyond it.</summary>
/// <remarks>
/// A higher bar is (k·span, (k+1)·span] of event time since 1970-01-01 UTC, so it does not depend on where a history starts.
/// A first one that was entered in its middle is thrown away.
/// </remarks>
internal struct HigherBars(long spanUs, long stepUs) : ISaved
{
    // End of the open higher bar; long.MinValue while there is none.
    private long _endUs = long.MinValue;
    private double _high, _low, _close;
    private bool _isWhole, _isStarted;

    /// <summary>Takes one bar. <paramref name="first"/> and <paramref name="second"/> are higher bars that became complete, in order (high, low, close).</summary>
    /// <returns>How many: 0, 1, or 2 when a gap completed one and the bar itself fills the next.</returns>
    public int Add(in Bar bar, out HigherBar first, out HigherBar second)
    {
        first = second = default;
        var complete = 0;
        if (bar.CloseTimeUs > _endUs)
        {
            if (_endUs != long.MinValue && _isWhole)
            {
                first = new(_high, _low, _close);
                complete = 1;
            }
            Open(bar);
        }
        else
        {
            _high = Math.Max(_high, bar.High);
            _low = Math.Min(_low, bar.Low);
            _close = bar.Close;
        }
        if (bar.CloseTimeUs != _endUs)
            return complete;
        _endUs = long.MinValue;
        if (!_isWhole)
            return complete;
        if (complete == 0)
            first = new(_high, _low, _close);
        else
            second = new(_high, _low, _close);
        return complete + 1;
    }

    private void Open(in Bar bar)
    {
        // The stamp is the close, so a stamp on a boundary belongs to what ends there.
        var before = bar.CloseTimeUs - 1;
        var index = before >= 0 ? before / spanUs : -1 - (-1 - before) / spanUs;
        _endUs = (index + 1) * spanUs;
        // Only the very first can be entered in its middle; later ones begin after a bar that was seen.
        _isWhole = _isStarted || bar.CloseTimeUs - stepUs <= _endUs - spanUs;
        _isStarted = true;
        (_high, _low, _close) = (bar.High, bar.Low, bar.Close);
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_endUs);
        writer.Write(_high);
        writer.Write(_low);
        writer.Write(_close);
        writer.Write(_isWhole);
        writer.Write(_isStarted);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _endUs = reader.ReadInt64();
        _high = reader.ReadFinite();
        _low = reader.ReadFinite();
        _close = reader.ReadFinite();
        _isWhole = reader.ReadBool();
        _isStarted = reader.ReadBool();
    }
}

/// <summary>A complete bar of a higher time-frame.</summary>
internal readonly record struct HigherBar(double High, double Low, double Close);
