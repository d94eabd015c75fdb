using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>Adds an example that waits until it is learned with the next <see cref="LearnPendingCommand"/>.</summary>
/// <param name="example">The example; its id, when it has one, is taken once and for all.</param>
/// <param name="idempotencyKey">The client's mark of this request; null for none.</param>
public sealed class AddExampleCommand(ExampleInput example, string? idempotencyKey = null) : SessionCommand
{
    /// <summary>Entry that added it.</summary>
    public long Seq { get; private set; }

    /// <summary>Whether it had been added before.</summary>
    public bool AlreadyAdded { get; private set; }

    /// <summary>Examples that wait now.</summary>
    public int Pending { get; private set; }

    internal override async ValueTask<Refusal?> Admit(AdmissionDesk desk)
    {
        if (!desk.IsActive)
            return PredictCommand.Stopped(desk);
        if (desk.Session.Setup.Trading)
            return new Refusal(409, "This session trades bars and makes its own examples.");
        if ((AdmissionChecks.Weight(example.Weight) ?? AdmissionChecks.Pnl(example.Pnl) ?? AdmissionChecks.Label(example.Label, desk.Session.Setup, "target") ?? AdmissionChecks.Features(example.Features, desk.Session.Setup, "features")) is { } wrong)
            return wrong;
        var payload = Inputs.Of(example);
        var body = JournalKey.BodyHash(payload);
        var key = example.Id is { } id ? JournalKey.Example(id) : idempotencyKey is not null ? JournalKey.Request(idempotencyKey) : null;
        if (key is not null && await desk.Find(key).ConfigureAwait(false) is { } taken)
        {
            if (taken.Body != body)
                return new Refusal(example.Id is null ? 422 : 409, $"'{example.Id ?? idempotencyKey}' was used with another content before.", "id");
            (Seq, AlreadyAdded, Pending) = (taken.Seq, true, desk.Pending);
            return null;
        }
        if (desk.Pending >= LiveSession.PendingMax)
            return new Refusal(429, $"{desk.Pending} examples wait already; POST ml/online/update learns them.") { RetryAfterSecs = 1 };
        Seq = desk.Append(EntryKind.Pending, desk.ReceivedUs, payload, key, body);
        Pending = ++desk.Pending;
        return null;
    }
}

/// <summary>Learns every example that waits.</summary>
/// <param name="idempotencyKey">The client's mark of this request; null for none.</param>
public sealed class LearnPendingCommand(string? idempotencyKey = null) : SessionCommand
{
    private long _seq;

    /// <summary>Examples that were learned.</summary>
    public int Learned { get; private set; }

    internal override async ValueTask<Refusal?> Admit(AdmissionDesk desk)
    {
        if (!desk.IsActive)
            return PredictCommand.Stopped(desk);
        var key = idempotencyKey is null ? null : JournalKey.Request(idempotencyKey);
        if (key is not null && await desk.Find(key).ConfigureAwait(false) is { } taken)
        {
            if (taken.Body != default)
                return new Refusal(422, "This Idempotency-Key was used with another body.");
            _seq = taken.Seq;
            return null;
        }
        if (desk.Pending == 0)
            return null;
        _seq = desk.Append(EntryKind.LearnPending, desk.ReceivedUs, ReadOnlyMemory<byte>.Empty, key);
        desk.Pending = 0;
        return null;
    }

    internal override async ValueTask Settle(EmissionLookup emissions)
    {
        if (_seq == 0)
            return;
        foreach (var emission in await emissions(_seq).ConfigureAwait(false))
            if (emission.Kind == EmissionKind.Outcome)
                Learned++;
    }
}
