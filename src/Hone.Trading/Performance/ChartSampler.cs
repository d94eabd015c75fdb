using Hone.Learning.State;

namespace Hone.Trading.Performance;

/// <summary>How the values of several bars become one point.</summary>
public enum ChartAggregate
{
    /// <summary>The last value: equity, drawdown, accuracy, weight, close.</summary>
    Last,

    /// <summary>The first value: open.</summary>
    First,

    /// <summary>The largest value: high.</summary>
    Max,

    /// <summary>The smallest value: low.</summary>
    Min,
}

/// <summary>One line of a chart.</summary>
/// <param name="Name">Its name, snake_case.</param>
/// <param name="Aggregate">How several bars become one point.</param>
public readonly record struct ChartColumn(string Name, ChartAggregate Aggregate);

/// <summary>
/// A whole history in at most <see cref="PointsMax"/> points and flat memory: one point is one bar until the points are full,
/// then neighbours are joined and a point is twice as long. Every point is exactly what its bars give, and the bars may come
/// in any number. NaN is a missing value: it is skipped, and a point of nothing but missing values is NaN.
/// </summary>
public sealed class ChartSampler : ISaved
{
    /// <summary>Points a chart has at most.</summary>
    public const int ChartPointsMax = 4096;

    private readonly ChartColumn[] _columns;
    // Point by point, not line by line: a bar then touches one stretch of memory, whatever the number of lines.
    private readonly double[] _values;
    private readonly long[] _times;
    private long _filled;

    /// <summary>An empty chart.</summary>
    /// <param name="columns">Its lines, at least one.</param>
    /// <param name="pointsMax">Points at most: even, 2…4,096.</param>
    public ChartSampler(ReadOnlySpan<ChartColumn> columns, int pointsMax = ChartPointsMax)
    {
        ArgumentOutOfRangeException.ThrowIfZero(columns.Length, nameof(columns));
        ArgumentOutOfRangeException.ThrowIfLessThan(pointsMax, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pointsMax, ChartPointsMax);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pointsMax % 2, 0);
        _columns = columns.ToArray();
        _times = new long[pointsMax];
        _values = new double[_columns.Length * pointsMax];
    }

    /// <summary>Open, high, low and close, joined as bars are.</summary>
    public static ReadOnlySpan<ChartColumn> Ohlc => new ChartColumn[]
    {
        new("open", ChartAggregate.First), new("high", ChartAggregate.Max), new("low", ChartAggregate.Min), new("close", ChartAggregate.Last),
    };

    /// <summary>Points at most.</summary>
    public int PointsMax => _times.Length;

    /// <summary>The lines.</summary>
    public IReadOnlyList<ChartColumn> Columns => _columns;

    /// <summary>Points so far; the last one may not be full yet.</summary>
    public int Count { get; private set; }

    /// <summary>Bars per point.</summary>
    public long Stride { get; private set; } = 1;

    /// <summary>Time of the last bar of each point.</summary>
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    /// <summary>The points of one line, as a new array.</summary>
    public double[] Values(int column)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)_columns.Length, nameof(column));
        var points = new double[Count];
        for (var i = 0; i < points.Length; i++)
            points[i] = _values[i * _columns.Length + column];
        return points;
    }

    /// <summary>Takes a bar: one value for each line.</summary>
    public void On(long timeUs, ReadOnlySpan<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, _columns.Length);
        if (_filled < Stride && Count > 0)
        {
            _times[Count - 1] = timeUs;
            Join(Point(Count - 1), values);
            _filled++;
            return;
        }
        if (Count == PointsMax)
            Halve();
        _times[Count] = timeUs;
        values.CopyTo(Point(Count));
        Count++;
        _filled = 1;
    }

    private void Halve()
    {
        Count /= 2;
        for (var i = 0; i < Count; i++)
        {
            _times[i] = _times[2 * i + 1];
            Point(2 * i).CopyTo(Point(i));
            Join(Point(i), Point(2 * i + 1));
        }
        Stride *= 2;
    }

    private Span<double> Point(int point) => _values.AsSpan(point * _columns.Length, _columns.Length);

    private void Join(Span<double> point, ReadOnlySpan<double> values)
    {
        var columns = _columns;
        for (var c = 0; c < columns.Length; c++)
            point[c] = Join(columns[c].Aggregate, point[c], values[c]);
    }

    private static double Join(ChartAggregate aggregate, double earlier, double later)
    {
        if (double.IsNaN(later))
            return earlier;
        if (double.IsNaN(earlier))
            return later;
        return aggregate switch
        {
            ChartAggregate.First => earlier,
            ChartAggregate.Max => later > earlier ? later : earlier,
            ChartAggregate.Min => later < earlier ? later : earlier,
            _ => later,
        };
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("chart-sampler", 1);
        writer.Write(PointsMax);
        writer.Write(_columns.Length);
        foreach (var column in _columns)
        {
            writer.Write(column.Name);
            writer.Write((int)column.Aggregate);
        }
        writer.Write(Stride);
        writer.Write(_filled);
        writer.Write(Count);
        writer.Write(Times);
        writer.Write(_values.AsSpan(0, Count * _columns.Length));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("chart-sampler", 1);
        reader.ReadInt32(PointsMax, PointsMax);
        reader.ReadInt32(_columns.Length, _columns.Length);
        foreach (var column in _columns)
        {
            var name = reader.ReadString();
            var aggregate = reader.ReadInt32((int)ChartAggregate.Last, (int)ChartAggregate.Min);
            if (name != column.Name || aggregate != (int)column.Aggregate)
                throw new CorruptStateException($"Expected the line '{column.Name}' and found '{name}'.");
        }
        Stride = reader.ReadInt64();
        _filled = reader.ReadInt64();
        if (Stride < 1 || Stride > 1L << 48 || (Stride & (Stride - 1)) != 0 || _filled < 0 || _filled > Stride)
            throw new CorruptStateException($"A point of {Stride} bars, {_filled} of them filled, cannot be.");
        Count = reader.ReadInt32(_filled == 0 ? 0 : 1, _filled == 0 ? 0 : PointsMax);
        reader.Read(_times.AsSpan(0, Count));
        reader.Read(_values.AsSpan(0, Count * _columns.Length));
    }
}
