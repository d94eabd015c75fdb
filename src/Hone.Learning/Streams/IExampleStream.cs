namespace Hone.Learning.Streams;

/// <summary>A change of concept at a known place.</summary>
/// <param name="Row">The first row of the change, from 0.</param>
/// <param name="Width">Rows over which the old concept gives way to the new one; 0 for at once.</param>
public readonly record struct DriftChange(long Row, long Width);

/// <summary>An endless stream of examples from a known world: the same seed gives the same examples, and it is known where the world changes.</summary>
public interface IExampleStream
{
    /// <summary>Length of the feature vector.</summary>
    int Features { get; }

    /// <summary>Number of classes; 0 where the target is a number.</summary>
    int Classes { get; }

    /// <summary>Where the concept changes, in the order of the rows.</summary>
    IReadOnlyList<DriftChange> Changes { get; }

    /// <summary>Writes the next example's features and answers with its label (0 … classes − 1) or target.</summary>
    double Next(Span<double> x);
}
