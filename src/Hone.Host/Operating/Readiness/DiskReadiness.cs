using Hone.Host.Configuration;
using Hone.Host.Serving;

namespace Hone.Host.Operating.Readiness;

/// <summary>Whether there is room for what is to come.</summary>
internal sealed class DiskReadiness(ServeOptions options) : IReadinessCheck
{
    private const double BytesPerMib = 1 << 20;

    public string Name => "disk";

    public ReadinessResult Check()
    {
        if (DiskSpace.FreeBytes(options.Home) is not { } free || free >= options.Telemetry.DiskFreeMibMin * BytesPerMib)
            return ReadinessResult.Ready;
        return new(
            Serving.Readiness.Degraded,
            $"{free / BytesPerMib:0} MiB are free on the disk of {options.Home}; serve.telemetry.disk_free_mib_min is {options.Telemetry.DiskFreeMibMin}. Make room, or compact old sessions.");
    }
}
