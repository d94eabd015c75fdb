using System.Globalization;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>Answers every open question about a prediction market.</summary>
/// <param name="marketId">The market.</param>
/// <param name="label">1 yes, 0 no, −1 void.</param>
/// <param name="resolvedUs">When it was resolved; null for the time of receipt.</param>
/// <param name="idempotencyKey">The client's mark of this request; null for none.</param>
public sealed class ResolveCommand(string marketId, int label, long? resolvedUs, string? idempotencyKey = null) : SessionCommand
{
    /// <summary>What a market is kept as whose questions were closed without an answer; a resolved one is kept as its label plus one.</summary>
    internal static readonly UInt128 Void = 0;

    private long _seq;

    /// <summary>What it did to each prediction, once settled.</summary>
    public IReadOnlyList<OutcomeTaken> Outcomes { get; private set; } = [];

    /// <summary>Whether the market had been resolved in this session before.</summary>
    public bool AlreadyResolved { get; private set; }

    /// <summary>What the request's key is kept with: the same key with another hash is another request.</summary>
    internal UInt128 Body => JournalKey.BodyHash(string.Create(CultureInfo.InvariantCulture, $"{marketId} {label} {resolvedUs}"));

    internal override async ValueTask<Refusal?> Admit(AdmissionDesk desk)
    {
        var request = idempotencyKey is null ? null : JournalKey.Request(idempotencyKey);
        if (request is not null && await desk.Find(request).ConfigureAwait(false) is { } earlier)
        {
            if (earlier.Body != Body)
                return new Refusal(422, "This Idempotency-Key was used with another body.");
            (_seq, AlreadyResolved) = (earlier.Seq, true);
            return null;
        }
        if (resolvedUs > desk.ReceivedUs + PredictCommand.AheadUsMax)
            return new Refusal(400, "resolved_at is more than 5 minutes ahead of the server's clock.", "resolved_at");
        var questions = desk.OpenOf(marketId);
        var key = JournalKey.Market(marketId);
        var taken = await desk.Find(key).ConfigureAwait(false);
        if (questions.Count == 0)
        {
            // Nothing is open: said before, perhaps, and then it is the same answer again.
            if (taken is { } before)
            {
                if (before.Body != (UInt128)(label + 1))
                    return new Refusal(409, $"The market '{marketId}' was resolved differently before.", "outcome");
                (_seq, AlreadyResolved) = (before.Seq, true);
            }
            return null;
        }
        if (!desk.IsActive)
            return PredictCommand.Stopped(desk);
        if (taken is { } other && other.Body != (UInt128)(label + 1))
            return new Refusal(409, $"The market '{marketId}' was resolved differently before.", "outcome");
        var given = false;
        foreach (var question in questions)
            given |= question.TimeWasGiven;
        _seq = desk.Append(EntryKind.Resolve, resolvedUs ?? (given ? desk.NowUs : desk.ReceivedUs), Inputs.Of(new ResolveInput(marketId, label)), taken is null ? key : null, (UInt128)(label + 1));
        if (request is not null)
            desk.Take(request, _seq, Body);
        // A later outcome for one of them repeats this one.
        if (label >= 0)
            foreach (var question in questions)
                desk.Take(JournalKey.Outcome(question.Id ?? desk.Session.IdOf(question.Seq)), _seq, (UInt128)label);
        return null;
    }

    internal override async ValueTask Settle(EmissionLookup emissions)
    {
        if (_seq > 0)
            Outcomes = [.. (await emissions(_seq).ConfigureAwait(false)).Where(e => e.Kind == EmissionKind.Outcome).Select(e => OutcomeTaken.FromPayload(e.Payload))];
    }
}

/// <summary>Lets event time pass.</summary>
internal sealed class AdvanceCommand(long atUs) : SessionCommand
{
    internal override ValueTask<Refusal?> Admit(AdmissionDesk desk)
    {
        if (desk.IsActive && desk.Session.Learning is not null && atUs > desk.NowUs)
            desk.Append(EntryKind.Advance, atUs, ReadOnlyMemory<byte>.Empty);
        return default;
    }
}

/// <summary>Ends a session; its journal stays.</summary>
internal sealed class StopCommand : SessionCommand
{
    internal override ValueTask<Refusal?> Admit(AdmissionDesk desk)
    {
        if (!desk.IsActive)
            return new(PredictCommand.Stopped(desk));
        desk.Append(EntryKind.Stop, desk.NowUs, ReadOnlyMemory<byte>.Empty);
        desk.IsActive = false;
        return default;
    }
}

/// <summary>Lets a stopped session go on.</summary>
internal sealed class ResumeCommand : SessionCommand
{
    internal override ValueTask<Refusal?> Admit(AdmissionDesk desk)
    {
        if (desk.IsActive)
            return default;
        desk.Append(EntryKind.Resume, desk.NowUs, ReadOnlyMemory<byte>.Empty);
        desk.IsActive = true;
        return default;
    }
}

/// <summary>Another build computes from here on.</summary>
internal sealed class EngineChangedCommand(string engine) : SessionCommand
{
    internal override ValueTask<Refusal?> Admit(AdmissionDesk desk)
    {
        if (desk.Session.Engine != engine)
            desk.Append(EntryKind.EngineChanged, desk.NowUs, Inputs.Of(engine));
        return default;
    }
}

/// <summary>Writes what waits to be written: emissions, and a snapshot when one is due or asked for.</summary>
internal sealed class UpkeepCommand(bool snapshot) : SessionCommand
{
    public bool Snapshot => snapshot;

    internal override ValueTask<Refusal?> Admit(AdmissionDesk desk) => default;
}
