using Hone.Learning.Drift;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>
/// A detector on the losses of a learner. Where neighbouring labels overlap it sees the means of as many losses as do.
/// </summary>
/// <remarks>
/// A loss that has no range is seen as loss / (loss + typical), from 0 to 1, with the mean of the last thousand or so losses as the typical one: a sudden rise stands out for
/// as long, a learner that has only begun and improves does not hide it, and one wild loss counts 1.
/// </remarks>
internal sealed class DriftWatch(IDriftDetector detector, int blockRows, bool unbounded) : ISaved
{
    private const double TypicalMemory = 1_000;

    private double _typical;
    private long _seen;
    private double _sum;
    private int _count;
    private DriftLevel _level;

    /// <summary>Takes the loss of one example and answers with the level after the last complete block; drift is said once.</summary>
    public DriftLevel Add(double loss)
    {
        if (_level == DriftLevel.Drift)
            _level = DriftLevel.None;
        _sum += unbounded ? Relative(loss) : loss;
        if (++_count < blockRows)
            return _level;
        var mean = _sum / _count;
        _sum = _count = 0;
        return _level = detector.Update(mean);
    }

    /// <summary>Forgets everything: the losses of another learner follow.</summary>
    public void Reset()
    {
        detector.Reset();
        (_typical, _seen) = (0, 0);
        _sum = _count = 0;
        _level = DriftLevel.None;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(_typical);
        writer.Write(_seen);
        writer.Write(_sum);
        writer.Write(_count);
        writer.Write((int)_level);
        detector.Save(writer);
    }

    public void Load(StateReader reader)
    {
        _typical = reader.ReadWithin(0, DriftInput.MagnitudeMax);
        _seen = reader.ReadInt64();
        _sum = reader.ReadWithin(0, blockRows);
        _count = reader.ReadInt32(0, blockRows - 1);
        if (_seen < 0 || _sum > _count)
            throw new CorruptStateException($"{_count} losses that sum to {_sum}, after {_seen}, are impossible.");
        _level = (DriftLevel)reader.ReadInt32(0, (int)DriftLevel.Drift);
        detector.Load(reader);
    }

    private double Relative(double loss)
    {
        var sum = loss + _typical;
        var relative = sum > 0 ? Math.Min(loss / sum, 1) : 0.5;
        _seen = Math.Min(_seen + 1, (long)TypicalMemory);
        _typical += (loss - _typical) / _seen;
        return relative;
    }
}
