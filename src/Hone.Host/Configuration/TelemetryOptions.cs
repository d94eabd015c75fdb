using System.ComponentModel.DataAnnotations;

namespace Hone.Host.Configuration;

/// <summary>What the server tells of itself, see docs/operating.md.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Address of an OpenTelemetry collector that takes traces as protobuf over HTTP, such as "http://127.0.0.1:4318"; null for no traces.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Share of requests that are traced.</summary>
    [Range(0.0, 1.0)] public double TraceShare { get; init; } = 1;

    /// <summary>Most sessions with series of their own on /metrics; the ones started first, and every one that stands still. How many are left out is a metric too.</summary>
    [Range(0, 100_000)] public int SessionsMax { get; init; } = 200;

    /// <summary>Free space on the disk of the home folder in MiB under which the server calls itself not ready.</summary>
    [Range(0, 1 << 20)] public int DiskFreeMibMin { get; init; } = 512;

    /// <summary>Time without a bar, beyond the market's step, after which a live feed counts as lagging and the server as not ready.</summary>
    public TimeSpan FeedLagMax { get; init; } = TimeSpan.FromMinutes(5);
}
