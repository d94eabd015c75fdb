using Hone.Learning.Numerics;

namespace Hone.Learning.Streams;

/// <summary>Which concept holds when.</summary>
/// <remarks>A gradual change draws each row from the new concept with a probability that rises linearly over the width; published streams use a sigmoid with the
/// same middle, whose tails make the change's start unknown (Bifet, Holmes, Kirkby, Pfahringer, "MOA", JMLR 11, 2010).</remarks>
public sealed class ConceptSchedule
{
    private readonly int[] _concepts;
    private readonly DriftChange[] _changes;

    /// <summary>Concepts in turn, the next one after the same number of rows.</summary>
    /// <param name="concepts">The concepts as numbers of the generator's list; one alone means no change.</param>
    /// <param name="everyRows">Rows between the starts of two changes.</param>
    /// <param name="width">Rows of each change, at most <paramref name="everyRows"/>; 0 for at once.</param>
    public ConceptSchedule(ReadOnlySpan<int> concepts, long everyRows, long width = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(concepts.Length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(everyRows, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, everyRows);
        foreach (var concept in concepts)
            ArgumentOutOfRangeException.ThrowIfNegative(concept);
        _concepts = concepts.ToArray();
        _changes = new DriftChange[concepts.Length - 1];
        for (var i = 0; i < _changes.Length; i++)
            _changes[i] = new((i + 1) * everyRows, width);
    }

    /// <summary>The first concept for ever.</summary>
    public static ConceptSchedule Fixed(int concept = 0) => new([concept], 1);

    /// <summary>Where the concept changes.</summary>
    public IReadOnlyList<DriftChange> Changes => _changes;

    /// <summary>The last concept.</summary>
    public int Last => _concepts[^1];

    /// <summary>Largest number of a concept.</summary>
    internal int Max => _concepts.Max();

    /// <summary>The two concepts between which a row lies, and the share of the second; the same twice outside of changes.</summary>
    internal (int From, int To, double Share) At(long row)
    {
        var k = 0;
        while (k < _changes.Length && row >= _changes[k].Row)
            k++;
        if (k == 0)
            return (_concepts[0], _concepts[0], 0);
        var (start, width) = _changes[k - 1];
        var share = width == 0 ? 1 : Math.Min(1, (row - start + 1.0) / width);
        return share < 1 ? (_concepts[k - 1], _concepts[k], share) : (_concepts[k], _concepts[k], 0);
    }

    /// <summary>The concept of a row; within a change one of two by chance.</summary>
    internal int Draw(long row, ref Rng random)
    {
        var (from, to, share) = At(row);
        return share > 0 && random.NextDouble() < share ? to : from;
    }
}
