using System.Text.Json.Nodes;

namespace Hone.Host.Jobs;

/// <summary>What a job does, while it is done.</summary>
/// <param name="run">Tells how far it is.</param>
/// <param name="cancel">Calls it off.</param>
/// <returns>What came of it.</returns>
public delegate Task<JobResult> JobWork(JobRun run, CancellationToken cancel);

/// <summary>What came of a job.</summary>
/// <param name="Result">As every answer shows it; null for nothing.</param>
/// <param name="RolledBack">Whether it was taken back for being worse.</param>
public sealed record JobResult(JsonNode? Result, bool RolledBack = false);

/// <summary>A job that cannot be done; the message is for its owner: what was found, what to do.</summary>
public sealed class JobFailedException(string message) : Exception(message);

/// <summary>Tells how far a job is.</summary>
public sealed class JobRun : IProgress<double>
{
    private double _progress;

    /// <summary>Id of the job.</summary>
    public required string JobId { get; init; }

    /// <summary>What it does at the moment, in a few words.</summary>
    public string? Phase { get; set; }

    /// <summary>Share that is done, 0…1.</summary>
    public double Progress => Volatile.Read(ref _progress);

    /// <inheritdoc/>
    public void Report(double value) => Volatile.Write(ref _progress, Math.Clamp(value, 0, 1));
}
