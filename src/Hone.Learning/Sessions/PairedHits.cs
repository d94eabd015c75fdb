using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>Which of two predictors was right, over the last answers: their accuracies differ by as much as one was right where the other was not.</summary>
internal sealed class PairedHits(int window) : ISaved
{
    private sbyte[] _ring = [];
    private int _next;
    private int _sum;
    private int _discordant;

    /// <summary>Answers in the window.</summary>
    public int Count { get; private set; }

    /// <summary>Accuracy of the first minus that of the second; 0 before the first answer.</summary>
    public double Difference => Count > 0 ? (double)_sum / Count : 0;

    /// <summary>Standard error of <see cref="Difference"/> when both are equally good and <paramref name="horizon"/> consecutive answers overlap.</summary>
    public double StandardError(int horizon) => Count > 0 ? Math.Sqrt((double)_discordant * horizon) / Count : 0;

    public void Add(bool first, bool second)
    {
        var value = (sbyte)((first ? 1 : 0) - (second ? 1 : 0));
        if (Count == _ring.Length && Count < window)
            Array.Resize(ref _ring, Math.Min(window, Math.Max(64, 2 * Count)));
        if (Count == window)
        {
            _sum -= _ring[_next];
            _discordant -= Math.Abs(_ring[_next]);
        }
        else
        {
            Count++;
        }
        _ring[_next] = value;
        _sum += value;
        _discordant += Math.Abs(value);
        if (++_next == window)
            _next = 0;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(Count);
        writer.Write(_next);
        for (var i = 0; i < Count; i++)
            writer.Write((int)_ring[i]);
    }

    public void Load(StateReader reader)
    {
        Count = reader.ReadInt32(0, window);
        _next = reader.ReadInt32(0, window - 1);
        if (Count < window && _next != Count)
            throw new CorruptStateException($"A window of {window} with {Count} answers goes on at {_next}.");
        _ring = new sbyte[Count];
        _sum = _discordant = 0;
        for (var i = 0; i < Count; i++)
        {
            _ring[i] = (sbyte)reader.ReadInt32(-1, 1);
            _sum += _ring[i];
            _discordant += Math.Abs(_ring[i]);
        }
    }
}
