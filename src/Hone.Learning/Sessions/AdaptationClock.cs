using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>How long something took, over all times that it was measured.</summary>
/// <param name="Count">Times measured.</param>
/// <param name="Last">The last one; 0 before the first.</param>
/// <param name="Mean">The mean; 0 before the first.</param>
public readonly record struct ClockReading(long Count, double Last, double Mean)
{
    internal ClockReading With(double value) => new(Count + 1, value, Mean + (value - Mean) / (Count + 1));
}

/// <summary>
/// How fast a session notices that the world has changed, and how fast it is as good again as before. In answers and in seconds of event time; shown, never decided on.
/// </summary>
/// <remarks>
/// One episode at a time: it begins with the first warning or alarm of any member. A warning that no alarm follows within a window of answers is dropped. An
/// alarm is over when the panel has recovered; alarms until then belong to it. Recovered is the panel when the mean log-loss of so many answers as a pause between
/// adaptations has (50, or five horizons) is no higher than in the last whole window before the alarm, within two standard errors.
/// An alarm before the first whole window has nothing to return to: it is over after a window, and its recovery is not measured. An alarm that is over before anything was adapted has no reaction.
/// </remarks>
public sealed class AdaptationClock : ISaved
{
    private const double SecondUs = 1e6;
    private const double Bands = 2;

    private readonly int _window;
    private readonly int _stretch;
    private readonly int _horizon;
    private Phase _phase;
    private bool _adapted;
    private long _answers;
    private long _sinceAnswers;
    private long _sinceUs;
    private Welford _quiet;
    private double _quietMean;
    private double _quietDeviation = double.NaN;
    private double _stretchSum;
    private int _stretchCount;

    private enum Phase
    {
        Quiet = 0,
        Warned = 1,
        Alarmed = 2,
    }

    internal AdaptationClock(int windowAnswers, int pauseAnswers, int horizonAnswers)
        => (_window, _stretch, _horizon) = (windowAnswers, pauseAnswers, horizonAnswers);

    /// <summary>Answers from a warning to the alarm; 0 where the alarm came at once.</summary>
    public ClockReading DetectionAnswers { get; private set; }

    /// <summary>The same in seconds of event time.</summary>
    public ClockReading DetectionSeconds { get; private set; }

    /// <summary>Answers from an alarm to the first learner that was swapped in, boosted or left out.</summary>
    public ClockReading ReactionAnswers { get; private set; }

    /// <summary>The same in seconds of event time.</summary>
    public ClockReading ReactionSeconds { get; private set; }

    /// <summary>Answers from an alarm until the panel's log-loss was back in its band.</summary>
    public ClockReading RecoveryAnswers { get; private set; }

    /// <summary>The same in seconds of event time.</summary>
    public ClockReading RecoverySeconds { get; private set; }

    /// <summary>Takes the panel's log-loss for one answer; before the members' detectors see theirs.</summary>
    internal void Answered(double logLoss, long atUs)
    {
        _answers++;
        if (_phase == Phase.Alarmed)
        {
            Recover(logLoss, atUs);
            return;
        }
        if (_phase == Phase.Warned && _answers - _sinceAnswers >= _window)
            _phase = Phase.Quiet;
        _quiet.Add(logLoss);
        if (_quiet.Weight < _window)
            return;
        (_quietMean, _quietDeviation) = (_quiet.Mean, Math.Sqrt(_quiet.Variance));
        _quiet = default;
    }

    /// <summary>Hears that a member's detector warns.</summary>
    internal void Warned(long atUs)
    {
        if (_phase == Phase.Quiet)
            Begin(Phase.Warned, atUs);
    }

    /// <summary>Hears of a member's alarm.</summary>
    internal void Alarmed(long atUs)
    {
        if (_phase == Phase.Alarmed)
            return;
        DetectionAnswers = DetectionAnswers.With(_phase == Phase.Warned ? _answers - _sinceAnswers : 0);
        DetectionSeconds = DetectionSeconds.With(_phase == Phase.Warned ? Seconds(atUs) : 0);
        Begin(Phase.Alarmed, atUs);
        _adapted = false;
        _quiet = default;
        _stretchSum = _stretchCount = 0;
    }

    /// <summary>Hears of an adaptation that changed a member.</summary>
    internal void Adapted(long atUs)
    {
        if (_phase != Phase.Alarmed || _adapted)
            return;
        _adapted = true;
        ReactionAnswers = ReactionAnswers.With(_answers - _sinceAnswers);
        ReactionSeconds = ReactionSeconds.With(Seconds(atUs));
    }

    private void Begin(Phase phase, long atUs) => (_phase, _sinceAnswers, _sinceUs) = (phase, _answers, atUs);

    private void Recover(double logLoss, long atUs)
    {
        _stretchSum += logLoss;
        if (++_stretchCount < _stretch)
            return;
        var mean = _stretchSum / _stretchCount;
        _stretchSum = _stretchCount = 0;
        if (double.IsNaN(_quietDeviation))
        {
            if (_answers - _sinceAnswers >= _window)
                _phase = Phase.Quiet;
            return;
        }
        if (mean > _quietMean + Bands * _quietDeviation * Math.Sqrt(_horizon * (1.0 / _stretch + 1.0 / _window)))
            return;
        _phase = Phase.Quiet;
        RecoveryAnswers = RecoveryAnswers.With(_answers - _sinceAnswers);
        RecoverySeconds = RecoverySeconds.With(Seconds(atUs));
    }

    private double Seconds(long atUs) => ((double)atUs - _sinceUs) / SecondUs;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("adaptation-clock", 1);
        writer.Write((int)_phase);
        writer.Write(_adapted);
        writer.Write(_answers);
        writer.Write(_sinceAnswers);
        writer.Write(_sinceUs);
        _quiet.Save(writer);
        writer.Write(_quietMean);
        writer.Write(_quietDeviation);
        writer.Write(_stretchSum);
        writer.Write(_stretchCount);
        foreach (var reading in (ReadOnlySpan<ClockReading>)[DetectionAnswers, DetectionSeconds, ReactionAnswers, ReactionSeconds, RecoveryAnswers, RecoverySeconds])
        {
            writer.Write(reading.Count);
            writer.Write(reading.Last);
            writer.Write(reading.Mean);
        }
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("adaptation-clock", 1);
        _phase = (Phase)reader.ReadInt32(0, (int)Phase.Alarmed);
        _adapted = reader.ReadBool();
        _answers = reader.ReadInt64();
        _sinceAnswers = reader.ReadInt64();
        _sinceUs = reader.ReadInt64();
        _quiet = Welford.Load(reader);
        _quietMean = reader.ReadWithin(-1, 1e3);
        _quietDeviation = reader.ReadDouble();
        _stretchSum = reader.ReadWithin(-1, 1e9);
        _stretchCount = reader.ReadInt32(0, _stretch - 1);
        if (_sinceAnswers < 0 || _answers < _sinceAnswers || _quietDeviation < 0 || double.IsInfinity(_quietDeviation) || !(_quiet.Weight >= 0 && _quiet.Weight < _window)
            || !(Math.Abs(_quiet.Mean) <= 1e3 && _quiet.Variance is >= 0 and <= 1e6))
            throw new CorruptStateException($"adaptation-clock: an episode that began at answer {_sinceAnswers} of {_answers}, with {_quiet.Weight} quiet ones of {_window}, is impossible.");
        DetectionAnswers = Reading(reader);
        DetectionSeconds = Reading(reader);
        ReactionAnswers = Reading(reader);
        ReactionSeconds = Reading(reader);
        RecoveryAnswers = Reading(reader);
        RecoverySeconds = Reading(reader);
    }

    private static ClockReading Reading(StateReader reader)
    {
        var reading = new ClockReading(reader.ReadInt64(), reader.ReadFinite(), reader.ReadFinite());
        return reading is { Count: >= 0, Last: >= 0, Mean: >= 0 } ? reading : throw new CorruptStateException($"adaptation-clock: {reading} is impossible.");
    }
}
