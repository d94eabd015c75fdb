using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online.Optimizers;

/// <summary>
/// Rows of linear weights and the way a gradient moves them. A row's gradient is slope · z. Rows and inputs are padded to whole lanes; the number
/// behind the last feature is the constant 1.
/// </summary>
internal abstract class GradientOptimizer(int rows, int length) : ISaved
{
    /// <summary>No saved number is beyond this.</summary>
    protected const double NumberMax = 1e18;

    private readonly double[] _weights = new double[rows * length];

    /// <summary>Length of a row.</summary>
    public int Length => length;

    /// <summary>The weights of one score.</summary>
    public Span<double> Row(int row) => _weights.AsSpan(row * length, length);

    /// <summary>A new example begins: what all rows share is worked out once.</summary>
    /// <param name="z">The inputs.</param>
    /// <param name="weight">What the example counts.</param>
    /// <param name="curvature">Largest second derivative of the loss with a score.</param>
    public virtual void Begin(ReadOnlySpan<double> z, double weight, double curvature)
    {
    }

    /// <summary>Moves one row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="z">The inputs.</param>
    /// <param name="slope">Slope of the loss with the row's score, for an example of weight 1.</param>
    /// <param name="weight">What the example counts.</param>
    public abstract void Step(int row, ReadOnlySpan<double> z, double slope, double weight);

    /// <summary>Scores are told in other units from now on: all weights by <paramref name="ratio"/>, then the intercept by <paramref name="shift"/>.</summary>
    public virtual void Rescale(int row, int intercept, double ratio, double shift)
    {
        Kernels.Scale(ratio, Row(row));
        Row(row)[intercept] += shift;
    }

    /// <inheritdoc/>
    public virtual void Save(StateWriter writer) => writer.Write(_weights);

    /// <inheritdoc/>
    public virtual void Load(StateReader reader) => reader.ReadWithin(_weights, -NumberMax, NumberMax);

    /// <summary>An example counts at most this much in methods whose steps have no bound of their own.</summary>
    protected static double Counted(double weight) => Math.Min(weight, 10);
}
