using System.IO.Pipelines;
using Hone.Host.Configuration;
using Hone.Host.Feeds;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Operating.Metrics;

/// <summary>The page that Prometheus reads.</summary>
internal static class MetricsPage
{
    // What may wait in memory before it goes to the client.
    private const int UnsentBytesMax = 32 * 1024;

    /// <summary>Everything on the page, in order.</summary>
    public static IEnumerable<MetricFamily> Families => ServerFamilies.All.Select(m => m.Family).Concat(SessionMetrics.All.Select(m => m.Family));

    public static void MapMetrics(this IEndpointRouteBuilder app)
        => app.MapGet("/metrics", Get).RequireKey(Role.Read).WithTags("Operating").WithSummary("Metrics of the server and its sessions in the text format of Prometheus.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain").WithExample(null, "\"# TYPE hone_sessions gauge\\nhone_sessions 3\\n\"");

    private static async Task Get(HttpContext context, ServerMetrics metrics, SessionHost host, FeedRunners feeds, ServeOptions options, TimeProvider time)
    {
        context.Response.ContentType = PrometheusText.MediaType;
        context.Response.Headers.CacheControl = "no-store";
        using var reading = new ServerReading(metrics, host, feeds, context.RequestServices.GetService<StreamHub>(), options, time);
        await Write(context.Response.BodyWriter, reading, context.RequestAborted);
    }

    /// <summary>Writes the page and sends it as it grows.</summary>
    public static async Task Write(PipeWriter output, ServerReading reading, CancellationToken cancel)
    {
        var text = new PrometheusText(output);
        foreach (var metric in ServerFamilies.All)
        {
            text.Family(metric.Family);
            metric.Write(text, reading);
            await Send(output, text, cancel);
        }
        foreach (var metric in SessionMetrics.All)
        {
            text.Family(metric.Family);
            foreach (var session in reading.Shown)
            {
                metric.Write(text, session);
                await Send(output, text, cancel);
            }
        }
        await output.FlushAsync(cancel);
    }

    private static async ValueTask Send(PipeWriter output, PrometheusText text, CancellationToken cancel)
    {
        if (text.Written < UnsentBytesMax)
            return;
        await output.FlushAsync(cancel);
        text.Written = 0;
    }
}
