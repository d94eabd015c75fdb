using Hone.Host.Operating.Metrics;
using Hone.Host.Operating.Readiness;
using Hone.Host.Operating.Tracing;
using Hone.Host.Serving;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Operating;

/// <summary>Everything by which a server is watched. Needs a <see cref="SessionHost"/> and <see cref="Feeds.FeedRunners"/> among the services, and shows a <see cref="StreamHub"/> where there is one.</summary>
public static class OperatingServices
{
    /// <summary>Adds metrics, readiness checks and the export of traces.</summary>
    public static IServiceCollection AddOperating(this IServiceCollection services)
    {
        services.AddSingleton(CountingCommits);
        services.AddSingleton<IStartupFilter, RequestMetricsFirst>();
        services.AddSingleton<IReadinessCheck, JournalReadiness>();
        services.AddSingleton<IReadinessCheck, SessionsReadiness>();
        services.AddSingleton<IReadinessCheck, DiskReadiness>();
        services.AddSingleton<IReadinessCheck, FeedsReadiness>();
        services.AddHostedService<TraceExport>();
        return services;
    }

    /// <summary>Maps the metrics page.</summary>
    public static void MapOperating(this IEndpointRouteBuilder app) => app.MapMetrics();

    private static ServerMetrics CountingCommits(IServiceProvider services)
    {
        var metrics = new ServerMetrics();
        services.GetRequiredService<SessionHost>().Committing += (seconds, _) => metrics.Committed(seconds);
        return metrics;
    }
}
