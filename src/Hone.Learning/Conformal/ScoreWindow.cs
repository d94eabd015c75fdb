using Hone.Learning.State;

namespace Hone.Learning.Conformal;

/// <summary>The last scores, kept in order of their size: a new one is inserted and the oldest taken out, nothing is ever sorted anew.</summary>
internal sealed class ScoreWindow(int capacity)
{
    private readonly double[] _ring = new double[capacity];
    private readonly double[] _sorted = new double[capacity];
    private int _at;

    /// <summary>Scores in it.</summary>
    public int Count { get; private set; }

    /// <summary>Scores in it that are below <paramref name="score"/>.</summary>
    public int Below(double score)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_sorted[middle] < score)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>
    /// The ⌈(n + 1)(1 − miss)⌉-th smallest score: what a further score exceeds with probability <paramref name="miss"/> at most, if all are exchangeable. Positive infinity where that is more than
    /// there are (always at 0 and below), negative infinity from 1 up.
    /// </summary>
    public double Quantile(double miss)
    {
        if (miss >= 1)
            return double.NegativeInfinity;
        if (miss <= 0)
            return double.PositiveInfinity;
        var rank = (int)Math.Ceiling((Count + 1) * (1 - miss));
        return rank > Count ? double.PositiveInfinity : _sorted[Math.Max(rank, 1) - 1];
    }

    /// <summary>Takes a score in and, where the window is full, the oldest one out.</summary>
    public void Add(double score)
    {
        if (Count < capacity)
        {
            var to = Below(score);
            _sorted.AsSpan(to, Count - to).CopyTo(_sorted.AsSpan(to + 1));
            _sorted[to] = score;
            Count++;
        }
        else
        {
            // Only what lies between the old and the new one moves.
            var from = Below(_ring[_at]);
            var to = Below(score);
            if (to > from)
            {
                to--;
                _sorted.AsSpan(from + 1, to - from).CopyTo(_sorted.AsSpan(from));
            }
            else
            {
                _sorted.AsSpan(to, from - to).CopyTo(_sorted.AsSpan(to + 1));
            }
            _sorted[to] = score;
        }
        _ring[_at] = score;
        _at = _at + 1 == capacity ? 0 : _at + 1;
    }

    public void Reset() => (Count, _at) = (0, 0);

    public void Save(StateWriter writer)
    {
        writer.Write(Count);
        writer.Write(_at);
        writer.Write(_ring.AsSpan(0, Count));
    }

    public void Load(StateReader reader)
    {
        Count = reader.ReadInt32(0, capacity);
        _at = reader.ReadInt32(0, capacity - 1);
        if (Count < capacity && _at != Count)
            throw new CorruptStateException($"A window of {Count} scores cannot end at {_at}.");
        reader.ReadWithin(_ring.AsSpan(0, Count), 0, double.MaxValue);
        _ring.AsSpan(0, Count).CopyTo(_sorted);
        _sorted.AsSpan(0, Count).Sort();
    }
}
