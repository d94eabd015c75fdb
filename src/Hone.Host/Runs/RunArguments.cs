namespace Hone.Host.Runs;

/// <summary>What `run` was asked beside its config.</summary>
public sealed record RunArguments
{
    /// <summary>Files of bars; empty for the built-in market.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>Folder of the results; null for <c>out/&lt;time&gt;-&lt;symbol&gt;</c>.</summary>
    public string? Out { get; init; }

    /// <summary>File to save the state to at the end (one market).</summary>
    public string? SaveState { get; init; }

    /// <summary>File of a saved state to continue from (one market).</summary>
    public string? LoadState { get; init; }

    /// <summary>Whether several markets share limits.</summary>
    public bool PortfolioLimits { get; init; }

    /// <summary>Whether predictions.csv is written without a limit of a million rows, up to it, or not at all.</summary>
    public PredictionRows Predictions { get; init; } = PredictionRows.Auto;

    /// <summary>Whether files are written at all; summary figures come either way.</summary>
    public bool WriteFiles { get; init; } = true;

    /// <summary>The command line as typed.</summary>
    public string Command { get; init; } = "hone run";
}

/// <summary>How much predictions.csv holds.</summary>
public enum PredictionRows
{
    /// <summary>The first million rows.</summary>
    Auto,

    /// <summary>Every row.</summary>
    All,

    /// <summary>No file.</summary>
    None,
}
