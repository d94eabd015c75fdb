using Hone.Adapters.Journals;
using Hone.Host.Api.Jobs;
using Hone.Host.Api.Requests;
using Hone.Host.Jobs;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Verification;

/// <summary>Computes a session again from its journal while it goes on.</summary>
public static class VerificationApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapVerification(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sessions/{id}/verify", Start).RequireKey(Role.Operate).WithTags("Sessions")
            .WithSummary("Computes a session again from its journal, and compares everything that is stored beside the entries.")
            .WithDescription("A job. It succeeds when it was done; its result says with ok and problem whether the journal is sound, as `hone verify --json` does. The session goes on meanwhile.")
            .WithExample(null, JobExamples.Accepted);
    }

    private static async Task<Accepted<JobAccepted>> Start(string id, JobBoard board, SessionHost host, CancellationToken cancel)
    {
        var record = host.RecordOf(id) ?? throw SessionLookup.Unknown(id);
        var job = await board.Submit("verify", (run, stop) => Verify(run, host, record, stop), cancel) ?? throw JobsApi.Busy();
        return TypedResults.Accepted(JobsApi.AddressOf(job.JobId), JobAccepted.Of(job));
    }

    private static async Task<JobResult> Verify(JobRun run, SessionHost host, SessionRecord record, CancellationToken cancel)
    {
        run.Phase = "recomputing";
        var first = await host.Journal.FirstSeq(record.Id, cancel);
        var last = Math.Max(first, (await host.Journal.Snapshots(record.Id, cancel)).LastOrDefault().Seq);
        var found = await JournalVerification.Run(host.Catalog, host.Journal, record, seq => run.Report((seq - first + 1.0) / (last - first + 1)), cancel);
        return new JobResult(found.ToJson());
    }
}
