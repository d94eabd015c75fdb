namespace Hone.Host.Operating.Metrics;

/// <summary>What a metric can do: only go up, go anywhere, or spread over buckets.</summary>
internal enum MetricKind
{
    /// <summary>Only goes up, until the process starts again.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts observations by size.</summary>
    Histogram,
}

/// <summary>One name on the metrics page, with everything that is said about it.</summary>
/// <param name="Name">Its name: <c>hone_…</c>, with its unit last.</param>
/// <param name="Kind">What it can do.</param>
/// <param name="Help">What it says, in a sentence.</param>
/// <param name="Labels">Names of its labels, in order.</param>
internal sealed record MetricFamily(string Name, MetricKind Kind, string Help, params string[] Labels);
