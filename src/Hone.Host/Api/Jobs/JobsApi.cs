using Hone.Host.Api.Requests;
using Hone.Host.Configuration;
using Hone.Host.Jobs;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Jobs;

/// <summary>Work that takes longer than a request.</summary>
public static class JobsApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapJobs(this IEndpointRouteBuilder app)
    {
        var jobs = app.MapGroup("/jobs").WithTags("Jobs");

        jobs.MapGet("/", List).RequireKey(Role.Read).WithSummary("Jobs in the order in which they were asked for, a page at a time.").WithExample(null, JobExamples.Page);
        jobs.MapGet("/{id}", Get).RequireKey(Role.Read).WithSummary("A job: where it is, and what came of it.").WithExample(null, JobExamples.Succeeded);
        jobs.MapPost("/{id}/cancel", Cancel).RequireKey(Role.Operate).WithSummary("Calls a job off.").WithExample(null, JobExamples.Running);
        jobs.MapDelete("/{id}", Cancel).RequireKey(Role.Operate).WithSummary("Calls a job off; it stays in the list.").WithExample(null, JobExamples.Running);
    }

    private static Ok<JobPage> List(JobBoard board, ServeOptions options, string? after = null, int limit = Paging.LimitDefault, string? status = null)
    {
        Paging.Check(limit, options);
        if (status is not (null or "queued" or "running" or "succeeded" or "rolled_back" or "failed" or "cancelled"))
            throw Refusals.Field("status", "must be queued, running, succeeded, rolled_back, failed or cancelled.");
        var rows = board.All.Select(JobView.Of).Where(j => (after is null || string.CompareOrdinal(j.JobId, after) > 0) && (status is null || j.Status == status)).Take(limit + 1).ToList();
        var more = rows.Count > limit;
        return TypedResults.Ok(new JobPage(more ? rows[..limit] : rows, more ? rows[limit - 1].JobId : null));
    }

    private static Ok<JobView> Get(string id, JobBoard board) => TypedResults.Ok(JobView.Of(board.Find(id) ?? throw Unknown(id)));

    private static Accepted<JobView> Cancel(string id, JobBoard board)
    {
        if (!board.Cancel(id))
            throw board.Find(id) is { } over ? new ProblemException(StatusCodes.Status409Conflict, $"The job {id} is over: {JobView.StatusOf(over.Status)}.") : Unknown(id);
        return TypedResults.Accepted(AddressOf(id), JobView.Of(board.Find(id) ?? throw Unknown(id)));
    }

    /// <summary>Where a job can be looked at.</summary>
    internal static string AddressOf(string id) => $"{WebServer.ApiRoot}/jobs/{id}";

    /// <summary>The problem of a job for which there is no room.</summary>
    internal static ProblemException Busy() => new(StatusCodes.Status429TooManyRequests, $"{JobBoard.QueueMax} jobs wait already; try again when some are done.") { RetryAfterSeconds = 30 };

    private static ProblemException Unknown(string id)
        => new(StatusCodes.Status404NotFound, $"There is no job '{(id.Length > 64 ? id[..64] : id)}'; GET {WebServer.ApiRoot}/jobs lists them.");
}
