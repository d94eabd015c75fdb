using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Trading.Performance;

/// <summary>
/// Positions and market returns of a whole run in bounded memory that grows with it, so that at its end the positions can be moved in time against
/// the market. One cell is one bar until the cells are full; then neighbours are joined and a cell is twice as long.
/// </summary>
/// <remarks>
/// While a cell is a bar, a shifted history is computed exactly: Π(1 + w·r). With longer cells it is the second-order expansion
/// of the logarithm, Σ(w·r − w²r²/2), from the cells' means; what positions and returns do inside a cell is replaced by its
/// distribution under a random order, a normal with the variance Σ(w − w̄)²·Σ(r − r̄)²/(m − 1). Leaving that out would compare the
/// real result, which contains it, with histories that are too quiet, and call noise skill.
/// </remarks>
internal sealed class PositionGrid(int cellsMax) : ISaved
{
    private const int FirstCells = 1_024;

    private double[] _positions = [];
    private double[] _returns = [];
    private double[]? _positionSquares, _returnSquares;
    private int _cells, _filled;
    private double _positionMax, _returnMax, _linear, _quadratic;

    /// <summary>Bars per cell.</summary>
    public int Stride { get; private set; } = 1;

    /// <summary>Cells in use.</summary>
    public int Cells => _cells;

    /// <summary>Bars taken.</summary>
    public long Bars => _cells == 0 ? 0 : (_cells - 1) * (long)Stride + _filled;

    /// <summary>Takes the position that was exposed to a bar, as a share of equity, and the market's return over that bar.</summary>
    public void On(double position, double marketReturn)
    {
        var made = position * marketReturn;
        _linear += made;
        _quadratic += made * made;
        _positionMax = Math.Max(_positionMax, Math.Abs(position));
        _returnMax = Math.Max(_returnMax, Math.Abs(marketReturn));
        if (_filled == Stride || _cells == 0)
        {
            if (_cells == cellsMax)
                Join();
            Reserve(++_cells);
            _filled = 0;
        }
        var cell = _cells - 1;
        if (_positionSquares is null)
        {
            _positions[cell] = position;
            _returns[cell] = marketReturn;
        }
        else
        {
            if (_filled == 0)
                _positions[cell] = _returns[cell] = _positionSquares[cell] = _returnSquares![cell] = 0;
            _positions[cell] += position;
            _returns[cell] += marketReturn;
            _positionSquares[cell] += position * position;
            _returnSquares![cell] += marketReturn * marketReturn;
        }
        _filled++;
    }

    private void Reserve(int cells)
    {
        if (cells <= _positions.Length)
            return;
        var length = Math.Min(cellsMax, Math.Max(FirstCells, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)cells)));
        Array.Resize(ref _positions, length);
        Array.Resize(ref _returns, length);
    }

    private void Join()
    {
        if (_positionSquares is null)
        {
            _positionSquares = new double[cellsMax];
            _returnSquares = new double[cellsMax];
            for (var i = 0; i < _cells; i++)
            {
                _positionSquares[i] = _positions[i] * _positions[i];
                _returnSquares[i] = _returns[i] * _returns[i];
            }
        }
        var half = _cells / 2;
        for (var i = 0; i < half; i++)
        {
            _positions[i] = _positions[2 * i] + _positions[2 * i + 1];
            _returns[i] = _returns[2 * i] + _returns[2 * i + 1];
            _positionSquares[i] = _positionSquares[2 * i] + _positionSquares[2 * i + 1];
            _returnSquares![i] = _returnSquares[2 * i] + _returnSquares[2 * i + 1];
        }
        _cells = half;
        Stride *= 2;
        _filled = Stride;
    }

    /// <summary>Growth of 1 before costs, had the positions been held <paramref name="shift"/> cells later (those at the end at the start); 0 is the real history.</summary>
    public double Growth(int shift, ref Rng rng) => Stride == 1 ? Exact(shift) : Elementary.Exp(shift == 0 ? _linear - 0.5 * _quadratic : Approximate(shift, ref rng));

    private double Exact(int shift)
    {
        ReadOnlySpan<double> positions = _positions.AsSpan(0, _cells), returns = _returns.AsSpan(0, _cells);
        var late = positions[..(_cells - shift)];
        var early = positions[(_cells - shift)..];
        // Only where a bar can lose everything must every factor be looked at: money that is gone does not come back.
        return _positionMax * _returnMax < 1
            ? Product(late, returns[shift..]) * Product(early, returns[..shift])
            : ProductToRuin(early, returns[..shift]) * ProductToRuin(late, returns[shift..]);
    }

    private static double Product(ReadOnlySpan<double> positions, ReadOnlySpan<double> returns)
    {
        returns = returns[..positions.Length];
        double a = 1, b = 1, c = 1, d = 1;
        var i = 0;
        for (; i + 4 <= positions.Length; i += 4)
        {
            a *= 1 + positions[i] * returns[i];
            b *= 1 + positions[i + 1] * returns[i + 1];
            c *= 1 + positions[i + 2] * returns[i + 2];
            d *= 1 + positions[i + 3] * returns[i + 3];
        }
        for (; i < positions.Length; i++)
            a *= 1 + positions[i] * returns[i];
        return a * b * (c * d);
    }

    private static double ProductToRuin(ReadOnlySpan<double> positions, ReadOnlySpan<double> returns)
    {
        double growth = 1;
        for (var i = 0; i < positions.Length && growth > 0; i++)
            growth *= Math.Max(0, 1 + positions[i] * returns[i]);
        return growth;
    }

    private double Approximate(int shift, ref Rng rng)
    {
        double linear = 0, quadratic = 0, variance = 0;
        for (var i = 0; i < _cells; i++)
        {
            var j = i - shift;
            if (j < 0)
                j += _cells;
            // Only the last cell may be short; each cell counts with the bars that its returns have.
            double held = j == _cells - 1 ? _filled : Stride, bars = i == _cells - 1 ? _filled : Stride;
            double mean = _positions[j] / held, square = _positionSquares![j] / held;
            linear += mean * _returns[i];
            quadratic += square * _returnSquares![i];
            // The spread of a constant position is rounding; taken for real, it would let a tie look like timing.
            var spread = square - mean * mean;
            if (bars > 1 && spread > 1e-12 * square)
                variance += spread * bars * Math.Max(0, _returnSquares[i] - _returns[i] * _returns[i] / bars) / (bars - 1);
        }
        return linear - 0.5 * quadratic + Math.Sqrt(variance) * rng.NextGaussian();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("position-grid", 1);
        writer.Write(cellsMax);
        writer.Write(Stride);
        writer.Write(_cells);
        writer.Write(_filled);
        writer.Write([_positionMax, _returnMax, _linear, _quadratic]);
        writer.Write(_positions.AsSpan(0, _cells));
        writer.Write(_returns.AsSpan(0, _cells));
        if (_positionSquares is null)
            return;
        writer.Write(_positionSquares.AsSpan(0, _cells));
        writer.Write(_returnSquares.AsSpan(0, _cells));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("position-grid", 1);
        reader.ReadInt32(cellsMax, cellsMax);
        var stride = reader.ReadInt32(1, 1 << 30);
        if ((stride & (stride - 1)) != 0)
            throw new CorruptStateException($"Cells double in length and cannot be {stride} bars long.");
        Stride = stride;
        _cells = BoundedArrays.ReadCount(reader, cellsMax, stride == 1 ? 16 : 32);
        _filled = reader.ReadInt32(_cells == 0 ? 0 : 1, _cells == 0 ? 0 : stride);
        Span<double> sums = stackalloc double[4];
        BoundedArrays.ReadFinite(reader, sums);
        (_positionMax, _returnMax, _linear, _quadratic) = (sums[0], sums[1], sums[2], sums[3]);
        Reserve(_cells);
        BoundedArrays.ReadFinite(reader, _positions.AsSpan(0, _cells));
        BoundedArrays.ReadFinite(reader, _returns.AsSpan(0, _cells));
        _positionSquares = _returnSquares = null;
        if (stride == 1)
            return;
        Reserve(cellsMax);
        _positionSquares = new double[cellsMax];
        _returnSquares = new double[cellsMax];
        BoundedArrays.ReadFinite(reader, _positionSquares.AsSpan(0, _cells));
        BoundedArrays.ReadFinite(reader, _returnSquares.AsSpan(0, _cells));
    }
}
