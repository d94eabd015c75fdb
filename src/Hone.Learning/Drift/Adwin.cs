using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>What an <see cref="Adwin"/> keeps after it has reported drift.</summary>
public enum AdwinAfterDrift
{
    /// <summary>Nothing: one change is reported once.</summary>
    Reset = 0,

    /// <summary>The newest part of the window that passes the test, as in the paper: a large change is reported again while the old values leave.</summary>
    Shrink = 1,
}

/// <summary>Options of <see cref="Adwin"/>.</summary>
public sealed record AdwinOptions
{
    /// <summary>Probability of a false cut at one check, from 1e-12 to 0.5.</summary>
    [Range(1e-12, 0.5)] public double Delta { get; init; } = 0.002;

    /// <summary>The same for a warning, which cuts nothing; at least <see cref="Delta"/>.</summary>
    [Range(1e-12, 0.5)] public double WarningDelta { get; init; } = 0.01;

    /// <summary>A check every so many values.</summary>
    [Range(1, 1 << 20)] public int Clock { get; init; } = 32;

    /// <summary>Buckets of one size before the two oldest are merged; more means finer splits and slower checks.</summary>
    [Range(2, 64)] public int BucketsPerRow { get; init; } = 5;

    /// <summary>Both parts of a split must be longer than this plus one value.</summary>
    [Range(1, 1 << 20)] public int MinWindow { get; init; } = 5;

    /// <summary>Which change is reported. A change the other way still cuts the window, silently, so that the mean it compares with stays the present one.</summary>
    public DriftDirection Direction { get; init; } = DriftDirection.Up;

    /// <summary>What is kept after a reported drift.</summary>
    public AdwinAfterDrift AfterDrift { get; init; } = AdwinAfterDrift.Reset;
}

/// <summary>
/// Adaptive windowing: keeps the longest window of values whose mean has not changed, in logarithmic memory, and
/// reports when old values had to go. Takes values in 0…1 and refuses others.
/// </summary>
/// <remarks>
/// <para>Bifet, Gavaldà, "Learning from time-changing data with adaptive windowing", SDM 2007 (ADWIN2): a window splits into an old
/// part of n₀ and a new one of n₁ values; it is cut when the means differ by more than √(2mσ²d) + ⅔dm with m = 1/(n₀−w+1) + 1/(n₁−w+1),
/// d = ln(2 ln n / δ), w the minimum window and σ² the window's variance. A cut drops the oldest bucket and tests again. The
/// defaults are those of MOA and River; the splits are tested at every bucket border, as in MOA.</para>
/// <para>δ is a promise per check for independent values. Overlapping losses are not independent: feed means of blocks.</para>
/// <para><see cref="Statistic"/> is the recent mean minus the older one (its magnitude when both directions are watched) at the split
/// where it comes closest to its <see cref="Threshold"/>; both are renewed at every check.</para>
/// </remarks>
public sealed class Adwin : IDriftDetector
{
    private const string SectionName = "adwin";
    private const int RowsMax = 48;
    private const int WidthGrace = 10;

    private readonly AdwinOptions _options;
    private readonly int _slots;
    private readonly double[] _sums;
    private readonly double[] _squares;
    private readonly int[] _counts;
    private int _rows;
    private long _width;
    private double _total;
    private double _totalSquares;
    private int _sinceCheck;
    private bool _forgetReport;
    private DriftLevel _level;

    /// <summary>An empty window.</summary>
    /// <exception cref="InvalidOptionsException">The warning is stricter than the alarm, or a choice does not exist.</exception>
    public Adwin(AdwinOptions options)
        : this(options, RowsMax)
    {
    }

    /// <summary>An empty window in less memory, for those who need thousands.</summary>
    /// <param name="options">How it watches.</param>
    /// <param name="rowsMax">Rows of buckets, each of twice the size: the window never becomes longer than about <see cref="AdwinOptions.BucketsPerRow"/> · 2^rowsMax values.</param>
    internal Adwin(AdwinOptions options, int rowsMax)
    {
        if (options.WarningDelta < options.Delta)
            throw new InvalidOptionsException($"adwin: warning_delta is {options.WarningDelta}; it must be at least delta, {options.Delta}.");
        if (!Enum.IsDefined(options.Direction) || !Enum.IsDefined(options.AfterDrift))
            throw new InvalidOptionsException($"adwin: direction {options.Direction} or after_drift {options.AfterDrift} does not exist.");
        _options = options;
        _slots = options.BucketsPerRow + 1;
        _counts = new int[rowsMax];
        _sums = new double[rowsMax * _slots];
        _squares = new double[rowsMax * _slots];
        Reset();
    }

    /// <inheritdoc/>
    public double Statistic { get; private set; }

    /// <inheritdoc/>
    public double Threshold { get; private set; }

    /// <summary>Values in the window.</summary>
    public long Width => _width;

    /// <summary>Mean of the window; 0 when it is empty.</summary>
    public double Mean => _width > 0 ? _total / _width : 0;

    /// <summary>Population variance of the window; 0 when it is empty.</summary>
    public double Variance => _width > 0 ? Math.Max(0, _totalSquares) / _width : 0;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or outside 0…1: the bound holds for that range only.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireUnitInterval(value);
        if (_forgetReport)
            ForgetReport();
        Insert(value);
        if (++_sinceCheck < _options.Clock)
            return _level;
        _sinceCheck = 0;
        if (_width > WidthGrace)
            Check();
        return _level;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Empty();
        ForgetReport();
    }

    private void Empty()
    {
        Array.Clear(_counts);
        _rows = 0;
        _width = 0;
        _total = 0;
        _totalSquares = 0;
        _sinceCheck = 0;
    }

    private void ForgetReport()
    {
        _forgetReport = false;
        _level = DriftLevel.None;
        Statistic = 0;
        Threshold = double.PositiveInfinity;
    }

    private void Insert(double value)
    {
        if (_width > 0)
        {
            double n = _width;
            var deviation = value - _total / n;
            _totalSquares += n * deviation * deviation / (n + 1);
        }
        else
        {
            _rows = 1;
        }
        _width++;
        _total += value;
        var slot = _counts[0]++;
        _sums[slot] = value;
        _squares[slot] = 0;
        if (slot == _options.BucketsPerRow)
            Compress();
    }

    /// <summary>Merges the two oldest buckets of every row that is over its limit into one of the next row.</summary>
    private void Compress()
    {
        for (var row = 0; _counts[row] > _options.BucketsPerRow && row + 1 < _counts.Length; row++)
        {
            var at = row * _slots;
            var sums = _sums.AsSpan(at, _slots);
            var squares = _squares.AsSpan(at, _slots);
            double size = 1L << row;
            var difference = (sums[0] - sums[1]) / size;
            var to = at + _slots + _counts[row + 1]++;
            _sums[to] = sums[0] + sums[1];
            _squares[to] = squares[0] + squares[1] + 0.5 * size * difference * difference;
            var left = _counts[row] -= 2;
            for (var i = 0; i < left; i++)
            {
                sums[i] = sums[i + 2];
                squares[i] = squares[i + 2];
            }
            if (row + 1 == _rows)
                _rows++;
        }
        if (_counts[^1] > _options.BucketsPerRow)
            DropOldest();
    }

    private void Check()
    {
        var reported = false;
        Split split;
        while ((split = Scan()).Cuts)
        {
            if (Directed(split.Rise) > 0)
            {
                reported = true;
                Statistic = Directed(split.Rise);
                Threshold = split.Bound;
                if (_options.AfterDrift == AdwinAfterDrift.Reset)
                    break;
            }
            DropOldest();
        }
        if (reported)
        {
            _level = DriftLevel.Drift;
            _forgetReport = true;
            if (_options.AfterDrift == AdwinAfterDrift.Reset)
                Empty();
            return;
        }
        Statistic = Directed(split.Rise);
        Threshold = split.Bound;
        _level = split.Harmonic > 0 && Statistic > Bound(split.Harmonic, LogTerm(_options.WarningDelta)) ? DriftLevel.Warning : DriftLevel.None;
    }

    /// <summary>Tests every bucket border from the oldest on. Answers with the first that cuts, else with the one that comes closest to a reported cut.</summary>
    private Split Scan()
    {
        var logTerm = LogTerm(_options.Delta);
        var closest = new Split(0, double.PositiveInfinity, 0, false);
        double n0 = 0, sum0 = 0, n1 = _width, sum1 = _total;
        var min = _options.MinWindow;

        // Both bounds are above √(2mσ²d), so most borders are ruled out by their squares, without a division or a root; the slack is for rounding.
        var least = 2 * Variance * logTerm * (1 - 1e-9);
        double upRatio = 0, downRatio = 0;
        for (var row = _rows - 1; row >= 0; row--)
        {
            double size = 1L << row;
            var at = row * _slots;
            for (var end = at + _counts[row]; at < end; at++)
            {
                n0 += size;
                n1 -= size;
                if (n1 <= min + 1)
                    return closest;
                sum0 += _sums[at];
                sum1 -= _sums[at];
                if (n0 <= min + 1)
                    continue;
                double scaled = sum1 * n0 - sum0 * n1, a = n0 - min + 1, b = n1 - min + 1, both = n0 * n1;
                var ratio = scaled > 0 ? upRatio : downRatio;
                if (ratio > 0 && scaled * scaled * a * b < ratio * ratio * least * (a + b) * both * both)
                    continue;
                var rise = sum1 / n1 - sum0 / n0;
                var harmonic = 1 / (n0 - min + 1) + 1 / (n1 - min + 1);
                var bound = Bound(harmonic, logTerm);
                if (Math.Abs(rise) > bound)
                    return new(rise, bound, harmonic, true);
                if (closest.Harmonic != 0 && !(Directed(rise) * closest.Bound > Directed(closest.Rise) * bound))
                    continue;
                closest = new(rise, bound, harmonic, false);
                var reached = Directed(rise) / bound;
                if (reached > 0)
                    (upRatio, downRatio) = _options.Direction switch
                    {
                        DriftDirection.Up => (reached, 1),
                        DriftDirection.Down => (1, reached),
                        _ => (reached, reached),
                    };
            }
        }
        return closest;
    }

    private double Directed(double rise) => _options.Direction switch
    {
        DriftDirection.Up => rise,
        DriftDirection.Down => -rise,
        _ => Math.Abs(rise),
    };

    private double LogTerm(double delta) => Elementary.Log(2 * Elementary.Log(_width) / delta);

    private double Bound(double harmonic, double logTerm) => Math.Sqrt(2 * harmonic * Variance * logTerm) + 2.0 / 3 * logTerm * harmonic;

    private void DropOldest()
    {
        var row = _rows - 1;
        var at = row * _slots;
        double size = 1L << row;
        _width -= 1L << row;
        _total -= _sums[at];
        var difference = _sums[at] / size - _total / _width;
        _totalSquares -= _squares[at] + size * _width * difference * difference / (size + _width);
        var left = --_counts[row];
        for (var i = at; i < at + left; i++)
        {
            _sums[i] = _sums[i + 1];
            _squares[i] = _squares[i + 1];
        }
        while (_rows > 1 && _counts[_rows - 1] == 0)
            _rows--;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_rows);
        for (var row = 0; row < _rows; row++)
        {
            writer.Write(_counts[row]);
            writer.Write(_sums.AsSpan(row * _slots, _counts[row]));
            writer.Write(_squares.AsSpan(row * _slots, _counts[row]));
        }
        writer.Write(_total);
        writer.Write(_totalSquares);
        writer.Write(_sinceCheck);
        writer.Write(_forgetReport);
        writer.Write((int)_level);
        writer.Write(Statistic);
        writer.Write(Threshold);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        Array.Clear(_counts);
        _rows = reader.ReadInt32(0, _counts.Length);
        _width = 0;
        double total = 0;
        for (var row = 0; row < _rows; row++)
        {
            var count = _counts[row] = reader.ReadInt32(row == _rows - 1 ? 1 : 0, _options.BucketsPerRow);
            var sums = _sums.AsSpan(row * _slots, count);
            var squares = _squares.AsSpan(row * _slots, count);
            reader.Read(sums);
            reader.Read(squares);
            double size = 1L << row;
            for (var i = 0; i < count; i++)
            {
                // Sums and squares of values in 0…1; the slack is for rounding.
                if (!(sums[i] >= 0 && sums[i] <= size * (1 + 1e-9) && squares[i] >= 0 && squares[i] <= size))
                    throw new CorruptStateException($"adwin: a bucket of {size} values has the sum {sums[i]} and the squares {squares[i]}.");
                total += sums[i];
            }
            _width += (long)count << row;
        }
        _total = reader.ReadFinite();
        _totalSquares = reader.ReadFinite();
        if (Math.Abs(_total - total) > 1e-6 * (1 + total) || !(Math.Abs(_totalSquares) <= _width + 1.0))
            throw new CorruptStateException($"adwin: the window's sum {_total} is not that of its buckets, {total}, or its squares {_totalSquares} are impossible.");
        _sinceCheck = reader.ReadInt32(0, _options.Clock - 1);
        _forgetReport = reader.ReadBool();
        _level = (DriftLevel)reader.ReadInt32(0, (int)DriftLevel.Drift);
        Statistic = reader.ReadFinite();
        Threshold = reader.ReadDouble();
        if (!(Threshold > 0) || _forgetReport != (_level == DriftLevel.Drift))
            throw new CorruptStateException($"adwin: the level {_level} does not go with the threshold {Threshold}.");
    }

    private readonly record struct Split(double Rise, double Bound, double Harmonic, bool Cuts);
}
