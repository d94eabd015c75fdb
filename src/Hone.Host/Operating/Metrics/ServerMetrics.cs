using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Operating.Metrics;

/// <summary>What the server counts while it works. Counting takes no lock; the metrics page reads it.</summary>
public sealed class ServerMetrics
{
    /// <summary>Routes and methods that have series of their own; further ones are counted together as "other".</summary>
    public const int RoutesMax = 400;

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    // What a status means for whoever was turned away.
    private static readonly (int Status, string Reason)[] Reasons =
    [
        (StatusCodes.Status401Unauthorized, "no_valid_key"),
        (StatusCodes.Status403Forbidden, "role"),
        (StatusCodes.Status408RequestTimeout, "too_slow"),
        (StatusCodes.Status413PayloadTooLarge, "too_large"),
        (StatusCodes.Status415UnsupportedMediaType, "media_type"),
        (StatusCodes.Status429TooManyRequests, "too_many"),
        (StatusCodes.Status503ServiceUnavailable, "unavailable"),
        (StatusCodes.Status504GatewayTimeout, "timeout"),
        (StatusCodes.Status507InsufficientStorage, "no_room"),
    ];

    private readonly ConcurrentDictionary<(string Route, string Method), RouteSeries> _routes = new();
    private readonly long[] _rejected = new long[Reasons.Length];
    private long _inFlight;

    /// <summary>Requests that run now, WebSockets included.</summary>
    public long InFlight => Interlocked.Read(ref _inFlight);

    internal Histogram Commits { get; } = Histogram.OfDurations();

    internal IEnumerable<RouteSeries> Routes => _routes.Values.OrderBy(r => r.Route, StringComparer.Ordinal).ThenBy(r => r.Method, StringComparer.Ordinal);

    internal IEnumerable<(string Reason, long Count)> Rejected => Reasons.Select((r, i) => (r.Reason, Interlocked.Read(ref _rejected[i])));

    /// <summary>A request begins.</summary>
    public void HttpRequestBegins() => Interlocked.Increment(ref _inFlight);

    /// <summary>A request has ended.</summary>
    /// <param name="route">Template of its route, null when it met none; never the path itself, which anybody can make up.</param>
    /// <param name="method">Its method.</param>
    /// <param name="status">Status of the answer.</param>
    /// <param name="seconds">How long it took; null where that says nothing, as for a WebSocket.</param>
    public void HttpRequestEnded(string? route, string method, int status, double? seconds)
    {
        Interlocked.Decrement(ref _inFlight);
        var series = Series(route ?? "unmatched", Array.IndexOf(Methods, method) >= 0 ? method : "other");
        series.Count(status);
        if (seconds is { } took)
            series.Duration.Observe(took);
        var reason = Array.FindIndex(Reasons, r => r.Status == status);
        if (reason >= 0)
            Interlocked.Increment(ref _rejected[reason]);
    }

    /// <summary>The journal has committed.</summary>
    public void Committed(double seconds) => Commits.Observe(seconds);

    private RouteSeries Series(string route, string method)
    {
        if (_routes.TryGetValue((route, method), out var series))
            return series;
        if (_routes.Count >= RoutesMax)
            (route, method) = ("other", "other");
        return _routes.GetOrAdd((route, method), key => new RouteSeries(key.Route, key.Method));
    }

    /// <summary>What is counted of one route and method.</summary>
    internal sealed class RouteSeries(string route, string method)
    {
        public static readonly string[] Classes = ["1xx", "2xx", "3xx", "4xx", "5xx"];

        private readonly long[] _byClass = new long[Classes.Length];

        public string Route => route;

        public string Method => method;

        public Histogram Duration { get; } = Histogram.OfDurations();

        public void Count(int status) => Interlocked.Increment(ref _byClass[Math.Clamp(status / 100, 1, Classes.Length) - 1]);

        public long Of(int statusClass) => Interlocked.Read(ref _byClass[statusClass]);
    }
}
