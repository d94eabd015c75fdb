using Hone.Learning.Drift;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>
/// A detector on the losses of a learner. Where neighbouring labels overlap it sees the means of as many losses as do; losses
/// that have no range are spread over 0…1 first.
/// </summary>
internal sealed class DriftWatch(IDriftDetector detector, int blockRows, bool spread) : ISaved
{
    private readonly LossScaler? _scaler = spread ? new(new LossScalerOptions()) : null;
    private double _sum;
    private int _count;
    private DriftLevel _level;

    /// <summary>Takes the loss of one example and answers with the level after the last complete block; drift is said once.</summary>
    public DriftLevel Add(double loss)
    {
        if (_level == DriftLevel.Drift)
            _level = DriftLevel.None;
        _sum += loss;
        if (++_count < blockRows)
            return _level;
        var value = _sum / _count;
        _sum = _count = 0;
        if (_scaler is not null && !_scaler.TryScale(value, out value))
            return _level = DriftLevel.None;
        return _level = detector.Update(value);
    }

    /// <summary>Forgets everything: the losses of another learner follow.</summary>
    public void Reset()
    {
        detector.Reset();
        _scaler?.Reset();
        _sum = _count = 0;
        _level = DriftLevel.None;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(_sum);
        writer.Write(_count);
        writer.Write((int)_level);
        _scaler?.Save(writer);
        detector.Save(writer);
    }

    public void Load(StateReader reader)
    {
        _sum = spread ? reader.ReadWithin(0, blockRows * DriftInput.MagnitudeMax) : reader.ReadWithin(0, blockRows);
        _count = reader.ReadInt32(0, blockRows - 1);
        if (_sum > (spread ? DriftInput.MagnitudeMax : 1) * _count)
            throw new CorruptStateException($"{_count} losses sum to {_sum}.");
        _level = (DriftLevel)reader.ReadInt32(0, (int)DriftLevel.Drift);
        _scaler?.Load(reader);
        detector.Load(reader);
    }
}
