using System.ComponentModel.DataAnnotations;
using Hone.Learning.Trees;

namespace Hone.Learning.Ensembles;

/// <summary>Options of every ensemble of trees.</summary>
public abstract record TreeEnsembleOptions
{
    /// <summary>Number of trees.</summary>
    [Range(1, 1000)]
    public int Members { get; init; } = 10;

    /// <summary>Mean of how often a tree learns an example.</summary>
    [Range(0.01, 50.0)]
    public double Lambda { get; init; } = 6;

    /// <summary>Weight that a leaf sees between two attempts to split.</summary>
    [Range(1.0, 1e9)]
    public double GracePeriod { get; init; }

    /// <summary>Probability of a wrong choice at one attempt to split; smaller means later splits.</summary>
    [Range(1e-12, 0.5)]
    public double Delta { get; init; }

    /// <summary>When so little difference between two features could still be chance, they count as equally good and the better one is taken.</summary>
    [Range(0.0, 10.0)]
    public double TieThreshold { get; init; } = 0.05;

    /// <summary>How a leaf answers: mc (frequencies), nb (naive Bayes) or nba (whichever has been right more often in the leaf).</summary>
    public LeafPrediction LeafPrediction { get; init; } = LeafPrediction.NaiveBayesAdaptive;

    /// <summary>Probability of a false alarm at one check of a tree's error. An alarm starts a fresh tree, which takes over only when it proves to be better: false ones cost time and no accuracy.</summary>
    [Range(1e-12, 0.5)]
    public double DriftDelta { get; init; }

    /// <summary>Most leaves of a tree.</summary>
    [Range(2, 1 << 20)]
    public int LeavesMax { get; init; } = 2048;

    /// <summary>Memory for the leaves of one tree in MiB; taken at construction, and the smaller of the two limits counts.</summary>
    [Range(0.001, 4096.0)]
    public double MemoryMaxMib { get; init; } = 2;

    internal GrowthSettings Growth(int featuresPerLeaf = 0) => new()
    {
        GracePeriod = GracePeriod,
        Delta = Delta,
        TieThreshold = TieThreshold,
        LeafPrediction = LeafPrediction,
        FeaturesPerLeaf = featuresPerLeaf,
        LeavesMax = LeavesMax,
        MemoryMaxMib = MemoryMaxMib,
    };
}

/// <summary>Options of an adaptive random forest.</summary>
public sealed record AdaptiveRandomForestOptions : TreeEnsembleOptions
{
    /// <summary>The defaults.</summary>
    public AdaptiveRandomForestOptions() => (GracePeriod, Delta, DriftDelta) = (50, 0.01, 0.01);

    /// <summary>Features that each leaf looks at, drawn anew for each leaf; 0: the root of the number of features plus one.</summary>
    [Range(0, 100_000)]
    public int FeaturesPerLeaf { get; init; }

    /// <summary>Like <see cref="TreeEnsembleOptions.DriftDelta"/> for a warning, which starts a tree in the background that takes over once it has proved to be better; at least that.</summary>
    [Range(1e-12, 0.5)]
    public double WarningDelta { get; init; } = 0.05;
}

/// <summary>Options of streaming random patches.</summary>
public sealed record StreamingRandomPatchesOptions : TreeEnsembleOptions
{
    /// <summary>The defaults.</summary>
    public StreamingRandomPatchesOptions() => (GracePeriod, Delta, DriftDelta) = (50, 0.01, 0.01);

    /// <summary>Share of the features that each tree looks at, drawn once for each tree.</summary>
    [Range(0.001, 1.0)]
    public double FeatureShare { get; init; } = 0.6;

    /// <summary>Like <see cref="TreeEnsembleOptions.DriftDelta"/> for a warning, which starts a tree in the background that takes over once it has proved to be better; at least that.</summary>
    [Range(1e-12, 0.5)]
    public double WarningDelta { get; init; } = 0.05;
}

/// <summary>Options of leveraging bagging.</summary>
public sealed record LeveragingBaggingOptions : TreeEnsembleOptions
{
    /// <summary>The defaults.</summary>
    public LeveragingBaggingOptions() => (GracePeriod, Delta, DriftDelta) = (50, 0.01, 0.002);
}

/// <summary>Options of ADWIN bagging.</summary>
public sealed record AdwinBaggingOptions : TreeEnsembleOptions
{
    /// <summary>The defaults.</summary>
    public AdwinBaggingOptions() => (Lambda, GracePeriod, Delta, DriftDelta) = (1, 50, 0.01, 0.002);
}

/// <summary>Options of online AdaBoost.</summary>
public sealed record OnlineAdaBoostOptions : TreeEnsembleOptions
{
    /// <summary>The defaults.</summary>
    public OnlineAdaBoostOptions() => (Lambda, GracePeriod, Delta, DriftDelta) = (1, 50, 0.01, 0.002);

    /// <summary>Examples over which a member's errors are remembered, and with them its vote.</summary>
    [Range(10.0, 1e12)]
    public double Memory { get; init; } = 1e12;
}
