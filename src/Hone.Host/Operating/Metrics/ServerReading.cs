using System.Diagnostics;
using Hone.Adapters.Journals;
using Hone.Host.Configuration;
using Hone.Host.Feeds;
using Hone.Host.Serving;

namespace Hone.Host.Operating.Metrics;

/// <summary>What the metrics page shows of the server as a whole, read at one moment.</summary>
internal sealed class ServerReading : IDisposable
{
    private readonly Process _process = Process.GetCurrentProcess();

    public ServerReading(ServerMetrics metrics, SessionHost host, FeedRunners feeds, StreamHub? streams, ServeOptions options, TimeProvider time)
    {
        (Metrics, Host, Feeds, Streams, Now) = (metrics, host, feeds, streams, time.GetUtcNow());
        Health = host.Journal.Health;
        Active = [.. host.Active];
        DiskFreeBytes = DiskSpace.FreeBytes(options.Home);
        // The same ones on every page, and never without those that somebody has to look at.
        var order = Active.OrderByDescending(w => w.Fault is not null).ThenBy(w => w.Record.StartedUs).ThenBy(w => w.Id, StringComparer.Ordinal);
        var nowUs = host.NowUs();
        Shown = [.. order.Take(options.Telemetry.SessionsMax).Select(w => SessionReading.Of(w, nowUs))];
    }

    public ServerMetrics Metrics { get; }

    public SessionHost Host { get; }

    public FeedRunners Feeds { get; }

    public StreamHub? Streams { get; }

    public DateTimeOffset Now { get; }

    public JournalHealth Health { get; }

    public IReadOnlyList<SessionWriter> Active { get; }

    public IReadOnlyList<SessionReading> Shown { get; }

    public long? DiskFreeBytes { get; }

    public int Threads => _process.Threads.Count;

    public double StartedSeconds => new DateTimeOffset(_process.StartTime).ToUnixTimeMilliseconds() / 1e3;

    public void Dispose() => _process.Dispose();
}
