namespace Hone.Host.Streams;

/// <summary>What came of one learner on a stream.</summary>
internal sealed record LearnerResult
{
    /// <summary>The learner's name in its catalog.</summary>
    public required string Learner { get; init; }

    /// <summary>Whether it is there to be compared with.</summary>
    public required bool IsBaseline { get; init; }

    /// <summary>Its options as given, as JSON; "{}" for the defaults.</summary>
    public required string Options { get; init; }

    /// <summary>How good it was.</summary>
    public required StreamScore Score { get; init; }

    /// <summary>Its mean loss at the points of the stream's learning curve; null where single rows say nothing.</summary>
    public required double[]? Curve { get; init; }

    /// <summary>Coverage of the conformal method beside it; null where there is none.</summary>
    public required CoverageScore? Coverage { get; init; }

    /// <summary>The learner's own loop over all rows.</summary>
    public required double Seconds { get; init; }

    /// <summary>Bytes that the loop allocated for each row.</summary>
    public required double AllocatedBytesPerInstance { get; init; }

    /// <summary>Bytes allocated by construction and loop together.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Changes in its losses.</summary>
    public required IReadOnlyList<StreamDrift> Drifts { get; init; }

    /// <summary>Hash of everything it knew at the end.</summary>
    public required string StateHash { get; init; }

    /// <summary>Which limit it reached; null for none.</summary>
    public required string? LimitReached { get; init; }
}
