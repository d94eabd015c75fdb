using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>
/// What the two baselines of a classification say: the label that was known last, and the label that was known most often (the lowest of several). The newest <c>delay</c> labels
/// are not known yet; without any label both say 0.
/// </summary>
internal sealed class LabelBaselines(int classes, int delay)
{
    public const int ClassesMax = 1_024;
    public const int DelayMax = 1_000_000;

    private readonly long[] _known = new long[classes];
    private readonly int[] _recent = new int[delay];
    private int _recentAt;
    private int _recentCount;

    public int Delay => delay;

    /// <summary>The label that was known last.</summary>
    public int Last { get; private set; }

    /// <summary>The label that was known most often.</summary>
    public int Majority { get; private set; }

    public static void Check(int classes, int delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, ClassesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(delay);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, DelayMax);
    }

    /// <summary>Takes a label in; it is known after as many further ones as the delay.</summary>
    public void Add(int label)
    {
        if (delay == 0)
        {
            Know(label);
            return;
        }
        if (_recentCount == delay)
            Know(Oldest());
        _recent[_recentAt] = label;
        _recentAt = _recentAt + 1 == delay ? 0 : _recentAt + 1;
        _recentCount++;
    }

    /// <summary>Takes in what another has seen, as if its labels had come after these.</summary>
    public void Merge(LabelBaselines other)
    {
        // Labels that wait here are older than all of the other; those that the other's waiting ones do not push out keep waiting.
        for (var still = Math.Min(_recentCount, delay - other._recentCount); _recentCount > still;)
            Know(Oldest());
        var known = 0L;
        for (var k = 0; k < classes; k++)
        {
            known += other._known[k];
            _known[k] += other._known[k];
        }
        if (known > 0)
            Last = other.Last;
        for (var i = 0; i < other._recentCount; i++)
            Add(other._recent[(other._recentAt - other._recentCount + i + delay) % delay]);
        Majority = MostFrequent();
    }

    public void Reset()
    {
        Array.Clear(_known);
        Array.Clear(_recent);
        (_recentAt, _recentCount, Last, Majority) = (0, 0, 0, 0);
    }

    public void Save(StateWriter writer)
    {
        writer.Write(_known);
        writer.Write(_recent);
        writer.Write(_recentAt);
        writer.Write(_recentCount);
        writer.Write(Last);
    }

    /// <summary>Reads what was saved.</summary>
    /// <returns>Labels seen, known or not.</returns>
    public long Load(StateReader reader)
    {
        reader.Read(_known);
        reader.Read(_recent);
        _recentAt = reader.ReadInt32(0, Math.Max(0, delay - 1));
        _recentCount = reader.ReadInt32(0, delay);
        Last = reader.ReadInt32(0, classes - 1);
        long seen = _recentCount;
        foreach (var count in _known)
            seen += count is >= 0 and <= 1L << 50 ? count : throw new CorruptStateException($"A class cannot have come {count} times.");
        foreach (var label in _recent)
            if ((uint)label >= (uint)classes)
                throw new CorruptStateException($"There is no class {label}.");
        Majority = MostFrequent();
        return seen;
    }

    private int Oldest()
    {
        var at = _recentAt - _recentCount;
        _recentCount--;
        return _recent[at < 0 ? at + delay : at];
    }

    private void Know(int label)
    {
        Last = label;
        var count = ++_known[label];
        if (count > _known[Majority] || (count == _known[Majority] && label < Majority))
            Majority = label;
    }

    private int MostFrequent()
    {
        var most = 0;
        for (var k = 1; k < classes; k++)
            if (_known[k] > _known[most])
                most = k;
        return most;
    }
}
