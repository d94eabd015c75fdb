using Hone.Learning.Drift;
using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>To be compared with: alarms after every so many values, whatever they are; never, for 0.</summary>
public sealed class DummyDetector : IDriftDetector
{
    private const string SectionName = "dummy-detector";
    private readonly long _every;
    private long _count;

    /// <summary>A detector that looks at nothing.</summary>
    /// <param name="everyRows">Values between alarms; 0 for never.</param>
    public DummyDetector(long everyRows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(everyRows);
        _every = everyRows;
    }

    /// <inheritdoc/>
    /// <remarks>Values since the last alarm.</remarks>
    public double Statistic => _count;

    /// <inheritdoc/>
    public double Threshold => _every > 0 ? _every : double.PositiveInfinity;

    /// <inheritdoc/>
    public DriftLevel Update(double value)
    {
        if (_every == 0)
            return DriftLevel.None;
        if (_count == _every)
            _count = 0;
        return ++_count == _every ? DriftLevel.Drift : DriftLevel.None;
    }

    /// <inheritdoc/>
    public void Reset() => _count = 0;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_count);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _count = reader.ReadInt64();
        if (_count < 0 || _count > _every)
            throw new CorruptStateException($"dummy-detector: {_count} values since an alarm every {_every} are impossible.");
    }
}
