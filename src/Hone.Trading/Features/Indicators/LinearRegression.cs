using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Least-squares line through the last n values against time: slope per bar and its t-statistic.</summary>
/// <remarks>Blocks as in <see cref="RollingMoments"/>, with the covariance to time joined the same way.</remarks>
public struct LinearRegression : ISaved
{
    // Triples: before _next (value, unused, unused), from there on (mean, sum of squares, co-moment with time) of the last block's tail.
    private readonly double[] _ring;
    private readonly int _window;
    private int _next;
    private double _headMean, _headM2, _headCo;
    private double _m2, _co;
    private bool _full;

    /// <summary>A line through <paramref name="window"/> values, 3 to 512.</summary>
    public LinearRegression(int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 3);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, 512);
        _window = window;
        _ring = new double[3 * window];
        _m2 = _co = double.NaN;
    }

    /// <summary>Whether a whole window was seen.</summary>
    public readonly bool IsReady => _full;

    /// <summary>Change per bar along the line; NaN before a whole window was seen.</summary>
    public readonly double Slope => _co / TimeM2;

    /// <summary>Correlation of the values with time, −1…1; NaN before a whole window was seen and on a flat one.</summary>
    public readonly double Correlation => _m2 > 0 ? Math.Clamp(_co / Math.Sqrt(_m2 * TimeM2), -1, 1) : double.NaN;

    /// <summary>Slope over its standard error; unbounded on a perfect line, so callers clip it. NaN as <see cref="Correlation"/>.</summary>
    public readonly double TStatistic
    {
        get
        {
            var r = Correlation;
            return r * Math.Sqrt((_window - 2) / Math.Max(1 - r * r, 1e-12));
        }
    }

    private readonly double TimeM2 => _window * ((double)_window * _window - 1) / 12;

    /// <summary>Takes one value.</summary>
    public void Update(double value)
    {
        var ring = _ring;
        var next = _next;
        ring[3 * next] = value;
        next++;
        var delta = value - _headMean;
        _headMean += delta * Ratios.Reciprocal[next];
        var rest = value - _headMean;
        _headM2 += delta * rest;
        // The new point lies n/2 bars right of the mean time of the n − 1 before it.
        _headCo += 0.5 * next * rest;
        if (next == _window)
        {
            EndBlock();
            return;
        }
        _next = next;
        if (!_full)
            return;
        // Tail and head are half a window apart in time.
        var apart = _headMean - ring[3 * next];
        var pairs = (double)next * (_window - next);
        _m2 = ring[3 * next + 1] + _headM2 + apart * apart * pairs * Ratios.Reciprocal[_window];
        _co = ring[3 * next + 2] + _headCo + 0.5 * apart * pairs;
    }

    private void EndBlock()
    {
        var ring = _ring;
        double mean = 0, m2 = 0, co = 0;
        for (int i = _window - 1, count = 1; i >= 0; i--, count++)
        {
            var value = ring[3 * i];
            var delta = value - mean;
            mean += delta * Ratios.Reciprocal[count];
            var rest = value - mean;
            m2 += delta * rest;
            co -= 0.5 * count * rest;
            ring[3 * i] = mean;
            ring[3 * i + 1] = m2;
            ring[3 * i + 2] = co;
        }
        _m2 = _headM2;
        _co = _headCo;
        _headMean = _headM2 = _headCo = 0;
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
        writer.Write(_headCo);
        writer.Write(_m2);
        writer.Write(_co);
        writer.Write(_full);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadFinite(_ring);
        _next = reader.ReadInt32(0, _window - 1);
        _headMean = reader.ReadFinite();
        _headM2 = reader.ReadAtLeast(0);
        _headCo = reader.ReadFinite();
        _m2 = reader.ReadFiniteOrNaN();
        _co = reader.ReadFiniteOrNaN();
        _full = reader.ReadBool();
        if (double.IsNaN(_m2) == _full || double.IsNaN(_co) == _full || _m2 < 0)
            throw new CorruptStateException("A regression is there without its window, or the other way round.");
    }
}
