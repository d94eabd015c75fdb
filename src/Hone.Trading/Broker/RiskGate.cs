using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Broker;

/// <summary>
/// The last word on size. After each marked bar <see cref="Update"/> tells it what happened, then <see cref="Decide"/> cuts the wished
/// fraction of equity. It can only make a position smaller.
/// </summary>
/// <remarks>
/// <para>Three rules flatten: the operator's stop (and equity of 0 or less), the drawdown stop, the daily loss. Two forbid new exposure and let a
/// position be kept or reduced: the pause after a loss streak, the cool-down after a losing trade. Four cut: position, exposure, portfolio.</para>
/// <para>A bar that closes at 00:00 UTC belongs to the day that it ends. A trade is losing when its result after costs is below 0, whatever
/// closed it. A cool-down of n bars covers the decision on the bar that closed the trade and n − 1 after it.</para>
/// </remarks>
public sealed class RiskGate : ISaved
{
    private const int Reasons = (int)RiskReason.Portfolio + 1;

    private readonly RiskLimits _limits;
    private readonly long[] _counts = new long[Reasons];
    private double _equity, _peak, _dayStart, _portfolioCap = double.PositiveInfinity;
    private long _timeUs = long.MinValue, _day = long.MinValue;
    private int _cooldownLeft, _pauseLeft, _streak, _drawdownBarsLeft;
    private bool _stopped, _dailyStop, _drawdownStop;

    /// <summary>A gate in front of a book.</summary>
    /// <exception cref="InvalidOptionsException">A limit is out of range.</exception>
    public RiskGate(RiskLimits limits, double startEquity)
    {
        if (!(startEquity > 0) || double.IsInfinity(startEquity))
            throw new InvalidOptionsException($"risk: the starting equity is {startEquity}; it must be finite and above 0.");
        _limits = (RiskLimits)Options.Validated("risk", limits);
        _equity = _peak = _dayStart = startEquity;
    }

    /// <summary>Whether an operator has stopped the book.</summary>
    public bool IsStopped => _stopped;

    /// <summary>Losing trades in a row up to now.</summary>
    public int LosingStreak => _streak;

    /// <summary>Largest share of equity that the portfolio grants to this book; infinite without a cap.</summary>
    public double PortfolioCap => _portfolioCap;

    /// <summary>How many decisions had that reason.</summary>
    public long Count(RiskReason reason) => _counts[(int)reason];

    /// <summary>Operator's stop: flat until <see cref="Resume"/>.</summary>
    public void Stop() => _stopped = true;

    /// <summary>Ends an operator's stop, a drawdown stop (the peak is set to the equity of now) and every pause. A daily loss stands until the day ends.</summary>
    public void Resume()
    {
        _stopped = false;
        _cooldownLeft = _pauseLeft = _streak = 0;
        if (_drawdownStop)
            EndDrawdownStop();
    }

    /// <summary>Sets the portfolio's cap for this book; positive infinity lifts it.</summary>
    /// <param name="maxFraction">Share of the book's equity, 0 or more.</param>
    public void SetPortfolioCap(double maxFraction)
    {
        if (!(maxFraction >= 0))
            throw new ArgumentOutOfRangeException(nameof(maxFraction), maxFraction, "The portfolio's cap must be 0 or more.");
        _portfolioCap = maxFraction;
    }

    /// <summary>Takes a marked bar. Call once per bar, before <see cref="Decide"/>.</summary>
    /// <param name="book">The book after the mark.</param>
    /// <param name="timeUs">Close time of the bar; later than the one before.</param>
    /// <param name="closedTrades">Trades that the bar finished.</param>
    public void Update(in BookState book, long timeUs, ReadOnlySpan<Trade> closedTrades)
    {
        if (timeUs <= _timeUs)
            throw new ArgumentException($"The bar {EventTime.ToDateTime(timeUs):u} is not later than the one before it.", nameof(timeUs));
        if (!double.IsFinite(book.Equity))
            throw new ArgumentOutOfRangeException(nameof(book), book.Equity, "The equity must be finite.");

        // Pauses run down first: one that starts on this bar covers this bar's decision in full.
        if (_cooldownLeft > 0)
            _cooldownLeft--;
        if (_pauseLeft > 0)
            _pauseLeft--;

        UpdateDay(timeUs);
        _timeUs = timeUs;
        _equity = book.Equity;
        _dailyStop |= _equity <= _dayStart * (1 - _limits.DailyLoss);
        UpdateDrawdown();
        foreach (ref readonly var trade in closedTrades)
            UpdateStreak(trade.NetPnl);
    }

    /// <summary>What of a wish is allowed now.</summary>
    /// <param name="desired">Signed share of equity, finite.</param>
    /// <param name="book">The book as in the last <see cref="Update"/>.</param>
    public RiskDecision Decide(double desired, in BookState book)
    {
        if (!double.IsFinite(desired))
            throw new ArgumentOutOfRangeException(nameof(desired), desired, "The wished fraction of equity must be finite; a size that is not known is 0.");
        var decision = Cut(desired, book);
        _counts[(int)decision.Reason]++;
        return decision;
    }

    private RiskDecision Cut(double desired, in BookState book)
    {
        if (desired == 0)
            return new(0, RiskReason.Allowed);
        if (_stopped || !(_equity > 0))
            return new(0, RiskReason.Stopped);
        if (_drawdownStop)
            return new(0, RiskReason.Drawdown);
        if (_dailyStop)
            return new(0, RiskReason.DailyLoss);

        var wanted = Math.Abs(desired);
        var (size, reason) = (wanted, RiskReason.Allowed);
        if (_pauseLeft > 0 || _cooldownLeft > 0)
        {
            // No new exposure: at most what is held already on that side.
            var held = Math.Max(0, Math.Sign(desired) * book.PositionFraction);
            Tighten(held, _pauseLeft > 0 ? RiskReason.LossStreak : RiskReason.Cooldown, ref size, ref reason);
        }
        Tighten(_limits.MaxPosition, RiskReason.Position, ref size, ref reason);
        Tighten(Math.Max(0, _limits.MaxExposure - book.OtherExposure), RiskReason.Exposure, ref size, ref reason);
        Tighten(_portfolioCap, RiskReason.Portfolio, ref size, ref reason);
        return new(size == 0 ? 0 : Math.CopySign(size, desired), reason);
    }

    private static void Tighten(double limit, RiskReason limitedBy, ref double size, ref RiskReason reason)
    {
        // Written so that a limit that is not a number closes the gate instead of opening it.
        if (size <= limit)
            return;
        (size, reason) = (limit > 0 ? limit : 0, limitedBy);
    }

    private void UpdateDay(long timeUs)
    {
        var day = EventTime.Day(timeUs - 1);
        if (day == _day)
            return;

        // Equity as of the last bar of the day before.
        _day = day;
        _dayStart = _equity;
        _dailyStop = false;
    }

    private void UpdateDrawdown()
    {
        if (_drawdownStop && _limits.DrawdownResumeBars > 0 && --_drawdownBarsLeft <= 0)
            EndDrawdownStop();
        _peak = Math.Max(_peak, _equity);
        if (_drawdownStop || _equity > _peak * (1 - _limits.DrawdownStop))
            return;
        _drawdownStop = true;
        _drawdownBarsLeft = _limits.DrawdownResumeBars;
    }

    private void EndDrawdownStop()
    {
        _drawdownStop = false;
        _drawdownBarsLeft = 0;
        _peak = _equity;
    }

    private void UpdateStreak(double netPnl)
    {
        if (netPnl >= 0)
        {
            _streak = 0;
            return;
        }
        _cooldownLeft = _limits.CooldownBars;
        _streak++;
        if (_limits.LossStreak == 0 || _streak < _limits.LossStreak)
            return;
        _pauseLeft = _limits.LossStreakPauseBars;
        _streak = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("risk-gate", 1);
        writer.Write(_equity);
        writer.Write(_peak);
        writer.Write(_dayStart);
        writer.Write(_portfolioCap);
        writer.Write(_timeUs);
        writer.Write(_day);
        writer.Write(_cooldownLeft);
        writer.Write(_pauseLeft);
        writer.Write(_streak);
        writer.Write(_drawdownBarsLeft);
        writer.Write(_stopped);
        writer.Write(_dailyStop);
        writer.Write(_drawdownStop);
        writer.Write(_counts);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("risk-gate", 1);
        _equity = reader.ReadFinite();
        _peak = reader.ReadFinite();
        _dayStart = reader.ReadFinite();
        _portfolioCap = reader.ReadDouble();
        if (_equity > _peak || !(_portfolioCap >= 0))
            throw new CorruptStateException($"A gate cannot have the equity {_equity}, its peak {_peak} and the portfolio's cap {_portfolioCap}.");
        _timeUs = reader.ReadInt64();
        _day = reader.ReadInt64();
        _cooldownLeft = reader.ReadInt32(0, _limits.CooldownBars);
        _pauseLeft = reader.ReadInt32(0, _limits.LossStreakPauseBars);
        _streak = reader.ReadInt32(0, _limits.LossStreak == 0 ? int.MaxValue : _limits.LossStreak - 1);
        _drawdownBarsLeft = reader.ReadInt32(0, _limits.DrawdownResumeBars);
        _stopped = reader.ReadBool();
        _dailyStop = reader.ReadBool();
        _drawdownStop = reader.ReadBool();
        reader.Read(_counts);
        foreach (var count in _counts)
            if (count < 0)
                throw new CorruptStateException($"A number of decisions is {count}.");
    }
}
