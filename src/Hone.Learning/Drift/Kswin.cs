using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>Options of <see cref="Kswin"/>.</summary>
public sealed record KswinOptions
{
    /// <summary>Values that are remembered; more than twice <see cref="Recent"/>. Published 100.</summary>
    [Range(20, 100_000)] public int Window { get; init; } = 700;

    /// <summary>The newest of them, which are compared with all the others; tests begin when there are as many older ones. Published 30.</summary>
    [Range(5, 50_000)] public int Recent { get; init; } = 200;

    /// <summary>Probability of a false alarm at one value. Published 0.005, at every value, together with a distance above 0.1.</summary>
    [Range(1e-15, 0.5)] public double Alpha { get; init; } = 5e-6;

    /// <summary>The same for a warning; at least <see cref="Alpha"/>.</summary>
    [Range(1e-15, 0.5)] public double WarningAlpha { get; init; } = 1e-3;

    /// <summary>Which change is reported: up means that values have become larger as a whole, both that their distribution is another one in any way.</summary>
    public DriftDirection Direction { get; init; } = DriftDirection.Up;
}

/// <summary>
/// Kolmogorov–Smirnov windowing: compares the distribution of the newest values with that of the older ones in a sliding window. Takes any finite value.
/// </summary>
/// <remarks>
/// <para>Raab, Heusinger, Schleif, "Reactive soft prototype computing for concept drift streams", Neurocomputing 416, 2020. The published test draws as many of the
/// older values at random as there are new ones, at every value, at a level of 0.005: normal values that never change raise 142 alarms in 100,000, clustered
/// volatility 199. Here the newest values are compared with all the older ones, no chance is in it, and the level is one for a whole stream: the probability of an
/// alarm at a value is at most α, so there are at most α·n false alarms in n independent values, however strongly the looks overlap.
/// Clustered volatility is no such stream: watched both ways it raises 6 in 100,000.</para>
/// <para>D⁺ = max(F_old − F_new) for a rise; drift when it reaches √(ln(1/α)/2·(n₀+n₁)/(n₀n₁)); for both directions ln(2/α) (Smirnov 1939).</para>
/// <para>Both samples are kept sorted: a value that leaves and one that enters move what lies between them. One value
/// changes the distance by at most 1/n₀ + 1/n₁, so it need not be computed before it can have reached the warning: the levels are exactly those of a test at every value,
/// <see cref="Statistic"/> is the last distance that was computed. Some 0.5 µs a value.</para>
/// </remarks>
public sealed class Kswin : IDriftDetector
{
    private const string SectionName = "kswin";

    private readonly KswinOptions _options;
    private readonly int _recentSize;
    private readonly double[] _values;
    private readonly double[] _recent;
    private readonly double[] _older;
    private readonly double _log;
    private readonly double _warningLog;
    private int _at;
    private int _count;
    private int _untilTest;
    private DriftOutcome _outcome;

    /// <summary>An empty window.</summary>
    /// <exception cref="InvalidOptionsException">The newest values are not less than half of the window, or the warning is stricter than the alarm.</exception>
    public Kswin(KswinOptions options)
    {
        if (options.Window < 2 * options.Recent)
            throw new InvalidOptionsException($"kswin: window is {options.Window}; it must be at least twice recent, {options.Recent}.");
        DriftInput.RequireAlphas(SectionName, options.Alpha, options.WarningAlpha);
        DriftInput.RequireDirection(SectionName, options.Direction);
        _options = options;
        _recentSize = options.Recent;
        _values = new double[options.Window];
        _recent = new double[options.Recent];
        _older = new double[options.Window - options.Recent];
        var sides = options.Direction == DriftDirection.Both ? 2 : 1;
        _log = 0.5 * Elementary.Log(sides / options.Alpha);
        _warningLog = 0.5 * Elementary.Log(sides / options.WarningAlpha);
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>The distance of the two distributions when it was last computed.</remarks>
    public double Statistic => _outcome.Statistic;

    /// <inheritdoc/>
    public double Threshold => _outcome.Threshold;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN, infinite or above 1e100 in magnitude.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireFinite(value);
        if (_outcome.Level == DriftLevel.Drift)
            Reset();
        Insert(value);
        if (_count < 2 * _recentSize || --_untilTest > 0)
            return _outcome.Level;
        return Test();
    }

    private void Insert(double value)
    {
        if (_count < _recentSize)
        {
            Enter(_recent.AsSpan(0, _count + 1), value);
        }
        else
        {
            var from = _at - _recentSize;
            var leaving = _values[from < 0 ? from + _values.Length : from];
            Replace(_recent, leaving, value);
            if (_count < _values.Length)
                Enter(_older.AsSpan(0, _count - _recentSize + 1), leaving);
            else
                Replace(_older, _values[_at], leaving);
        }
        _values[_at] = value;
        _at = _at + 1 == _values.Length ? 0 : _at + 1;
        _count = Math.Min(_count + 1, _values.Length);
    }

    private DriftLevel Test()
    {
        double older = _count - _recentSize, recent = _recentSize, olderMax = _older.Length;
        var spread = (older + recent) / (older * recent);
        var distance = Distance((int)older);

        // The limits fall while the window fills: what counts for the rows left out is the lowest.
        var lowest = Math.Sqrt(_warningLog * (olderMax + recent) / (olderMax * recent));
        var rows = (lowest - distance) / (1 / older + 1 / recent) - 1e-9;
        _untilTest = rows > 1 ? (int)Math.Ceiling(rows) : 1;
        return _outcome.Test(distance, Math.Sqrt(_log * spread), Math.Sqrt(_warningLog * spread));
    }

    private double Distance(int older)
    {
        ReadOnlySpan<double> a = _older.AsSpan(0, older), b = _recent;
        int i = 0, j = 0;
        long up = 0, down = 0, difference = 0, stepA = b.Length, stepB = a.Length;
        var last = double.NegativeInfinity;

        // Without branches on the values, which nobody can predict: the smaller one steps on, both when they are equal, and a difference
        // counts when a larger value comes after it.
        while (i < a.Length && j < b.Length)
        {
            double first = a[i], second = b[j];
            var value = first < second ? first : second;
            var counted = value > last ? difference : 0;
            up = Math.Max(up, counted);
            down = Math.Max(down, -counted);
            last = value;
            var isFirst = first <= second;
            var isSecond = second <= first;
            i += isFirst ? 1 : 0;
            j += isSecond ? 1 : 0;
            difference += (isFirst ? stepA : 0) - (isSecond ? stepB : 0);
        }

        // What one sample has left when the other has ended brings the two together, but for values equal to the last.
        for (; i < a.Length && a[i] == last; i++)
            difference += stepA;
        for (; j < b.Length && b[j] == last; j++)
            difference -= stepB;
        up = Math.Max(up, difference);
        down = Math.Max(down, -difference);
        var largest = _options.Direction switch
        {
            DriftDirection.Up => up,
            DriftDirection.Down => down,
            _ => Math.Max(up, down),
        };
        return largest / ((double)a.Length * b.Length);
    }

    private static void Enter(Span<double> sorted, double value)
    {
        var at = Below(sorted[..^1], value);
        sorted[at..^1].CopyTo(sorted[(at + 1)..]);
        sorted[at] = value;
    }

    private static void Replace(Span<double> sorted, double leaving, double value)
    {
        if (leaving == value)
            return;
        var from = Below(sorted, leaving);
        var to = Below(sorted, value);
        if (to > from)
        {
            sorted[(from + 1)..to].CopyTo(sorted[from..]);
            sorted[to - 1] = value;
        }
        else
        {
            sorted[to..from].CopyTo(sorted[(to + 1)..]);
            sorted[to] = value;
        }
    }

    /// <summary>How many are below the value.</summary>
    private static int Below(ReadOnlySpan<double> sorted, double value)
    {
        var low = 0;
        for (var length = sorted.Length; length > 0;)
        {
            var half = (length + 1) >> 1;
            low += -(sorted[low + half - 1] < value ? 1 : 0) & half;
            length -= half;
        }
        return low;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _at = 0;
        _count = 0;
        _untilTest = 1;
        _outcome = DriftOutcome.None;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_count);
        writer.Write(_at);
        writer.Write(_values.AsSpan(0, _count));
        writer.Write(_untilTest);
        _outcome.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _count = reader.ReadInt32(0, _values.Length);
        _at = reader.ReadInt32(0, _values.Length - 1);
        if (_count < _values.Length && _at != _count)
            throw new CorruptStateException($"kswin: {_count} values cannot end at {_at}.");
        reader.ReadWithin(_values.AsSpan(0, _count), -DriftInput.MagnitudeMax, DriftInput.MagnitudeMax);
        _untilTest = reader.ReadInt32(1, 2 * _values.Length);
        _outcome = DriftOutcome.Load(reader, 0, 1);
        Sort();
    }

    /// <summary>Takes both sorted samples from the window.</summary>
    private void Sort()
    {
        var recent = Math.Min(_count, _recentSize);
        for (var i = 0; i < _count; i++)
        {
            // From the newest back.
            var at = _at - 1 - i;
            var value = _values[at < 0 ? at + _values.Length : at];
            if (i < recent)
                _recent[i] = value;
            else
                _older[i - recent] = value;
        }
        _recent.AsSpan(0, recent).Sort();
        _older.AsSpan(0, _count - recent).Sort();
    }
}
