namespace Hone.Learning.Drift;

/// <summary>How far the distribution of a window is from that of a reference sample.</summary>
internal abstract class SampleDistance
{
    /// <summary>Cells that the values of the reference are sorted into; two values of one cell are the same to <see cref="OfDraw"/>.</summary>
    public abstract int Cells { get; }

    /// <summary>Whether the square of the distance is what is quadratic in the difference of the two distributions, and not the distance itself.</summary>
    public virtual bool IsRoot => false;

    /// <summary>Takes a sorted reference.</summary>
    public abstract void Fit(ReadOnlySpan<double> sorted);

    /// <summary>The cell of a value of the reference.</summary>
    public abstract int Cell(double value);

    /// <summary>Distance of a sorted window.</summary>
    public abstract double OfWindow(ReadOnlySpan<double> sorted);

    /// <summary>Distance of a window and a reference that were both drawn from the reference, as how often each cell was drawn.</summary>
    public abstract double OfDraw(ReadOnlySpan<int> window, ReadOnlySpan<int> reference);

    /// <summary>Mean of the quadratic index for independent values: what a sample that looks anti-persistent must not go below.</summary>
    public abstract double IndependentMean(int window, int reference);
}
