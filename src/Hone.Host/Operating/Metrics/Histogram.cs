using System.Globalization;

namespace Hone.Host.Operating.Metrics;

/// <summary>Counts durations by size. Any number of threads may observe at once; none waits for another.</summary>
internal sealed class Histogram
{
    private const double NanosecondsPerSecond = 1e9;

    private readonly double[] _bounds;
    private readonly long[] _counts;
    private long _nanoseconds;

    /// <summary>A histogram.</summary>
    /// <param name="boundsSeconds">Upper bounds of the buckets, rising; a last one without bound follows.</param>
    public Histogram(params double[] boundsSeconds)
    {
        _bounds = boundsSeconds;
        _counts = new long[boundsSeconds.Length + 1];
        BoundNames = [.. boundsSeconds.Select(b => b.ToString(CultureInfo.InvariantCulture))];
    }

    /// <summary>Buckets from a tenth of a millisecond to ten seconds: what requests and commits take.</summary>
    public static Histogram OfDurations() => new(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10);

    /// <summary>Upper bounds of the buckets in seconds.</summary>
    public ReadOnlySpan<double> Bounds => _bounds;

    /// <summary>The bounds as they are written.</summary>
    public IReadOnlyList<string> BoundNames { get; }

    /// <summary>Counts a duration.</summary>
    public void Observe(double seconds)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && seconds > _bounds[bucket])
            bucket++;
        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _nanoseconds, (long)(seconds * NanosecondsPerSecond));
    }

    /// <summary>The counts up to each bound, all observations, and their sum. The count is that of the buckets, so that a page never contradicts itself.</summary>
    public (long[] Cumulative, long Count, double SumSeconds) Read()
    {
        var cumulative = new long[_bounds.Length];
        var sum = Volatile.Read(ref _nanoseconds) / NanosecondsPerSecond;
        var count = 0L;
        for (var b = 0; b < cumulative.Length; b++)
            cumulative[b] = count += Volatile.Read(ref _counts[b]);
        return (cumulative, count + Volatile.Read(ref _counts[^1]), sum);
    }
}
