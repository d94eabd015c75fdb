using System.Net;
using System.Text.Json;
using Hone.Adapters.Journals;
using Hone.Host.Jobs;
using Hone.Host.Tests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Tests.Api;

/// <summary>Jobs: a session that is verified while it goes on, jobs that are called off, and those that a restart cut off.</summary>
public sealed class JobTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_session_is_verified_while_it_goes_on()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        for (var i = 0; i < 20; i++)
            await server.Admin.Posted($"sessions/{id}/outcomes", $$"""{"outcome_id":"o{{i}}","features":[{{i}},2,3],"actual":{{i % 2}}}""");

        var answer = await server.Admin.Post($"sessions/{id}/verify", "");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var done = await Over(server, (await answer.Success()).Text("status_url"));

        Assert.Equal(("verify", "succeeded"), (done.Text("kind"), done.Text("status")));
        var result = done.GetProperty("result");
        Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString());
        Assert.Equal((id, 21L, 21L), (result.Text("session_id"), result.Long("entries"), result.Long("recomputed")));
        Assert.Equal((await server.Admin.Got($"sessions/{id}/metrics")).Text("state_hash"), result.Text("state_hash"));
        await (await server.Admin.Post("sessions/none/verify", "")).Problem(404);
        // A stopped one can be verified as well.
        await (await server.Admin.DeleteAsync($"sessions/{id}")).Success();
        Assert.True((await Over(server, (await server.Admin.Posted($"sessions/{id}/verify", "")).Text("status_url"))).GetProperty("result").GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task A_job_is_called_off_while_it_works_and_while_it_waits()
    {
        await using var server = await ApiServer.Start();
        var board = server.Services.GetRequiredService<JobBoard>();
        var begun = new TaskCompletionSource();
        var running = await board.Submit("wait", Forever(begun), TestContext.Current.CancellationToken);
        var waiting = await board.Submit("wait", (_, _) => Task.FromResult(new JobResult(null)), TestContext.Current.CancellationToken);
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal("running", (await server.Admin.Got($"jobs/{running!.JobId}")).Text("status"));
        Assert.Equal("queued", (await server.Admin.Got($"jobs/{waiting!.JobId}")).Text("status"));
        foreach (var job in (Job[])[waiting, running])
            Assert.Equal(HttpStatusCode.Accepted, (await server.Admin.DeleteAsync($"jobs/{job.JobId}")).StatusCode);

        foreach (var job in (Job[])[running, waiting])
            Assert.Equal("cancelled", (await Over(server, $"jobs/{job.JobId}")).Text("status"));
        Assert.Contains("is over", (await (await server.Admin.DeleteAsync($"jobs/{running.JobId}")).Problem(409)).Detail());
        await (await server.Admin.DeleteAsync("jobs/none")).Problem(404);
    }

    [Fact]
    public async Task A_job_that_a_kill_cut_off_has_failed_at_the_next_start_and_says_so()
    {
        var begun = new TaskCompletionSource();
        string running, waiting;
        await using (var journal = await JournalStore.OpenAsync("sqlite", _folder.Path, TestContext.Current.CancellationToken))
        {
            var board = new JobBoard(journal, TimeProvider.System);
            await board.StartAsync(TestContext.Current.CancellationToken);
            running = (await board.Submit("wait", Forever(begun), TestContext.Current.CancellationToken))!.JobId;
            waiting = (await board.Submit("wait", Forever(begun), TestContext.Current.CancellationToken))!.JobId;
            await begun.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            // Nothing is ended in good order: the board is dropped as a killed process drops it.
        }
        await using var again = await JournalStore.OpenAsync("sqlite", _folder.Path, TestContext.Current.CancellationToken);
        var next = new JobBoard(again, TimeProvider.System);
        await next.StartAsync(TestContext.Current.CancellationToken);

        foreach (var id in (string[])[running, waiting])
        {
            var job = next.Find(id)!;
            Assert.Equal((JobStatus.Failed, "the server was restarted"), (job.Status, job.Error));
            Assert.NotNull(job.FinishedAt);
        }
        await next.StopAsync(TestContext.Current.CancellationToken);
    }

    private static JobWork Forever(TaskCompletionSource begun) => async (_, stop) =>
    {
        begun.TrySetResult();
        await Task.Delay(Timeout.Infinite, stop);
        return new JobResult(null);
    };

    private static async Task<JsonElement> Over(ApiServer server, string url)
    {
        await Eventually.Holds(async () => (await server.Admin.Got(url)).Text("status") is not ("queued" or "running"), "the job is over");
        return await server.Admin.Got(url);
    }
}
