using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Mean and population variance over the last n values; exactly 0 on a flat window, never negative, at any price level.</summary>
/// <remarks>
/// Blocks as in <see cref="RollingSum"/>; the two parts are joined by Chan, Golub and LeVeque, "Algorithms for computing the
/// sample variance", The American Statistician 37(3), 1983.
/// </remarks>
public struct RollingMoments : ISaved
{
    // Pairs: before _next (value, unused), from there on (mean, sum of squared deviations) of the last block's tail.
    private readonly double[] _ring;
    private readonly int _window;
    private int _next;
    private double _headMean, _headM2;
    private bool _full;

    /// <summary>Moments over <paramref name="window"/> values, 2 to 512.</summary>
    public RollingMoments(int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, 512);
        _window = window;
        _ring = new double[2 * window];
        Mean = Variance = double.NaN;
    }

    /// <summary>Whether a whole window was seen.</summary>
    public readonly bool IsReady => _full;

    /// <summary>Mean; NaN before a whole window was seen.</summary>
    public double Mean { get; private set; }

    /// <summary>Population variance; NaN before a whole window was seen.</summary>
    public double Variance { get; private set; }

    /// <summary>Population standard deviation; NaN before a whole window was seen.</summary>
    public readonly double StandardDeviation => Math.Sqrt(Variance);

    /// <summary>Takes one value.</summary>
    public void Update(double value)
    {
        var ring = _ring;
        var next = _next;
        ring[2 * next] = value;
        next++;
        var delta = value - _headMean;
        _headMean += delta * Ratios.Reciprocal[next];
        _headM2 += delta * (value - _headMean);
        if (next == _window)
        {
            EndBlock();
            return;
        }
        _next = next;
        if (!_full)
            return;
        var apart = _headMean - ring[2 * next];
        var share = next * Ratios.Reciprocal[_window];
        Mean = ring[2 * next] + apart * share;
        Variance = (ring[2 * next + 1] + _headM2 + apart * apart * share * (_window - next)) * Ratios.Reciprocal[_window];
    }

    private void EndBlock()
    {
        var ring = _ring;
        double mean = 0, m2 = 0;
        for (int i = _window - 1, count = 1; i >= 0; i--, count++)
        {
            var value = ring[2 * i];
            var delta = value - mean;
            mean += delta * Ratios.Reciprocal[count];
            m2 += delta * (value - mean);
            ring[2 * i] = mean;
            ring[2 * i + 1] = m2;
        }
        Mean = _headMean;
        Variance = _headM2 * Ratios.Reciprocal[_window];
        _headMean = _headM2 = 0;
        _next = 0;
        _full = true;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_ring);
        writer.Write(_next);
        writer.Write(_headMean);
        writer.Write(_headM2);
        writer.Write(_full);
        writer.Write(Mean);
        writer.Write(Variance);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadFinite(_ring);
        _next = reader.ReadInt32(0, _window - 1);
        _headMean = reader.ReadFinite();
        _headM2 = reader.ReadAtLeast(0);
        _full = reader.ReadBool();
        Mean = reader.ReadFiniteOrNaN();
        Variance = reader.ReadFiniteOrNaN();
        if (double.IsNaN(Mean) == _full || double.IsNaN(Variance) == _full || Variance < 0)
            throw new CorruptStateException("Moments are there without their window, or the other way round.");
    }
}
