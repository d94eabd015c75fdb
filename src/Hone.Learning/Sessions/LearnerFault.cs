namespace Hone.Learning.Sessions;

/// <summary>What is wrong with what a learner did, in words and in finite numbers.</summary>
/// <param name="Cause">After the learner's name, as a sentence without an end.</param>
/// <param name="Statistic">The number behind the cause.</param>
/// <param name="Reference">What it was compared with.</param>
internal readonly record struct LearnerFault(string Cause, double Statistic, double Reference)
{
    private const int MessageMax = 300;

    /// <summary>Lets a learner predict.</summary>
    /// <returns>Null when it gave a distribution.</returns>
    public static LearnerFault? OfPredicting(IClassifier learner, ReadOnlySpan<double> x, Span<double> probabilities)
    {
        try
        {
            learner.Predict(x, probabilities);
        }
        catch (Exception e) when (IsTheLearners(e))
        {
            return Thrown(e);
        }
        return Member.IsDistribution(probabilities) ? null : Of(probabilities);
    }

    /// <summary>Lets a learner learn.</summary>
    /// <returns>Null when it did; what a learner that threw has half learned cannot be relied on.</returns>
    public static LearnerFault? OfLearning(IClassifier learner, ReadOnlySpan<double> x, int label, double weight)
    {
        try
        {
            learner.Learn(x, label, weight);
            return null;
        }
        catch (Exception e) when (IsTheLearners(e))
        {
            return Thrown(e);
        }
    }

    // Memory that has run out is no fault of the learner: the same input would do on another day.
    private static bool IsTheLearners(Exception e) => e is not (OutOfMemoryException or StackOverflowException or InsufficientExecutionStackException);

    private static LearnerFault Thrown(Exception e)
    {
        var message = e.Message.Length <= MessageMax ? e.Message : string.Concat(e.Message.AsSpan(0, MessageMax), "…");
        return new($"threw {e.GetType().Name}: {message}", 1, 0);
    }

    private static LearnerFault Of(ReadOnlySpan<double> probabilities)
    {
        var outside = 0;
        var sum = 0.0;
        foreach (var p in probabilities)
        {
            outside += p >= 0 && p <= 1 ? 0 : 1;
            sum += p;
        }
        return outside > 0 ? new($"gave {outside} numbers that are no probabilities", outside, 0) : new("gave probabilities that do not sum to one", sum, 1);
    }
}
