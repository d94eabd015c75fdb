using System.Text.Json.Nodes;
using Hone.Adapters.Journals;
using Hone.Host.Api.Jobs;
using Hone.Host.Configuration;
using Hone.Host.Jobs;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Backups;

/// <summary>Copies of the journal, made while everything goes on.</summary>
public static class BackupsApi
{
    private const string Folder = "backups";

    /// <summary>Maps the noun.</summary>
    public static void MapBackups(this IEndpointRouteBuilder app)
    {
        app.MapPost("/backups", Start).RequireKey(Role.Operate).WithTags("Backups").WithSummary("Writes a consistent copy of the journal into HOME/backups, while everything goes on. The server chooses its name.").WithExample(null, JobExamples.Accepted);
    }

    private static async Task<Accepted<JobAccepted>> Start(JobBoard board, IJournal journal, ServeOptions options, CancellationToken cancel)
    {
        var job = await board.Submit("backup", (run, stop) => Write(run, journal, options.Home, stop), cancel) ?? throw JobsApi.Busy();
        return TypedResults.Accepted(JobsApi.AddressOf(job.JobId), JobAccepted.Of(job));
    }

    private static async Task<JobResult> Write(JobRun run, IJournal journal, string home, CancellationToken cancel)
    {
        run.Phase = "copying";
        var folder = Directory.CreateDirectory(Path.Combine(home, Folder));
        var name = $"{run.JobId}.backup";
        var path = Path.Combine(folder.FullName, name);
        await journal.Backup(path, run, cancel);
        return new JobResult(new JsonObject { ["name"] = name, ["bytes"] = new FileInfo(path).Length });
    }
}
