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
        var still = host.Active.Where(w => w.Fault is not null).Select(w => w.Record).Concat(host.Unreadable.Values.Select(u => u.Record)).OrderBy(r => r.Id, StringComparer.Ordinal).ToArray();
        if (still.Length == 0)
            return ReadinessResult.Ready;
        var named = string.Join(", ", still.Take(NamedMax).Select(r => $"{r.Id} ({r.Symbol})"));
        return new(Serving.Readiness.Degraded, $"{still.Length} of {host.Active.Count + host.Unreadable.Count} sessions stand still: {named}{(still.Length > NamedMax ? ", …" : "")}. GET /api/v1/sessions says why.");
    }
}
