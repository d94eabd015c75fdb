using System.Text.Json.Nodes;
using Hone.Host.Jobs;

namespace Hone.Host.Api.Jobs;

/// <summary>A page of jobs, oldest first.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">What <c>after</c> must be for the next page; null at the end.</param>
public sealed record JobPage(IReadOnlyList<JobView> Jobs, string? Next);

/// <summary>A job.</summary>
/// <param name="JobId">Its id.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Status">queued, running, succeeded, rolled_back, failed or cancelled.</param>
/// <param name="Phase">What it does at the moment; null without phases.</param>
/// <param name="Progress">Share that is done, 0…1.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When it began; null before.</param>
/// <param name="FinishedAt">When it ended; null before.</param>
/// <param name="Result">What came of it; null before.</param>
/// <param name="Error">Why it failed; null otherwise.</param>
public sealed record JobView(
    string JobId, string Kind, string Status, string? Phase, double Progress, DateTime CreatedAt, DateTime? StartedAt, DateTime? FinishedAt, JsonNode? Result, string? Error)
{
    internal static JobView Of(Job job)
        => new(job.JobId, job.Kind, StatusOf(job.Status), job.Phase, job.Progress, job.CreatedAt, job.StartedAt, job.FinishedAt, job.Result?.DeepClone(), job.Error);

    internal static string StatusOf(JobStatus status) => status == JobStatus.RolledBack ? "rolled_back" : status.ToString().ToLowerInvariant();
}

/// <summary>A job that was just asked for.</summary>
/// <param name="JobId">Its id.</param>
/// <param name="Status">queued.</param>
/// <param name="StatusUrl">Where it can be looked at.</param>
public sealed record JobAccepted(string JobId, string Status, string StatusUrl)
{
    internal static JobAccepted Of(Job job) => new(job.JobId, "queued", JobsApi.AddressOf(job.JobId));
}
