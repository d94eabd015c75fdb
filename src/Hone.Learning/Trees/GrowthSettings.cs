namespace Hone.Learning.Trees;

/// <summary>How a classification tree grows. The same numbers for a single tree and for a member of an ensemble.</summary>
internal readonly record struct GrowthSettings()
{
    /// <summary>Weight that a leaf sees between two attempts to split.</summary>
    public double GracePeriod { get; init; } = 200;

    /// <summary>Probability of a wrong choice of the feature at one attempt, if merits were means of independent numbers.</summary>
    public double Delta { get; init; } = 1e-7;

    /// <summary>Below this Hoeffding bound the best two features count as equally good, and the best one is taken.</summary>
    public double TieThreshold { get; init; } = 0.05;

    /// <summary>How a leaf answers.</summary>
    public LeafPrediction LeafPrediction { get; init; } = LeafPrediction.NaiveBayesAdaptive;

    /// <summary>Places between the smallest and the largest value of a feature at which a cut is tried.</summary>
    public int SplitCandidates { get; init; } = 10;

    /// <summary>Features that each leaf looks at, drawn anew for each leaf; 0 for all of them.</summary>
    public int FeaturesPerLeaf { get; init; } = 0;

    /// <summary>Most leaves.</summary>
    public int LeavesMax { get; init; } = 4096;

    /// <summary>Memory for the statistics of leaves, in MiB. The smaller of the two limits counts.</summary>
    public double MemoryMaxMib { get; init; } = 16;
}
