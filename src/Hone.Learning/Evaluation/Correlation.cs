using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>Pearson's correlation of two streams without cancellation; of predictions and returns it is the information coefficient.</summary>
/// <remarks>Merging follows Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.</remarks>
public sealed class Correlation : ISaved
{
    private const string SectionName = "correlation";
    private const double MagnitudeMax = 1e70;

    private double _meanX;
    private double _meanY;
    private double _squaresX;
    private double _squaresY;
    private double _products;

    /// <summary>Pairs seen.</summary>
    public long Count { get; private set; }

    /// <summary>The correlation, in −1…1; 0 while undefined (fewer than two pairs, or a constant side).</summary>
    public double Value => _squaresX > 0 && _squaresY > 0 ? Math.Clamp(_products / Math.Sqrt(_squaresX) / Math.Sqrt(_squaresY), -1, 1) : 0;

    /// <summary>Standard error of the correlation when there is none.</summary>
    /// <param name="overlap">How many labels overlap, 1 or more: so many fewer are independent.</param>
    public double NullError(double overlap = 1) => Count > 1 ? Math.Sqrt(Math.Min(1, Math.Max(1, overlap) / (Count - 1))) : 1;

    /// <summary>Takes one pair.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is NaN, infinite or above 1e70 in magnitude.</exception>
    public void Add(double x, double y)
    {
        Require(x);
        Require(y);
        Count++;
        var dx = x - _meanX;
        var dy = y - _meanY;
        _meanX += dx / Count;
        _meanY += dy / Count;
        _squaresX += dx * (x - _meanX);
        _squaresY += dy * (y - _meanY);
        _products += dx * (y - _meanY);
    }

    /// <summary>Adds what another has seen.</summary>
    public void Merge(Correlation other)
    {
        if (other.Count == 0)
            return;
        double n = Count, m = other.Count, share = m / (n + m);
        var dx = other._meanX - _meanX;
        var dy = other._meanY - _meanY;
        _squaresX += other._squaresX + dx * dx * n * share;
        _squaresY += other._squaresY + dy * dy * n * share;
        _products += other._products + dx * dy * n * share;
        _meanX += dx * share;
        _meanY += dy * share;
        Count += other.Count;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => (Count, _meanX, _meanY, _squaresX, _squaresY, _products) = (0, 0, 0, 0, 0, 0);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(Count);
        writer.Write(_meanX);
        writer.Write(_meanY);
        writer.Write(_squaresX);
        writer.Write(_squaresY);
        writer.Write(_products);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        Count = reader.ReadInt64();
        _meanX = reader.ReadFinite();
        _meanY = reader.ReadFinite();
        _squaresX = reader.ReadFinite();
        _squaresY = reader.ReadFinite();
        _products = reader.ReadFinite();
        if (Count is < 0 or > 1L << 50 || !(Math.Abs(_meanX) <= MagnitudeMax && Math.Abs(_meanY) <= MagnitudeMax && _squaresX >= 0 && _squaresY >= 0
            && Math.Abs(_products) <= Math.Sqrt(_squaresX) * Math.Sqrt(_squaresY) * (1 + 1e-6)))
            throw new CorruptStateException($"correlation: {Count} pairs with the squares {_squaresX}, {_squaresY} and products {_products} are impossible.");
    }

    private static void Require(double value)
    {
        if (!(Math.Abs(value) <= MagnitudeMax))
            throw new ArgumentOutOfRangeException(nameof(value), value, "A value is finite and at most 1e70 in magnitude.");
    }
}
