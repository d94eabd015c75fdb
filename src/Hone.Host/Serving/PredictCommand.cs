using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>One question of a predict request.</summary>
/// <param name="Input">The question.</param>
/// <param name="AtUs">Event time that the client gave; null for the time of receipt.</param>
/// <param name="Body">Hash of the request, to tell a repetition from another question under the same id.</param>
public sealed record PredictItem(AskInput Input, long? AtUs, UInt128 Body);

/// <summary>A prediction as it is answered.</summary>
/// <param name="Seq">Entry that asked.</param>
/// <param name="AtUs">Event time.</param>
/// <param name="Made">The prediction.</param>
/// <param name="Repeated">Whether it had been asked before and this is the stored prediction.</param>
public sealed record PredictResult(long Seq, long AtUs, PredictionMade Made, bool Repeated);

/// <summary>Asks one question or many; all of them are let in, or none.</summary>
/// <param name="items">The questions.</param>
/// <param name="idempotencyKey">The client's mark of this request; null for none.</param>
public sealed class PredictCommand(IReadOnlyList<PredictItem> items, string? idempotencyKey = null) : SessionCommand
{
    /// <summary>How far a time that a client gives may be ahead of the clock.</summary>
    public const long AheadUsMax = 5 * 60 * 1_000_000L;

    private readonly (long Seq, bool Repeated)[] _places = new (long, bool)[items.Count];

    /// <summary>The predictions in the order of the questions, once settled.</summary>
    public IReadOnlyList<PredictResult> Results { get; private set; } = [];

    internal override async ValueTask<Refusal?> Admit(AdmissionDesk desk)
    {
        if (!desk.IsActive)
            return Stopped(desk);
        if (desk.Session.Setup.Trading)
            return new Refusal(409, "This session trades bars and predicts at each of them; post them to /bars, or start a session without config.trading.");
        if (idempotencyKey is not null && await desk.Find(JournalKey.Request(idempotencyKey)).ConfigureAwait(false) is { } earlier)
            return await Repeat(desk, earlier).ConfigureAwait(false);
        var first = 0L;
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            if (AdmissionChecks.Features(item.Input.Features, desk.Session.Setup, items.Count == 1 ? "features" : $"batch[{i}].features") is { } wrong)
                return wrong;
            if (item.AtUs > desk.ReceivedUs + AheadUsMax)
                return new Refusal(400, "at is more than 5 minutes ahead of the server's clock.", Field(i, "at"));
            var key = item.Input.PredictionId is { } id ? JournalKey.Prediction(id) : null;
            if (key is not null && await desk.Find(key).ConfigureAwait(false) is { } taken)
            {
                if (taken.Body != item.Body)
                    return new Refusal(409, $"The prediction '{item.Input.PredictionId}' was asked with another body; choose a new prediction_id.", Field(i, "prediction_id"));
                _places[i] = (taken.Seq, true);
                continue;
            }
            var seq = desk.Append(EntryKind.Ask, item.AtUs ?? desk.ReceivedUs, Inputs.Of(item.Input), key, item.Body);
            _places[i] = (seq, false);
            if (first == 0)
                first = seq;
        }
        if (idempotencyKey is not null && first > 0)
            desk.Take(JournalKey.Request(idempotencyKey), first, BodyOfAll());
        return null;
    }

    internal override async ValueTask Settle(EmissionLookup emissions)
    {
        var results = new PredictResult[_places.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var (seq, repeated) = _places[i];
            foreach (var emission in await emissions(seq).ConfigureAwait(false))
                if (emission.Kind == EmissionKind.Prediction)
                    results[i] = new PredictResult(seq, emission.AtUs, PredictionMade.FromPayload(emission.Payload), repeated);
            if (results[i] is null)
            {
                Refuse(new Refusal(410, "The prediction was given out before, and its content has been compacted since.", Field(i, "prediction_id")));
                return;
            }
        }
        Results = results;
    }

    internal static Refusal Stopped(AdmissionDesk desk) => new(409, $"The session {desk.Session.Setup.Id} is stopped; start another, or resume it with config.resume.");

    private async ValueTask<Refusal?> Repeat(AdmissionDesk desk, TakenKey earlier)
    {
        if (earlier.Body != BodyOfAll())
            return new Refusal(422, "This Idempotency-Key was used with another body.");
        // The request's own entries stand one behind the other; what had an id then is found by it.
        var next = earlier.Seq;
        for (var i = 0; i < items.Count; i++)
            _places[i] = items[i].Input.PredictionId is { } id && await desk.Find(JournalKey.Prediction(id)).ConfigureAwait(false) is { } taken
                ? (taken.Seq == next ? next++ : taken.Seq, true)
                : (next++, true);
        return null;
    }

    private UInt128 BodyOfAll()
    {
        if (items.Count == 1)
            return items[0].Body;
        var bytes = new byte[16 * items.Count];
        for (var i = 0; i < items.Count; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(16 * i), items[i].Body);
        return JournalKey.BodyHash(bytes);
    }

    private string Field(int item, string name) => items.Count == 1 ? name : $"batch[{item}].{name}";
}
