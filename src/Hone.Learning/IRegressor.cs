using Hone.Learning.State;

namespace Hone.Learning;

/// <summary>What a regressor is built for.</summary>
/// <param name="Features">Length of the feature vector.</param>
/// <param name="Seed">Seed of everything random in it.</param>
public readonly record struct RegressorShape(int Features, ulong Seed)
{
    /// <summary>How many learners stand around this one; 0 for the outermost. A learner that builds another one hands on one more.</summary>
    public int Depth { get; init; }

    /// <summary>As <see cref="LearnerShape.Delay"/>.</summary>
    public int Delay { get; init; }
}

/// <summary>A learner of a number, one example at a time.</summary>
/// <remarks>
/// NaN and infinity in the features mean "missing" and are handled by the learner. Nothing allocates after construction except where
/// a learner's remarks say so. <see cref="Predict"/> changes nothing and may be called from any number of threads at once as long as nobody learns;
/// everything else is for one thread at a time.
/// </remarks>
public interface IRegressor : ISaved
{
    /// <summary>Length of the feature vector.</summary>
    int Features { get; }

    /// <summary>The expected target, always finite. Changes nothing.</summary>
    double Predict(ReadOnlySpan<double> x);

    /// <summary>Learns one example.</summary>
    /// <param name="x">The features.</param>
    /// <param name="target">A finite number of at most 1e100 in magnitude.</param>
    /// <param name="weight">How much the example counts, above zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">The target or the weight is out of range.</exception>
    void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0);

    /// <summary>Predicts, then learns: progressive validation in one call. An override that shares work is bit-equal to the two calls.</summary>
    double TestThenTrain(ReadOnlySpan<double> x, double target)
    {
        var prediction = Predict(x);
        Learn(x, target);
        return prediction;
    }
}
