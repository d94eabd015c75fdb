using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>
/// Turns feature values into bin numbers: 30 edges per feature, at quantiles of a sample of what the feature has been, renewed
/// when the sample no longer spreads over them. Where a feature has few values, the edges lie half way between them.
/// </summary>
/// <remarks>
/// The code of a missing value is 0. Any other value has the number of edges below it as its code, counting <see cref="EdgeOf"/>(f, 0), which is −∞:
/// a code is at most c exactly where the value is at most <see cref="EdgeOf"/>(f, c). The sample holds the first 256 rows, later every 16th row
/// replaces a random one, so that it stands for the last few thousand rows. No example's weight matters here.
/// </remarks>
internal sealed class QuantileBins : ISaved
{
    /// <summary>Codes there are: 0 for missing, then 1…31.</summary>
    public const int Bins = 32;

    /// <summary>The code that means "these examples are in no bin any more" in a map of codes.</summary>
    public const byte Dropped = 255;

    private const int SampleRows = 256, SampleStride = 16, CheckStride = 64, FirstEdges = 16;

    // A bin with more of the sample than this, though the values are not all one, asks for new edges.
    private const int CrowdMax = SampleRows / 7;

    private readonly double[] _edges;
    private readonly double[] _sample;
    private readonly double[] _sorted = new double[SampleRows];
    private readonly double[] _fresh = new double[Bins];
    private Rng _rng;
    private long _rows;

    /// <summary>Bins of features of which nothing is known: every value is in bin 1.</summary>
    public QuantileBins(int features, ulong seed)
    {
        Features = features;
        _edges = new double[features * Bins];
        _sample = new double[features * SampleRows];
        _rng = new(seed, "quantile-bins");
        for (var f = 0; f < features; f++)
            Clear(_edges.AsSpan(f * Bins, Bins));
    }

    /// <summary>Length of the feature vector.</summary>
    public int Features { get; }

    /// <summary>Rows in the sample.</summary>
    private int Sampled => (int)Math.Min(_rows, SampleRows);

    /// <summary>The edge above code c; +∞ where there is none.</summary>
    public double EdgeOf(int feature, int code) => _edges[feature * Bins + code];

    /// <summary>Writes the code of every feature.</summary>
    public void Encode(ReadOnlySpan<double> x, Span<byte> codes)
    {
        for (var f = 0; f < x.Length; f++)
        {
            var value = double.IsFinite(x[f]) ? x[f] : double.NaN;
            ref var edges = ref _edges[f * Bins];
            codes[f] = (byte)(BinKernel.CountBelow(value, ref edges) + BinKernel.CountBelow(value, ref _edges[f * Bins + BinKernel.Edges]));
        }
    }

    /// <summary>Takes a row into the sample. Features from <paramref name="first"/> to before <paramref name="end"/> are then due for <see cref="Renew"/>.</summary>
    public void Observe(ReadOnlySpan<double> x, out int first, out int end)
    {
        (first, end) = (0, 0);
        var slot = _rows < SampleRows ? (int)_rows : _rows % SampleStride == 0 ? _rng.NextInt32(SampleRows) : -1;
        _rows++;
        if (slot >= 0)
            for (var f = 0; f < x.Length; f++)
                _sample[f * SampleRows + slot] = double.IsFinite(x[f]) ? x[f] : double.NaN;
        if (_rows <= SampleRows)
        {
            if (_rows >= FirstEdges && (_rows & (_rows - 1)) == 0)
                end = Features;
        }
        else if (_rows % CheckStride == 0)
        {
            first = (int)(_rows / CheckStride % Features);
            end = first + 1;
        }
    }

    /// <summary>Gives a feature new edges if the present ones no longer divide its sample.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="map">Receives the new code of each old one, or <see cref="Dropped"/>.</param>
    /// <returns>Whether the edges have changed.</returns>
    public bool Renew(int feature, Span<byte> map)
    {
        var edges = _edges.AsSpan(feature * Bins, Bins);
        if (_rows > SampleRows && !Crowded(feature))
            return false;
        var count = 0;
        foreach (var value in _sample.AsSpan(feature * SampleRows, Sampled))
            if (double.IsFinite(value))
                _sorted[count++] = value;
        var sorted = _sorted.AsSpan(0, count);
        sorted.Sort();
        Cut(sorted, _fresh);
        if (_fresh.AsSpan().SequenceEqual(edges))
            return false;
        Map(edges, _fresh, map);
        _fresh.CopyTo(edges);
        return true;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("quantile-bins", 1);
        writer.Write(Features);
        writer.Write(_rows);
        _rng.Save(writer);
        for (var f = 0; f < Features; f++)
        {
            writer.Write(_edges.AsSpan(f * Bins, Bins));
            writer.Write(_sample.AsSpan(f * SampleRows, Sampled));
        }
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("quantile-bins", 1);
        reader.ReadInt32(Features, Features);
        _rows = reader.ReadInt64();
        if (_rows is < 0 or > 1L << 60)
            throw new CorruptStateException($"The bins have seen {_rows} rows.");
        _rng = Rng.Load(reader);
        for (var f = 0; f < Features; f++)
        {
            var edges = _edges.AsSpan(f * Bins, Bins);
            reader.Read(edges);
            for (var c = 1; c < Bins; c++)
                if (!(edges[c] > edges[c - 1]) && !(double.IsPositiveInfinity(edges[c]) && double.IsPositiveInfinity(edges[c - 1])))
                    throw new CorruptStateException($"The edges of feature {f} are not in order.");
            if (!double.IsNegativeInfinity(edges[0]) || !double.IsPositiveInfinity(edges[Bins - 1]))
                throw new CorruptStateException($"The edges of feature {f} do not cover the line.");
            reader.Read(_sample.AsSpan(f * SampleRows, Sampled));
        }
    }

    private static void Clear(Span<double> edges)
    {
        edges.Fill(double.PositiveInfinity);
        edges[0] = double.NegativeInfinity;
    }

    /// <summary>Whether one bin holds so much of the sample that it hides the rest, and holds more than one value.</summary>
    private bool Crowded(int feature)
    {
        Span<int> counts = stackalloc int[Bins];
        Span<double> low = stackalloc double[Bins];
        Span<double> high = stackalloc double[Bins];
        counts.Clear();
        low.Fill(double.PositiveInfinity);
        high.Fill(double.NegativeInfinity);
        foreach (var value in _sample.AsSpan(feature * SampleRows, SampleRows))
        {
            if (!double.IsFinite(value))
                continue;
            var code = BinKernel.CountBelow(value, ref _edges[feature * Bins]) + BinKernel.CountBelow(value, ref _edges[feature * Bins + BinKernel.Edges]);
            counts[code]++;
            low[code] = Math.Min(low[code], value);
            high[code] = Math.Max(high[code], value);
        }
        for (var code = 1; code < Bins; code++)
            if (counts[code] > CrowdMax && high[code] > low[code])
                return true;
        return false;
    }

    /// <summary>At most 30 edges between different values, as evenly as the values allow.</summary>
    private static void Cut(ReadOnlySpan<double> sorted, Span<double> edges)
    {
        Clear(edges);
        const int Most = Bins - 2;
        var steps = 0;
        for (var i = 1; i < sorted.Length; i++)
            steps += sorted[i] > sorted[i - 1] ? 1 : 0;
        var next = 1;
        for (var i = 1; i < sorted.Length && next <= Most; i++)
        {
            if (!(sorted[i] > sorted[i - 1]))
                continue;
            // With few values every step is an edge; else the first step behind each quantile is.
            if (steps > Most && (long)i * (Most + 1) < (long)next * sorted.Length)
                continue;
            var middle = 0.5 * sorted[i - 1] + 0.5 * sorted[i];
            edges[next++] = middle < sorted[i] ? middle : sorted[i - 1];
        }
        // The middle of two neighbouring floating-point numbers may be the one below; two edges never coincide because the values rise.
        for (var c = 1; c < next; c++)
            if (!(edges[c] > edges[c - 1]))
                edges[c] = double.BitIncrement(edges[c - 1]);
    }

    private static void Map(ReadOnlySpan<double> old, ReadOnlySpan<double> fresh, Span<byte> map)
    {
        map[0] = 0;
        for (var code = 1; code < Bins; code++)
        {
            double below = old[code - 1], above = old[code];
            var to = 1;
            while (to < Bins - 1 && fresh[to] < above)
                to++;
            var divided = fresh[to - 1] > below;

            // An inner bin is narrow: what was in it goes to where its upper edge is. The outer ones have no end.
            var open = double.IsInfinity(below) || double.IsInfinity(above);
            map[code] = open && divided ? Dropped : (byte)to;
        }
    }
}
