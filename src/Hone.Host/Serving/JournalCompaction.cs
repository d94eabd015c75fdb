using Hone.Adapters.Journals;
using Hone.Host.Configuration;
using Hone.Host.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving;

/// <summary>
/// Removes what is older than the policy keeps, every hour, one session after the other; the journal does it in slices, so that others go on appending. Answers kept for repeated requests go by
/// <see cref="Idempotent.KeptAnswersCleaning"/>.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="options">The server's options; their <see cref="ServeOptions.Journal"/> is the policy.</param>
/// <param name="time">Clock of the age of entries and of the hours.</param>
/// <param name="log">Hears what was removed.</param>
internal sealed class JournalCompaction(IJournal journal, ServeOptions options, TimeProvider time, ILogger<JournalCompaction> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly JournalPolicy _policy = options.Journal;

    /// <summary>Looks at every session once.</summary>
    /// <param name="cancel">Stops between two slices.</param>
    public async Task Round(CancellationToken cancel)
    {
        if (_policy.KeepDays == 0)
            return;
        foreach (var session in await journal.Sessions(cancel))
            await Compact(session.Id, cancel);
        // Jobs are over within hours; what was last written that long ago is finished.
        if (await journal.RemoveDocuments(JobBoard.DocumentKind, DaysAgoUs(_policy.KeepDays), cancel) is > 0 and var jobs)
            ServerLog.JobsRemoved(log, jobs, _policy.KeepDays);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                try
                {
                    await Round(stoppingToken);
                }
                catch (Exception e) when (e is JournalFullException or JournalFencedException or JournalBrokenException)
                {
                    // Whoever appends hears of it too, and that is who ends the server where it must end.
                    ServerLog.NotCompacted(log, e.Message);
                }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    private async Task Compact(string session, CancellationToken cancel)
    {
        var snapshots = await journal.Snapshots(session, cancel);
        // The snapshot before the newest must be of use too: were the newest damaged, the session would go on from it.
        if (snapshots.Count < 2)
            return;
        var first = await journal.FirstSeq(session, cancel);
        var keep = Math.Min(snapshots[^2].Seq + 1, snapshots[^1].Seq + 1 - _policy.KeepEntriesMin);
        keep = await FirstReceived(session, first, keep, DaysAgoUs(_policy.KeepDays), cancel);
        // Also where no entry goes: keys that outlived theirs grow old.
        if (keep <= 1)
            return;
        var left = await journal.Compact(session, keep, DaysAgoUs(_policy.KeepDays + _policy.KeysDays), cancel);
        if (left > first)
            ServerLog.Compacted(log, session, first, left - 1, _policy.KeepDays);
    }

    // The first entry in [from, to) that was received at a moment or later, `to` when none was; entries are received in their order.
    private async Task<long> FirstReceived(string session, long from, long to, long sinceUs, CancellationToken cancel)
    {
        var (low, high) = (from, Math.Max(from, to));
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            var isOlder = false;
            await foreach (var entry in journal.Entries(session, middle, middle, cancel))
                isOlder = entry.ReceivedUs < sinceUs;
            if (isOlder)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private long DaysAgoUs(int days) => (time.GetUtcNow().AddDays(-days).UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}
