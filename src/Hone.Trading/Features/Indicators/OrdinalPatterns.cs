using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Permutation entropy of order 3 over the last n patterns: 1 when all six orders of three values are equally frequent, 0 when there is only one.</summary>
/// <remarks>Bandt and Pompe, "Permutation entropy: a natural complexity measure for time series", PRL 88(17), 2002. Of equal values the older counts as smaller.</remarks>
public struct OrdinalPatterns : ISaved
{
    private readonly int[] _patterns, _counts;
    // c · ln c for every possible count.
    private readonly double[] _terms;
    private readonly double _logWindow;
    private int _next, _seen;
    private double _last1, _last2;

    /// <summary>Entropy over <paramref name="window"/> patterns (2 to 4096), that is window + 2 values.</summary>
    public OrdinalPatterns(int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, 4096);
        _patterns = new int[window];
        _counts = new int[6];
        _terms = new double[window + 1];
        for (var c = 1; c <= window; c++)
            _terms[c] = c * Elementary.Log(c);
        _logWindow = Elementary.Log(window);
        _last1 = _last2 = double.NaN;
        Value = double.NaN;
    }

    /// <summary>Whether window + 2 values were seen.</summary>
    public readonly bool IsReady => _seen == _patterns.Length;

    /// <summary>The entropy, 0…1; NaN before window + 2 values were seen.</summary>
    public double Value { get; private set; }

    /// <summary>Takes one value.</summary>
    /// <returns><see cref="Value"/>.</returns>
    public double Update(double value)
    {
        var (oldest, middle) = (_last2, _last1);
        (_last2, _last1) = (middle, value);
        if (double.IsNaN(oldest))
            return double.NaN;
        // Rank of the newest (0, 1, 2) and the order of the two before it, without branches.
        var pattern = ((value >= oldest ? 1 : 0) + (value >= middle ? 1 : 0)) * 2 + (middle >= oldest ? 1 : 0);
        if (_seen == _patterns.Length)
            _counts[_patterns[_next]]--;
        else
            _seen++;
        _patterns[_next] = pattern;
        _counts[pattern]++;
        if (++_next == _patterns.Length)
            _next = 0;
        if (_seen < _patterns.Length)
            return double.NaN;
        var counts = _counts;
        var terms = _terms;
        var sum = terms[counts[0]] + terms[counts[1]] + (terms[counts[2]] + terms[counts[3]]) + (terms[counts[4]] + terms[counts[5]]);
        const double InverseLn6 = 0.55811062655124726;
        return Value = Math.Clamp((_logWindow - sum / _patterns.Length) * InverseLn6, 0, 1);
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_patterns);
        writer.Write(_next);
        writer.Write(_seen);
        writer.Write(_last1);
        writer.Write(_last2);
        writer.Write(Value);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Read(_patterns);
        _next = reader.ReadInt32(0, _patterns.Length - 1);
        _seen = reader.ReadInt32(0, _patterns.Length);
        _last1 = reader.ReadFiniteOrNaN();
        _last2 = reader.ReadFiniteOrNaN();
        Value = reader.ReadFiniteOrNaN();
        if (_seen < _patterns.Length && _next != _seen)
            throw new CorruptStateException("The patterns end elsewhere than their count says.");
        Array.Clear(_counts);
        for (var i = 0; i < _patterns.Length; i++)
        {
            if (_patterns[i] is < 0 or > 5)
                throw new CorruptStateException($"There is no pattern {_patterns[i]}; there are six.");
            if (i < _seen)
                _counts[_patterns[i]]++;
        }
    }
}
