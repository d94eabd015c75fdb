using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>Spearman's rank correlation of two streams, from a uniform sample of bounded size; exact until the sample is full.</summary>
/// <remarks>
/// <para>The sample is a reservoir (Vitter, "Random sampling with a reservoir", ACM TOMS 11, 1985, algorithm R) with numbers that depend on the seed
/// alone, so the same stream gives the same sample. With 10,000 of more pairs the error of sampling is 0.01. Equal values share the mean of
/// their ranks.</para>
/// <para>Memory is two numbers per place of the sample, which grows by doubling, and four more once <see cref="Value"/> was asked for. That sorts it: a few milliseconds at 10,000, for
/// reports and not for every answer. Nothing else allocates.</para>
/// </remarks>
public sealed class RankCorrelation : ISaved
{
    private const string SectionName = "rank-correlation";
    private const int CapacityMax = 1_000_000;

    private const int FirstPlaces = 256;

    private readonly int _capacity;
    private readonly ulong _seed;
    private double[] _x = [];
    private double[] _y = [];

    // Working space of the value; nothing before it is asked for.
    private double[] _sorted = [];
    private int[] _order = [];
    private double[] _rankX = [];
    private double[] _rankY = [];
    private Rng _random;

    /// <summary>An empty sample.</summary>
    /// <param name="seed">Seed of the sample.</param>
    /// <param name="capacity">Pairs kept, 2 to a million.</param>
    public RankCorrelation(ulong seed, int capacity = 10_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, CapacityMax);
        _seed = seed;
        _capacity = capacity;
        _random = new(seed, SectionName);
    }

    /// <summary>Pairs seen.</summary>
    public long Count { get; private set; }

    /// <summary>Pairs in the sample.</summary>
    public int Sampled => (int)Math.Min(Count, _capacity);

    /// <summary>The rank correlation of the sample, in −1…1; 0 while undefined (fewer than two pairs, or a constant side).</summary>
    public double Value
    {
        get
        {
            var n = Sampled;
            if (n < 2)
                return 0;
            if (_sorted.Length < n)
                (_sorted, _order, _rankX, _rankY) = (new double[_x.Length], new int[_x.Length], new double[_x.Length], new double[_x.Length]);
            Rank(_x.AsSpan(0, n), _rankX.AsSpan(0, n));
            Rank(_y.AsSpan(0, n), _rankY.AsSpan(0, n));
            double squaresX = 0, squaresY = 0, products = 0;
            var middle = 0.5 * (n - 1);
            for (var i = 0; i < n; i++)
            {
                var dx = _rankX[i] - middle;
                var dy = _rankY[i] - middle;
                squaresX += dx * dx;
                squaresY += dy * dy;
                products += dx * dy;
            }
            return squaresX > 0 && squaresY > 0 ? Math.Clamp(products / Math.Sqrt(squaresX * squaresY), -1, 1) : 0;
        }
    }

    /// <summary>Takes one pair.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is NaN; infinite values have a rank like any other.</exception>
    public void Add(double x, double y)
    {
        Require(x);
        Require(y);
        var place = Count++;
        if (place >= _capacity)
        {
            place = (long)Math.BigMul(_random.NextUInt64(), (ulong)Count, out _);
            if (place >= _capacity)
                return;
        }
        Reserve(Sampled);
        _x[place] = x;
        _y[place] = y;
    }

    /// <summary>
    /// Adds what another has seen. Exact while all pairs of both fit into the sample; beyond, a uniform sample of both streams together, drawn from the two samples, and so another one than
    /// the whole stream would have given. Allocates then.
    /// </summary>
    /// <exception cref="ArgumentException">The other keeps another number of pairs.</exception>
    public void Merge(RankCorrelation other)
    {
        var capacity = _capacity;
        if (other._capacity != capacity)
            throw new ArgumentException($"A sample of {other._capacity} cannot join one of {capacity}.", nameof(other));
        if (Count + other.Count <= capacity)
        {
            for (var i = 0; i < other.Sampled; i++)
                Add(other._x[i], other._y[i]);
            return;
        }

        // How many come from each is what drawing without replacement from both streams would give; which ones, is drawn from their samples.
        double[] fromX = [.. _x.AsSpan(0, Sampled)], fromY = [.. _y.AsSpan(0, Sampled)], otherX = [.. other._x.AsSpan(0, other.Sampled)], otherY = [.. other._y.AsSpan(0, other.Sampled)];
        long left = Count, otherLeft = other.Count;
        int here = fromX.Length, there = otherX.Length;
        Reserve(capacity);
        for (var i = 0; i < capacity; i++)
        {
            if (_random.NextDouble() * (left + otherLeft) < left)
            {
                left--;
                (_x[i], _y[i]) = Take(fromX, fromY, here--);
            }
            else
            {
                otherLeft--;
                (_x[i], _y[i]) = Take(otherX, otherY, there--);
            }
        }
        Count += other.Count;

        (double X, double Y) Take(double[] x, double[] y, int count)
        {
            var at = _random.NextInt32(count);
            var taken = (x[at], y[at]);
            (x[at], y[at]) = (x[count - 1], y[count - 1]);
            return taken;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Count = 0;
        _random = new(_seed, SectionName);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(Count);
        _random.Save(writer);
        writer.Write(_x.AsSpan(0, Sampled));
        writer.Write(_y.AsSpan(0, Sampled));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        Count = reader.ReadInt64();
        if (Count is < 0 or > 1L << 60)
            throw new CorruptStateException($"rank-correlation: {Count} pairs are impossible.");
        _random = Rng.Load(reader);
        if (Sampled > reader.Remaining / 16)
            throw new CorruptStateException($"rank-correlation: {Sampled} pairs do not fit into the {reader.Remaining} bytes that are left.");
        Reserve(Sampled);
        reader.Read(_x.AsSpan(0, Sampled));
        reader.Read(_y.AsSpan(0, Sampled));
        for (var i = 0; i < Sampled; i++)
            if (double.IsNaN(_x[i]) || double.IsNaN(_y[i]))
                throw new CorruptStateException("rank-correlation: a pair is not a number.");
    }

    private void Reserve(int places)
    {
        if (places <= _x.Length)
            return;
        var length = Math.Min(_capacity, Math.Max(FirstPlaces, Math.Max(places, 2 * _x.Length)));
        Array.Resize(ref _x, length);
        Array.Resize(ref _y, length);
    }

    private void Rank(ReadOnlySpan<double> values, Span<double> ranks)
    {
        var n = values.Length;
        var sorted = _sorted.AsSpan(0, n);
        var order = _order.AsSpan(0, n);
        values.CopyTo(sorted);
        for (var i = 0; i < n; i++)
            order[i] = i;

        // Which of several equal values comes first does not matter: they share a rank.
        sorted.Sort(order);
        for (var from = 0; from < n;)
        {
            var to = from + 1;
            while (to < n && sorted[to] == sorted[from])
                to++;
            var shared = 0.5 * (from + to - 1);
            for (; from < to; from++)
                ranks[order[from]] = shared;
        }
    }

    private static void Require(double value)
    {
        if (double.IsNaN(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "A value that is not a number has no rank.");
    }
}
