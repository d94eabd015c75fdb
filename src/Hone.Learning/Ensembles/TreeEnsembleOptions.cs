using System.ComponentModel.DataAnnotations;
using Hone.Learning.Trees;

namespace Hone.Learning.Ensembles;

/// <summary>Options of every ensemble of trees.</summary>
public abstract record TreeEnsembleOptions : TreeGrowthOptions
{
    /// <summary>The defaults of all ensembles.</summary>
    protected TreeEnsembleOptions() => (GracePeriod, Delta, LeavesMax, MemoryMaxMib) = (50, 0.01, 2048, 2);

    /// <summary>Number of trees.</summary>
    [Range(1, 1000)]
    public int Members { get; init; } = 10;

    /// <summary>Mean of how often a tree learns an example.</summary>
    [Range(0.01, 50.0)]
    public double Lambda { get; init; } = 6;

    /// <summary>Probability of a false alarm at one check of a tree's error. An alarm starts a fresh tree, which takes over only when it proves to be better: false ones cost time and no accuracy.</summary>
    [Range(1e-12, 0.5)]
    public double DriftDelta { get; init; }
}

/// <summary>Options of an adaptive random forest.</summary>
public sealed record AdaptiveRandomForestOptions : TreeEnsembleOptions
{
    /// <summary>The defaults.</summary>
    public AdaptiveRandomForestOptions() => DriftDelta = 0.01;

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
    public StreamingRandomPatchesOptions() => DriftDelta = 0.01;

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
    public LeveragingBaggingOptions() => DriftDelta = 0.002;
}

/// <summary>Options of ADWIN bagging.</summary>
public sealed record AdwinBaggingOptions : TreeEnsembleOptions
{
    /// <summary>The defaults.</summary>
    public AdwinBaggingOptions() => (Lambda, DriftDelta) = (1, 0.002);
}

/// <summary>Options of online AdaBoost.</summary>
public sealed record OnlineAdaBoostOptions : TreeEnsembleOptions
{
    /// <summary>The defaults.</summary>
    public OnlineAdaBoostOptions() => (Lambda, DriftDelta) = (1, 0.002);

    /// <summary>Examples over which a member's errors are remembered, and with them its vote.</summary>
    [Range(10.0, 1e12)]
    public double Memory { get; init; } = 1e12;
}
