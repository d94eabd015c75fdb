namespace Hone.Learning.Online;

/// <summary>Weights of examples, counted by class.</summary>
internal static class Tally
{
    /// <summary>No count goes beyond this: sums of counts stay finite whatever weights come in.</summary>
    public const double WeightMax = 1e100;

    /// <summary>The sum in the order of the classes.</summary>
    public static double Sum(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        foreach (var weight in weights)
            sum += weight;
        return sum;
    }
}
