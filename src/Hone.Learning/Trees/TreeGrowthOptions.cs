using System.ComponentModel.DataAnnotations;

namespace Hone.Learning.Trees;

/// <summary>How classification trees grow, alone or in an ensemble.</summary>
public abstract record TreeGrowthOptions
{
    /// <summary>Weight that a leaf sees between two attempts to split it.</summary>
    [Range(1.0, 1e9)] public double GracePeriod { get; init; }

    /// <summary>Probability of a wrong choice at one attempt to split; smaller means later splits.</summary>
    [Range(1e-12, 0.5)] public virtual double Delta { get; init; }

    /// <summary>When so little difference between two features could still be chance, they count as equally good and the better one is taken.</summary>
    [Range(0.0, 10.0)] public virtual double TieThreshold { get; init; } = 0.05;

    /// <summary>How a leaf answers: mc (frequencies), nb (naive Bayes) or nba (whichever has been right more often in the leaf).</summary>
    public LeafPrediction LeafPrediction { get; init; } = LeafPrediction.NaiveBayesAdaptive;

    /// <summary>Most leaves of a tree.</summary>
    [Range(1, 1 << 24)] public virtual int LeavesMax { get; init; }

    /// <summary>Memory for the statistics of one tree in MiB; taken at construction, and the smaller of the two limits counts.</summary>
    [Range(0.001, 16384.0)] public double MemoryMaxMib { get; init; }

    internal virtual GrowthSettings Growth => new()
    {
        GracePeriod = GracePeriod,
        Delta = Delta,
        TieThreshold = TieThreshold,
        LeafPrediction = LeafPrediction,
        LeavesMax = LeavesMax,
        MemoryMaxMib = MemoryMaxMib,
    };
}
