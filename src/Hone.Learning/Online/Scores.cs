using Hone.Learning.Numerics;

namespace Hone.Learning.Online;

/// <summary>
/// From linear scores to probabilities. Two classes have one score, the log-odds of class 1; more classes have one each.
/// </summary>
internal static class Scores
{
    /// <summary>Scores further apart than this count as this far apart: no probability is ever 0, and log-loss stays finite.</summary>
    public const double DistanceMax = 30;

    /// <summary>Scores for so many classes.</summary>
    public static int Count(int classes) => classes == 2 ? 1 : classes;

    /// <summary>Softmax; the logistic function for one score.</summary>
    public static void ToProbabilities(ReadOnlySpan<double> scores, Span<double> probabilities)
    {
        if (scores.Length == 1)
        {
            var up = Elementary.Sigmoid(Math.Min(Math.Max(scores[0], -DistanceMax), DistanceMax));
            probabilities[0] = 1 - up;
            probabilities[1] = up;
            return;
        }
        var most = scores[0];
        for (var k = 1; k < scores.Length; k++)
            most = Math.Max(most, scores[k]);
        var sum = 0.0;
        for (var k = 0; k < scores.Length; k++)
        {
            probabilities[k] = Elementary.Exp(Math.Max(scores[k] - most, -DistanceMax));
            sum += probabilities[k];
        }
        for (var k = 0; k < scores.Length; k++)
            probabilities[k] /= sum;
    }

    /// <summary>Refuses what is no class or has no weight.</summary>
    public static void Check(int label, int classes, double weight)
    {
        if ((uint)label >= (uint)classes)
            throw new ArgumentOutOfRangeException(nameof(label), label, $"A label of {classes} classes is from 0 to {classes - 1}.");
        if (!(weight > 0 && weight <= double.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "A weight is a finite number above zero.");
    }

    /// <summary>Refuses a shape that no learner can have.</summary>
    public static void Check(LearnerShape shape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Classes, 2);
    }
}
