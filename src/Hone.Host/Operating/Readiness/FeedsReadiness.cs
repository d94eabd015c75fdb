using System.Globalization;
using Hone.Host.Configuration;
using Hone.Host.Feeds;
using Hone.Host.Serving;

namespace Hone.Host.Operating.Readiness;

/// <summary>Whether every live feed brings bars.</summary>
internal sealed class FeedsReadiness(FeedRunners feeds, ServeOptions options) : IReadinessCheck
{
    public string Name => "feeds";

    public ReadinessResult Check()
    {
        var problems = feeds.All.Select(ProblemOf).OfType<string>().ToArray();
        return problems.Length == 0 ? ReadinessResult.Ready : new(Serving.Readiness.Degraded, string.Join(" ", problems));
    }

    private string? ProblemOf(FeedRunner runner)
    {
        var status = runner.Feed.Status;
        if (runner.Problem is { } problem)
            return $"{runner.Feed.Symbol} has ended: {problem}";
        if (status.State == "reconnecting")
            return $"{runner.Feed.Symbol} is reconnecting: {status.Problem}";
        // A source that ended by itself, such as a file, is done; one whose market is closed waits for it to open.
        if (status.State != "live" || runner.Session is not { } session)
            return null;
        // Not by the bars' own time: a file at a pace brings old bars, and is no worse for that.
        var step = TimeSpan.FromMicroseconds(session.Read(s => s.Trading?.Market.StepUs) ?? 0);
        var lag = session.IdleTime - step;
        return lag <= options.Telemetry.FeedLagMax
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{runner.Feed.Symbol} has brought no bar for {lag.TotalSeconds:0} s more than its step{(status.Problem is null ? "" : $" ({status.Problem})")}.");
    }
}
