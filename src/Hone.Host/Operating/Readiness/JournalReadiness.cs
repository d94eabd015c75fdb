using Hone.Adapters.Journals;
using Hone.Host.Serving;

namespace Hone.Host.Operating.Readiness;

/// <summary>Whether outcomes can be kept.</summary>
internal sealed class JournalReadiness(SessionHost host) : IReadinessCheck
{
    public string Name => "journal";

    public ReadinessResult Check()
    {
        var health = host.Journal.Health;
        return health.Status switch
        {
            JournalStatus.Writable => ReadinessResult.Ready,
            JournalStatus.Refusing => new(Serving.Readiness.Degraded, $"{health.Problem ?? "The journal refuses what it is given."} Requests that change something are refused until it takes them again."),
            _ => new(Serving.Readiness.Failed, $"{health.Problem ?? "The journal is lost for this process."} Restart the server; nothing that was acknowledged is lost."),
        };
    }
}
