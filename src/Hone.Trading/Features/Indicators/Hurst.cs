using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Hurst exponent by rescaled range over the last n log returns: about 0.5 for a random walk, above for trends, below for reversion.</summary>
/// <remarks>
/// Hurst, "Long-term storage capacity of reservoirs", Trans. ASCE 116, 1951; chunks of n, n/2, n/4, … while at least 8 long, the
/// newest returns always among them. On short windows the plain exponent is biased upwards; the corrected one takes off what a
/// random walk is expected to show (Anis and Lloyd, "The expected value of the adjusted rescaled Hurst range of independent normal
/// summands", Biometrika 63(1), 1976). It needs the whole window each time, so it is recomputed every <c>stride</c> values from the
/// first full window on, and held between.
/// </remarks>
public struct Hurst : ISaved
{
    private const int ChunkMin = 8;
    private readonly double[] _ring;
    // Running sums of the window's changes and of their squares, oldest first; filled anew at each computation.
    private readonly double[] _sums, _squares;
    // Per number of chunks (1, 2, 4, …): ln of the chunk's size and the correction of its rescaled range.
    private readonly double[] _logSizes, _corrections;
    private readonly int _stride;
    private int _next, _untilFull, _untilNext;

    /// <summary>An exponent over <paramref name="window"/> changes (16 to 4096), recomputed every <paramref name="stride"/>.</summary>
    public Hurst(int window, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2 * ChunkMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        _ring = new double[window];
        _sums = new double[window + 1];
        _squares = new double[window + 1];
        _stride = stride;
        _untilFull = window;
        Value = Corrected = double.NaN;
        var levels = 0;
        while (window >> levels >= ChunkMin)
            levels++;
        _logSizes = new double[levels];
        _corrections = new double[levels];
        for (var level = 0; level < levels; level++)
        {
            var size = window >> level;
            _logSizes[level] = Elementary.Log(size);
            _corrections[level] = Math.Sqrt(Math.PI * size / 2) - ExpectedRange(size);
        }
    }

    /// <summary>Whether a whole window was seen.</summary>
    public readonly bool IsReady => _untilFull == 0;

    /// <summary>The plain exponent; NaN before a whole window was seen and where a chunk is flat.</summary>
    public double Value { get; private set; }

    /// <summary>The exponent after the correction of Anis and Lloyd; NaN as <see cref="Value"/>.</summary>
    public double Corrected { get; private set; }

    /// <summary>Takes one log return.</summary>
    public void Update(double change)
    {
        _ring[_next] = change;
        if (++_next == _ring.Length)
            _next = 0;
        if (_untilFull > 0 && --_untilFull > 0)
            return;
        if (--_untilNext > 0)
            return;
        _untilNext = _stride;
        Recompute();
    }

    private void Recompute()
    {
        double sum = 0, squares = 0;
        for (var i = 0; i < _ring.Length; i++)
        {
            var slot = _next + i;
            var change = _ring[slot < _ring.Length ? slot : slot - _ring.Length];
            _sums[i + 1] = sum += change;
            _squares[i + 1] = squares += change * change;
        }
        double sumX = 0, sumXx = 0, sumY = 0, sumXy = 0, sumCorrected = 0, sumXCorrected = 0;
        for (var level = 0; level < _logSizes.Length; level++)
        {
            var size = _ring.Length >> level;
            var chunks = 1 << level;
            var rescaled = 0.0;
            for (var first = _ring.Length - size * chunks; first < _ring.Length; first += size)
                rescaled += RescaledRange(first, size);
            rescaled /= chunks;
            var x = _logSizes[level];
            var y = Elementary.Log(rescaled);
            var corrected = Elementary.Log(rescaled + _corrections[level]);
            sumX += x;
            sumXx += x * x;
            sumY += y;
            sumXy += x * y;
            sumCorrected += corrected;
            sumXCorrected += x * corrected;
        }
        var points = _logSizes.Length;
        var perSpread = 1 / (points * sumXx - sumX * sumX);
        Value = Finite((points * sumXy - sumX * sumY) * perSpread);
        Corrected = Finite((points * sumXCorrected - sumX * sumCorrected) * perSpread);
    }

    // What independent normal returns show on average. The ratio of gamma functions by its recursion from Γ(½)/Γ(1) = √π.
    private static double ExpectedRange(int size)
    {
        var ratio = Math.Sqrt(Math.PI);
        for (var n = 2; n < size; n++)
            ratio = 2 / ((n - 1) * ratio);
        var sum = 0.0;
        for (var j = 1; j < size; j++)
            sum += Math.Sqrt((double)(size - j) / j);
        return ratio / Math.Sqrt(Math.PI) * sum;
    }

    private static double Finite(double slope) => double.IsFinite(slope) ? slope : double.NaN;

    // With running sums at hand every deviation of the walk is a difference of two: no chain of additions per chunk.
    private readonly double RescaledRange(int first, int size)
    {
        var sums = _sums.AsSpan(first, size + 1);
        var start = sums[0];
        var mean = (sums[size] - start) / size;
        double high = double.NegativeInfinity, low = double.PositiveInfinity;
        for (var i = 1; i < sums.Length; i++)
        {
            var walk = sums[i] - start - i * mean;
            // All finite: the fast instruction has no NaN to be careful about.
            high = double.MaxNative(high, walk);
            low = double.MinNative(low, walk);
        }
        var square = (_squares[first + size] - _squares[first]) / size;
        var variance = square - mean * mean;
        // Equal changes leave nothing but rounding.
        return variance > 1e-9 * square ? (high - low) / Math.Sqrt(variance) : double.NaN;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_ring);
        writer.Write(_next);
        writer.Write(_untilFull);
        writer.Write(_untilNext);
        writer.Write(Value);
        writer.Write(Corrected);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadFinite(_ring);
        _next = reader.ReadInt32(0, _ring.Length - 1);
        _untilFull = reader.ReadInt32(0, _ring.Length);
        _untilNext = reader.ReadInt32(0, _stride);
        Value = reader.ReadFiniteOrNaN();
        Corrected = reader.ReadFiniteOrNaN();
    }
}
