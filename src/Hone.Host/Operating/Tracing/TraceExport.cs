using Hone.Host.Configuration;
using Hone.Host.Runs;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Hone.Host.Operating.Tracing;

/// <summary>Sends spans to a collector while the server runs, and the last ones when it stops.</summary>
internal sealed class TraceExport(ServeOptions options) : IHostedService, IDisposable
{
    private const string TracesPath = "/v1/traces";
    private const int FlushMs = 5_000;

    private TracerProvider? _provider;

    /// <summary>Where traces go.</summary>
    /// <exception cref="ConfigException">The address is none.</exception>
    public static Uri Address(string endpoint)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new ConfigException($"serve.telemetry.otlp_endpoint is '{endpoint}'; it must be http://HOST:PORT or https://HOST:PORT of an OpenTelemetry collector.");
        return uri.AbsolutePath is "/" ? new Uri(uri, TracesPath) : uri;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Telemetry.OtlpEndpoint is not { } endpoint)
            return Task.CompletedTask;
        var address = Address(endpoint);
        _provider = Sdk.CreateTracerProviderBuilder()
            // By the trace's own number: a caller who did not ask for a trace does not switch it off, and one who did not sample it does not either.
            .SetSampler(new TraceIdRatioBasedSampler(options.Telemetry.TraceShare))
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("hone", serviceVersion: RunSummary.Version))
            .AddSource(RequestSpan.Source, RoundTrace.Source.Name)
            .AddOtlpExporter(otlp => (otlp.Endpoint, otlp.Protocol) = (address, OtlpExportProtocol.HttpProtobuf))
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() => _provider?.ForceFlush(FlushMs), CancellationToken.None);

    public void Dispose() => _provider?.Dispose();
}
