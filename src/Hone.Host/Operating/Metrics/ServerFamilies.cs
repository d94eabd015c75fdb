using System.Runtime;
using Hone.Adapters.Journals;
using Hone.Host.Runs;

namespace Hone.Host.Operating.Metrics;

/// <summary>A metric of the server as a whole.</summary>
/// <param name="Family">Name and meaning.</param>
/// <param name="Write">Writes its samples.</param>
internal sealed record ServerMetric(MetricFamily Family, Action<PrometheusText, ServerReading> Write);

/// <summary>All metrics of the server as a whole, in the order of the page.</summary>
internal static class ServerFamilies
{
    private const double UsPerSecond = 1e6;

    // As FeedStatus names them.
    private static readonly string[] FeedStates = ["connecting", "live", "waiting", "reconnecting", "ended"];

    private static readonly string[] Statuses = [.. Enum.GetNames<JournalStatus>().Select(n => n.ToLowerInvariant())];

    public static IReadOnlyList<ServerMetric> All { get; } =
    [
        Gauge("hone_sessions", "Active sessions, those that stand still included.", r => r.Active.Count),
        Gauge("hone_sessions_stopped", "Sessions that were stopped.", r => r.Host.Stopped.Count),
        Gauge("hone_sessions_faulted", "Sessions that stand still and take no requests.", r => r.Active.Count(w => w.Fault is not null)),
        Gauge("hone_sessions_without_series", "Active sessions beyond serve.telemetry.sessions_max, which have no series of their own.", r => r.Active.Count - r.Shown.Count),
        Gauge("hone_sessions_queue_depth_max", "Requests that wait for the session with the longest queue.", r => r.Active.Select(w => w.QueueDepth).DefaultIfEmpty().Max()),
        Gauge("hone_sessions_queue_capacity", "Requests that may wait for one session; more are refused.", r => r.Host.Limits.QueueMax),
        Gauge("hone_sessions_snapshot_age_seconds_max", "Time since the last snapshot of the session that has waited longest for one it needs.",
            r => r.Active.Where(w => w.EntriesSinceSnapshot > 0).Select(w => w.SnapshotAge.TotalSeconds).DefaultIfEmpty().Max()),

        Counter("hone_journal_entries_total", "Entries that this process has written.", r => r.Health.Entries),
        Counter("hone_journal_commits_total", "Commits of this process.", r => r.Health.Commits),
        new(new("hone_journal_append_seconds", MetricKind.Histogram, "Time from handing a batch to the journal to its commit."), (text, r) => text.Histogram(r.Metrics.Commits)),
        Gauge("hone_journal_last_commit_seconds", "Time that the last commit took.", r => r.Health.LastCommitMs / 1e3),
        Gauge("hone_journal_waiting_batches", "Batches that wait for the next commit.", r => r.Health.Waiting),
        new(new("hone_journal_status", MetricKind.Gauge, "1 for the status that the journal has: writable, refusing or dead.", "status"), (text, r) =>
        {
            for (var s = 0; s < Statuses.Length; s++)
                text.Sample((int)r.Health.Status == s ? 1 : 0, Statuses[s]);
        }),
        new(new("hone_disk_free_bytes", MetricKind.Gauge, "Bytes that are free on the disk of the home folder."), (text, r) =>
        {
            if (r.DiskFreeBytes is { } free)
                text.Sample(free);
        }),

        new(new("hone_http_requests_total", MetricKind.Counter, "Requests that were answered, by route, method and class of the status.", "route", "method", "status"), (text, r) =>
        {
            foreach (var route in r.Metrics.Routes)
                for (var c = 0; c < ServerMetrics.RouteSeries.Classes.Length; c++)
                    if (route.Of(c) is > 0 and var count)
                        text.Sample(count, route.Route, route.Method, ServerMetrics.RouteSeries.Classes[c]);
        }),
        new(new("hone_http_request_seconds", MetricKind.Histogram, "Time from the first byte of a request to the end of its answer, by route and method.", "route", "method"), (text, r) =>
        {
            foreach (var route in r.Metrics.Routes)
                text.Histogram(route.Duration, route.Route, route.Method);
        }),
        Gauge("hone_http_requests_in_flight", "Requests that run now, WebSockets included.", r => r.Metrics.InFlight),
        new(new("hone_http_rejected_total", MetricKind.Counter, "Requests that were turned away, by reason.", "reason"), (text, r) =>
        {
            foreach (var (reason, count) in r.Metrics.Rejected)
                text.Sample(count, reason);
        }),
        Gauge("hone_websocket_clients", "Clients that listen to a stream.", r => r.Streams?.Count ?? 0),
        Counter("hone_websocket_dropped_total", "Clients that were let go for reading too slowly.", r => r.Streams?.Dropped ?? 0),

        new(new("hone_feed_state", MetricKind.Gauge, "1 for the state that a live feed has: connecting, live, waiting, reconnecting or ended.", "symbol", "state"), (text, r) =>
        {
            foreach (var feed in r.Feeds.All)
                foreach (var state in FeedStates)
                    text.Sample(feed.Feed.Status.State == state ? 1 : 0, feed.Feed.Symbol, state);
        }),
        new(new("hone_feed_failed", MetricKind.Gauge, "1 when a live feed ended for a fault.", "symbol"), (text, r) =>
        {
            foreach (var feed in r.Feeds.All)
                text.Sample(feed.Problem is null ? 0 : 1, feed.Feed.Symbol);
        }),
        new(new("hone_feed_last_bar_timestamp_seconds", MetricKind.Gauge, "Close time of the last bar of a live feed.", "symbol"), (text, r) =>
        {
            foreach (var feed in r.Feeds.All)
                if (feed.Feed.Status.LastBarUs is { } us)
                    text.Sample(us / UsPerSecond, feed.Feed.Symbol);
        }),
        Feed("hone_feed_reconnects_total", "Times that a live feed was connected anew.", feed => feed.Reconnects),
        Feed("hone_feed_gaps_total", "Gaps that a live feed could not fill.", feed => feed.Gaps),
        Feed("hone_feed_rejected_total", "Messages of a live feed that were refused as malformed or implausible.", feed => feed.Rejected),

        Gauge("hone_clock_timestamp_seconds", "The server's clock; the time of the scrape shows whether it is right.", r => r.Now.ToUnixTimeMilliseconds() / 1e3),
        Counter("hone_process_cpu_seconds_total", "Processor time of the process.", _ => Environment.CpuUsage.TotalTime.TotalSeconds),
        Gauge("hone_process_resident_memory_bytes", "Memory of the process that is in use.", _ => Environment.WorkingSet),
        Gauge("hone_process_threads", "Threads of the process.", r => r.Threads),
        Gauge("hone_process_start_timestamp_seconds", "When the process started.", r => r.StartedSeconds),
        Gauge("hone_process_processors", "Processors that the process may use.", _ => Environment.ProcessorCount),
        Gauge("hone_gc_heap_bytes", "Bytes in the heap of .NET after the last collection.", _ => GC.GetGCMemoryInfo().HeapSizeBytes),
        Counter("hone_gc_allocated_bytes_total", "Bytes that were allocated.", _ => GC.GetTotalAllocatedBytes()),
        new(new("hone_gc_collections_total", MetricKind.Counter, "Garbage collections by generation.", "generation"), (text, _) =>
        {
            text.Sample(GC.CollectionCount(0), "0");
            text.Sample(GC.CollectionCount(1), "1");
            text.Sample(GC.CollectionCount(2), "2");
        }),
        Counter("hone_gc_pause_seconds_total", "Time for which everything stood still for garbage collections.", _ => GC.GetTotalPauseDuration().TotalSeconds),
        Gauge("hone_thread_pool_threads", "Threads of the pool.", _ => ThreadPool.ThreadCount),
        Gauge("hone_thread_pool_waiting", "Work that waits for a thread of the pool.", _ => ThreadPool.PendingWorkItemCount),
        new(new("hone_build_info", MetricKind.Gauge, "Always 1; the labels say what is running.", "version", "runtime", "engine", "gc"), (text, r) =>
            text.Sample(1, RunSummary.Version, Environment.Version.ToString(), r.Host.Engine, GCSettings.IsServerGC ? "server" : "workstation")),
    ];

    private static ServerMetric Counter(string name, string help, Func<ServerReading, double> value) => new(new(name, MetricKind.Counter, help), (text, r) => text.Sample(value(r)));

    private static ServerMetric Gauge(string name, string help, Func<ServerReading, double> value) => new(new(name, MetricKind.Gauge, help), (text, r) => text.Sample(value(r)));

    private static ServerMetric Feed(string name, string help, Func<Adapters.Feeds.FeedStatus, double> value)
        => new(new(name, MetricKind.Counter, help, "symbol"), (text, r) =>
        {
            foreach (var feed in r.Feeds.All)
                text.Sample(value(feed.Feed.Status), feed.Feed.Symbol);
        });
}
