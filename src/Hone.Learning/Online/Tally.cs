namespace Hone.Learning.Online;

/// <summary>Weights of examples, counted by class.</summary>
internal static class Tally
{
    /// <summary>No count goes beyond this: sums of counts stay finite whatever weights come in.</summary>
    public const double WeightMax = 1e100;

    /// <summary>The class of the greatest weight; the first one of equals.</summary>
    public static int Most(ReadOnlySpan<double> weights)
    {
        var most = 0;
        for (var k = 1; k < weights.Length; k++)
            if (weights[k] > weights[most])
                most = k;
        return most;
    }

    /// <summary>The sum in the order of the classes.</summary>
    public static double Sum(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        foreach (var weight in weights)
            sum += weight;
        return sum;
    }
}
