namespace Hone.Learning.Trees;

/// <summary>What a <see cref="RegressionTrees"/> is built for; checked by the options of who builds it.</summary>
internal sealed record RegressionTreesSettings
{
    /// <summary>Length of the feature vector.</summary>
    public required int Features { get; init; }

    /// <summary>How many trees.</summary>
    public required int Trees { get; init; }

    /// <summary>Leaves of one tree at most.</summary>
    public required int LeavesMax { get; init; }

    /// <summary>Splits between the root and a leaf at most.</summary>
    public required int DepthMax { get; init; }

    /// <summary>Features that a leaf, or a tree, may split on.</summary>
    public required int Candidates { get; init; }

    /// <summary>Whether the candidates are drawn once per tree and not once per leaf.</summary>
    public required bool CandidatesPerTree { get; init; }

    /// <summary>Leaves of all trees together that may collect what a split is decided on.</summary>
    public required int HistogramsMax { get; init; }

    /// <summary>Examples between two attempts to split a leaf.</summary>
    public required double GracePeriod { get; init; }

    /// <summary>Probability that the second best feature is the better one after all; 1 does not ask.</summary>
    public required double SplitConfidence { get; init; }

    /// <summary>Hoeffding bound under which two features are as good as each other.</summary>
    public required double TieThreshold { get; init; }

    /// <summary>Probability that a split of pure noise passes for one.</summary>
    public required double NoiseProbability { get; init; }

    /// <summary>Examples after which a leaf forgets exponentially.</summary>
    public required double Memory { get; init; }

    /// <summary>Examples of no gradient that a leaf's value is shrunk by.</summary>
    public required double Shrinkage { get; init; }

    /// <summary>Examples after which a leaf's fast value forgets exponentially; 0 where there is none.</summary>
    public double FastMemory { get; init; }

    /// <summary>Examples of no gradient that a leaf's fast value is shrunk by.</summary>
    public double FastShrinkage { get; init; }

    /// <summary>Largest magnitude of a leaf's value.</summary>
    public double ValueMax { get; init; } = double.MaxValue;

    /// <summary>Seed of the candidates.</summary>
    public required ulong Seed { get; init; }
}
