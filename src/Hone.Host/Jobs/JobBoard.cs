using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Hone.Adapters.Journals;
using Hone.Host.Serving.Json;
using Hone.Learning;
using Microsoft.Extensions.Hosting;

namespace Hone.Host.Jobs;

/// <summary>
/// Work that takes longer than a request, one piece at a time. What is known of it survives a restart; what was under way then has failed and says so, because nobody can tell how far it had come.
/// </summary>
public sealed class JobBoard(IJournal journal, TimeProvider time) : IHostedService
{
    /// <summary>Jobs that may wait.</summary>
    public const int QueueMax = 16;

    /// <summary>Jobs that are remembered.</summary>
    public const int KeptMax = 1_000;

    /// <summary>Days for which a job that is over is remembered.</summary>
    public const int KeptDays = 30;

    /// <summary>Kind of the documents in which jobs are kept.</summary>
    internal const string DocumentKind = "job";

    private readonly ConcurrentDictionary<string, Entry> _jobs = new(StringComparer.Ordinal);
    private readonly Channel<Entry> _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(QueueMax) { SingleReader = true });
    private readonly CancellationTokenSource _ending = new();
    private Task _working = Task.CompletedTask;

    /// <summary>Jobs, newest last.</summary>
    public IReadOnlyList<Job> All => [.. _jobs.Values.Select(e => e.Seen()).OrderBy(j => j.JobId, StringComparer.Ordinal)];

    /// <summary>A job; null when there is none.</summary>
    public Job? Find(string id) => _jobs.GetValueOrDefault(id)?.Seen();

    /// <summary>Puts work into the queue.</summary>
    /// <param name="kind">What it does, in kebab-case.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancel">Stops waiting for the journal; the job is in the queue then.</param>
    /// <returns>The job; null when too many wait.</returns>
    public async Task<Job?> Submit(string kind, JobWork work, CancellationToken cancel = default)
    {
        var now = Now();
        var entry = new Entry(new Job(NewId(now), kind, JobStatus.Queued, now), work);
        // Known before it can begin, and forgotten again where there is no room for it.
        _jobs[entry.Job.JobId] = entry;
        if (!_queue.Writer.TryWrite(entry))
        {
            _jobs.TryRemove(entry.Job.JobId, out _);
            return null;
        }
        await entry.Save(journal, cancel).ConfigureAwait(false);
        await Forget(cancel).ConfigureAwait(false);
        return entry.Seen();
    }

    /// <summary>Calls a job off: one that waits will not begin, one that works is told to stop.</summary>
    /// <returns>False when there is none, or it is over.</returns>
    public bool Cancel(string id)
    {
        if (_jobs.GetValueOrDefault(id) is not { } entry || entry.Job.IsOver)
            return false;
        entry.Cancel.Cancel();
        return true;
    }

    /// <summary>Reads what is known of earlier jobs and begins to work.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await journal.RemoveDocuments(DocumentKind, (time.GetUtcNow().AddDays(-KeptDays).UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond, cancellationToken).ConfigureAwait(false);
        for (var after = ""; ;)
        {
            var page = await journal.Documents(DocumentKind, after, KeptMax, cancellationToken).ConfigureAwait(false);
            foreach (var (id, json) in page)
                await Recover(id, json, cancellationToken).ConfigureAwait(false);
            if (page.Count < KeptMax)
                break;
            after = page[^1].Id;
        }
        _working = Task.Run(Work, CancellationToken.None);
    }

    /// <summary>Calls everything off and waits until the present job has stopped.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _working.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Work()
    {
        try
        {
            await foreach (var entry in _queue.Reader.ReadAllAsync(_ending.Token).ConfigureAwait(false))
                await Run(entry).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server ends; what waits is failed at the next start.
        }
    }

    private async Task Run(Entry entry)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token, entry.Cancel.Token);
        try
        {
            either.Token.ThrowIfCancellationRequested();
            entry.Job = entry.Job with { Status = JobStatus.Running, StartedAt = Now() };
            await entry.Save(journal, either.Token).ConfigureAwait(false);
            var result = await entry.Work!(entry.Run, either.Token).ConfigureAwait(false);
            End(result.RolledBack ? JobStatus.RolledBack : JobStatus.Succeeded, null, 1, result.Result);
        }
        catch (OperationCanceledException) when (entry.Cancel.IsCancellationRequested)
        {
            End(JobStatus.Cancelled, null, entry.Run.Progress);
        }
        catch (OperationCanceledException)
        {
            End(JobStatus.Failed, "The server was stopped; start the job again.", entry.Run.Progress);
        }
        catch (Exception e) when (e is JobFailedException or InvalidOptionsException or IOException or UnauthorizedAccessException or JournalFullException or JournalBrokenException or JournalFencedException)
        {
            End(JobStatus.Failed, e.Message, entry.Run.Progress);
        }
        catch (Exception e)
        {
            // A mistake of ours ends this job and not those that wait behind it.
            End(JobStatus.Failed, $"The job broke off: {e.GetType().Name}: {e.Message}", entry.Run.Progress);
        }
        try
        {
            await entry.Save(journal, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JournalFullException or JournalBrokenException or JournalFencedException)
        {
            // It is known as long as the server runs; afterwards it counts as broken off.
        }

        void End(JobStatus status, string? error, double progress, JsonNode? came = null)
            => entry.Job = entry.Job with { Status = status, Result = came, Error = error, Phase = entry.Run.Phase, Progress = progress, FinishedAt = Now() };
    }

    private async Task Recover(string id, ReadOnlyMemory<byte> json, CancellationToken cancel)
    {
        Job? job;
        try
        {
            job = JsonSerializer.Deserialize<Job>(json.Span, StrictJson.Options);
        }
        catch (JsonException)
        {
            // Of another version; what it says is over in any case.
            return;
        }
        if (job is null || job.JobId != id)
            return;
        var entry = new Entry(job, null);
        _jobs[id] = entry;
        if (job.IsOver)
            return;
        entry.Job = job with { Status = JobStatus.Failed, Error = "the server was restarted", FinishedAt = Now() };
        await entry.Save(journal, cancel).ConfigureAwait(false);
    }

    // The oldest that are over make room; their documents go after their days.
    private async Task Forget(CancellationToken cancel)
    {
        if (_jobs.Count <= KeptMax)
            return;
        foreach (var job in All.Where(j => j.IsOver).Take(_jobs.Count - KeptMax))
            _jobs.TryRemove(job.JobId, out _);
        await journal.RemoveDocuments(DocumentKind, (time.GetUtcNow().AddDays(-KeptDays).UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond, cancel).ConfigureAwait(false);
    }

    private DateTime Now() => new(time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc);

    // Sorts by the moment it was asked for.
    private static string NewId(DateTime now) => string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd'T'HHmmssfff}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");

    private sealed class Entry(Job job, JobWork? work)
    {
        private Job _job = job;

        public Job Job
        {
            get => Volatile.Read(ref _job);
            set => Volatile.Write(ref _job, value);
        }

        public JobWork? Work => work;

        public JobRun Run { get; } = new() { JobId = job.JobId };

        public CancellationTokenSource Cancel { get; } = new();

        /// <summary>The job with what it last told of itself.</summary>
        public Job Seen() => Job is { Status: JobStatus.Running } running ? running with { Phase = Run.Phase, Progress = Run.Progress } : Job;

        public ValueTask Save(IJournal journal, CancellationToken cancel)
            => journal.PutDocument(DocumentKind, Job.JobId, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Job, StrictJson.Options)), cancel);
    }
}
