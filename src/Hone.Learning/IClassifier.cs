using Hone.Learning.State;

namespace Hone.Learning;

/// <summary>
/// A learner of class probabilities, one example at a time.
/// </summary>
/// <remarks>
/// <para>NaN and infinity in the features mean "missing" and are handled by the learner (a linear one takes the feature's mean); the session
/// refuses infinity before it gets here. Nothing allocates after construction except where a learner's remarks say so.</para>
/// <para><see cref="Predict"/> may be called from any number of threads at once as long as nobody learns; everything else is for one thread at a time.
/// Who predicts while somebody learns reads a frozen copy: a second learner that was given the first one's state.</para>
/// </remarks>
public interface IClassifier : ISaved
{
    /// <summary>Length of the feature vector.</summary>
    int Features { get; }

    /// <summary>Number of classes, 2 or more.</summary>
    int Classes { get; }

    /// <summary>Writes one probability per class; they sum to one. Changes nothing.</summary>
    void Predict(ReadOnlySpan<double> x, Span<double> probabilities);

    /// <summary>Learns one labelled example of a weight above zero.</summary>
    void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0);

    /// <summary>Predicts, then learns: progressive validation in one call. An override that shares work is bit-equal to the two calls.</summary>
    void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Predict(x, probabilities);
        Learn(x, label);
    }
}

/// <summary>A learner whose step size can be raised for a while when the world has changed.</summary>
public interface IRateBoost
{
    /// <summary>Restarts the step-size schedule so that steps are at least <paramref name="factor"/> times the present ones (1 or more), decaying again from there.</summary>
    void BoostRate(double factor);

    /// <summary>Whether that does anything: a learner around others may have none inside that can.</summary>
    bool CanBoost => true;
}

/// <summary>Marks a learner that is there to be compared with: it is scored like any member and never votes.</summary>
public interface IBaseline;
