using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Hone.Host.Jobs;

/// <summary>Where a job is.</summary>
public enum JobStatus
{
    /// <summary>It waits for its turn.</summary>
    Queued,

    /// <summary>It works.</summary>
    Running,

    /// <summary>It is done.</summary>
    Succeeded,

    /// <summary>It was done, and taken back for being worse.</summary>
    RolledBack,

    /// <summary>It could not be done; the error says why.</summary>
    Failed,

    /// <summary>Somebody called it off.</summary>
    Cancelled,
}

/// <summary>Work that takes longer than a request.</summary>
/// <param name="JobId">Its id.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Status">Where it is.</param>
/// <param name="CreatedAt">When it was asked for.</param>
public sealed record Job(string JobId, string Kind, JobStatus Status, DateTime CreatedAt)
{
    /// <summary>What it does at the moment; null when it has not begun, or has no phases.</summary>
    public string? Phase { get; init; }

    /// <summary>Share that is done, 0…1.</summary>
    public double Progress { get; init; }

    /// <summary>When it began; null before.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTime? FinishedAt { get; init; }

    /// <summary>What came of it; null before, and when nothing did.</summary>
    public JsonNode? Result { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public string? Error { get; init; }

    /// <summary>Whether it has come to an end.</summary>
    [JsonIgnore] public bool IsOver => Status is not (JobStatus.Queued or JobStatus.Running);
}
