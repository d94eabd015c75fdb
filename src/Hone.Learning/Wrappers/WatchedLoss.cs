namespace Hone.Learning.Wrappers;

/// <summary>Which loss of a classifier is watched.</summary>
public enum WatchedLoss
{
    /// <summary>0 when the most likely class was right, 1 when not: what every detector takes.</summary>
    Error,

    /// <summary>Half of the squared distance between the probabilities and the outcome, from 0 to 1: sees a change of weak predictions sooner.</summary>
    Brier,
}

internal static class Losses
{
    public static double Of(WatchedLoss loss, ReadOnlySpan<double> probabilities, int label) => loss == WatchedLoss.Error ? Error(probabilities, label) : Brier(probabilities, label);

    /// <summary>Half of the Brier score, from 0 to 1.</summary>
    public static double Brier(ReadOnlySpan<double> probabilities, int label)
    {
        var sum = 0.0;
        for (var k = 0; k < probabilities.Length; k++)
        {
            var difference = probabilities[k] - (k == label ? 1 : 0);
            sum += difference * difference;
        }
        return Math.Min(0.5 * sum, 1);
    }

    private static double Error(ReadOnlySpan<double> probabilities, int label)
    {
        var best = 0;
        for (var k = 1; k < probabilities.Length; k++)
            if (probabilities[k] > probabilities[best])
                best = k;
        return best == label ? 0 : 1;
    }
}
