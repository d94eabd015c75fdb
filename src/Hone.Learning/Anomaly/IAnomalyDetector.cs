using Hone.Learning.State;

namespace Hone.Learning.Anomaly;

/// <summary>Says how unlike everything seen so far a feature vector is.</summary>
/// <remarks>NaN and infinity in the features mean "missing" and are handled. <see cref="Score"/> may be called from many threads as long as nobody learns.</remarks>
public interface IAnomalyDetector : ISaved
{
    /// <summary>Length of the feature vector.</summary>
    int Features { get; }

    /// <summary>From 0, like all the others, to 1, like none. Changes nothing.</summary>
    double Score(ReadOnlySpan<double> x);

    /// <summary>Takes one feature vector into what is normal.</summary>
    void Learn(ReadOnlySpan<double> x);
}
