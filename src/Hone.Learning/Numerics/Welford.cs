using Hone.Learning.State;

namespace Hone.Learning.Numerics;

/// <summary>Running mean and variance without cancellation.</summary>
/// <remarks>Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 4(3), 1962.</remarks>
public struct Welford
{
    private double _m2;

    /// <summary>Sum of the weights.</summary>
    public double Weight { get; private set; }

    /// <summary>Weighted mean; 0 before the first value.</summary>
    public double Mean { get; private set; }

    /// <summary>Population variance; 0 before the second value.</summary>
    public readonly double Variance => Weight > 0 ? _m2 / Weight : 0;

    /// <summary>Population standard deviation.</summary>
    public readonly double StandardDeviation => Math.Sqrt(Variance);

    /// <summary>Takes one value.</summary>
    public void Add(double value, double weight = 1.0)
    {
        Weight += weight;
        var delta = value - Mean;
        Mean += delta * weight / Weight;
        _m2 += weight * delta * (value - Mean);
    }

    /// <summary>Writes the three numbers.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(Weight);
        writer.Write(Mean);
        writer.Write(_m2);
    }

    /// <summary>Reads the three numbers.</summary>
    public static Welford Load(StateReader reader) => new() { Weight = reader.ReadFinite(), Mean = reader.ReadFinite(), _m2 = reader.ReadFinite() };
}
