using Hone.Adapters.Streams;

namespace Hone.Host.Cli;

/// <summary>What the command line of `hone evaluate` says.</summary>
internal sealed record EvaluateArguments
{
    /// <summary>The seed where none is given.</summary>
    public const ulong SeedUsual = 42;

    /// <summary>The file of rows.</summary>
    public required string Stream { get; init; }

    /// <summary>The column that is predicted.</summary>
    public required string Target { get; init; }

    /// <summary>Names of learners separated by commas, or "all".</summary>
    public required string Learners { get; init; }

    /// <summary>Options as JSON; null for the defaults.</summary>
    public string? Options { get; init; }

    /// <summary>Further rows that are predicted before a label is known.</summary>
    public int DelayRows { get; init; }

    /// <summary>The column that says when labels are known; null for none.</summary>
    public string? DelayColumn { get; init; }

    /// <summary>What is predicted; null: as the target looks.</summary>
    public StreamTask? Task { get; init; }

    /// <summary>Columns that are left out.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Rows that are read at most; null for all.</summary>
    public long? RowsMax { get; init; }

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; } = SeedUsual;

    /// <summary>Threads; 0 for all cores.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Seconds that other copies of a learner run before one is timed.</summary>
    public double WarmUpSeconds { get; init; } = 1;

    /// <summary>Folder of the results; null for one named after time and stream.</summary>
    public string? Out { get; init; }

    /// <summary>The command line as typed.</summary>
    public string Command { get; init; } = "";
}
