using Hone.Host.Serving;

namespace Hone.Host.Operating.Readiness;

/// <summary>Whether every session works.</summary>
internal sealed class SessionsReadiness(SessionHost host) : IReadinessCheck
{
    // More than these say nothing more.
    private const int NamedMax = 5;

    public string Name => "sessions";

    public ReadinessResult Check()
    {
        var faulted = host.Active.Where(w => w.Fault is not null).OrderBy(w => w.Id, StringComparer.Ordinal).ToArray();
        if (faulted.Length == 0)
            return ReadinessResult.Ready;
        var named = string.Join(", ", faulted.Take(NamedMax).Select(w => $"{w.Id} ({w.Setup.Symbol})"));
        return new(Serving.Readiness.Degraded, $"{faulted.Length} of {host.Active.Count} sessions stand still: {named}{(faulted.Length > NamedMax ? ", …" : "")}. GET /api/v1/sessions says why.");
    }
}
