using Hone.Learning.Drift;
using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>
/// A member's drift detectors. Overlapping losses alarm on nothing, so detectors see the mean of h consecutive ones, scaled so
/// that what moves is visible.
/// </summary>
internal sealed class LossWatch(IReadOnlyList<string> names, IDriftDetector[] detectors, int horizon) : ISaved
{
    private readonly LossScaler _scaler = new(new LossScalerOptions());
    private double _sum;
    private int _count;

    /// <summary>Highest level of the detectors at the last complete block.</summary>
    public DriftLevel Level { get; private set; }

    /// <summary>The first detector at <see cref="Level"/>; −1 while that is none.</summary>
    public int Loudest { get; private set; } = -1;

    public int Count => detectors.Length;

    public string Name(int detector) => names[detector];

    public DriftLevel LevelOf(int detector) => _levels[detector];

    public IDriftDetector this[int detector] => detectors[detector];

    /// <summary>Event time of a detector's last alarm, whichever learner it watched then; null before the first.</summary>
    public long? LastDriftAtUs(int detector) => _driftAtUs[detector] == long.MinValue ? null : _driftAtUs[detector];

    private readonly DriftLevel[] _levels = new DriftLevel[detectors.Length];
    private readonly long[] _driftAtUs = [.. Enumerable.Repeat(long.MinValue, detectors.Length)];

    /// <summary>Takes the loss of one answer at that event time.</summary>
    /// <returns>Whether it completed a block of h; the levels are those after that block.</returns>
    public bool Add(double loss, long atUs)
    {
        _sum += loss;
        if (++_count < horizon)
            return false;
        var block = _sum / _count;
        _sum = _count = 0;
        Level = DriftLevel.None;
        Loudest = -1;
        if (!_scaler.TryScale(block, out var scaled))
            return true;
        for (var i = 0; i < detectors.Length; i++)
        {
            _levels[i] = detectors[i].Update(scaled);
            if (_levels[i] == DriftLevel.Drift)
                _driftAtUs[i] = atUs;
            if (_levels[i] > Level)
                (Level, Loudest) = (_levels[i], i);
        }
        return true;
    }

    /// <summary>Forgets everything: another learner's losses follow.</summary>
    public void Reset()
    {
        foreach (var detector in detectors)
            detector.Reset();
        _scaler.Reset();
        _sum = _count = 0;
        Level = DriftLevel.None;
        Loudest = -1;
        Array.Clear(_levels);
    }

    public void Save(StateWriter writer)
    {
        writer.Write(_sum);
        writer.Write(_count);
        foreach (var level in _levels)
            writer.Write((int)level);
        writer.Write(_driftAtUs);
        foreach (var detector in detectors)
            detector.Save(writer);
        _scaler.Save(writer);
    }

    public void Load(StateReader reader)
    {
        _sum = reader.ReadWithin(0, horizon);
        _count = reader.ReadInt32(0, horizon - 1);
        Level = DriftLevel.None;
        Loudest = -1;
        for (var i = 0; i < detectors.Length; i++)
        {
            _levels[i] = (DriftLevel)reader.ReadInt32(0, (int)DriftLevel.Drift);
            if (_levels[i] > Level)
                (Level, Loudest) = (_levels[i], i);
        }
        reader.Read(_driftAtUs);
        foreach (var detector in detectors)
            detector.Load(reader);
        _scaler.Load(reader);
    }
}
