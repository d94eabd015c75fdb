using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>What a client says came of a prediction, or of features of its own.</summary>
public sealed record OutcomeItem
{
    /// <summary>The prediction; null for an outcome that brings its own features.</summary>
    public string? PredictionId { get; init; }

    /// <summary>Id of an outcome that brings its own features.</summary>
    public string? OutcomeId { get; init; }

    /// <summary>Its features in the order of the session.</summary>
    public double[]? Features { get; init; }

    /// <summary>What happened; null to take it from <see cref="Pnl"/>.</summary>
    public int? Actual { get; init; }

    /// <summary>Money it made; null when not told.</summary>
    public double? Pnl { get; init; }

    /// <summary>+1 long, −1 short; null when not told.</summary>
    public int? Side { get; init; }

    /// <summary>When it was known; null for the time of receipt.</summary>
    public long? ResolvedUs { get; init; }

    /// <summary>How much it counts in learning.</summary>
    public double Weight { get; init; } = 1;
}

/// <summary>Answers a prediction, or teaches an example.</summary>
/// <param name="item">The outcome.</param>
/// <param name="idempotencyKey">The client's mark of this request; null for none.</param>
public sealed class OutcomeCommand(OutcomeItem item, string? idempotencyKey = null) : SessionCommand
{
    private long _seq;
    private long _named;

    /// <summary>Whether the same outcome had been recorded before.</summary>
    public bool AlreadyRecorded { get; private set; }

    /// <summary>Entry that recorded it.</summary>
    public long Seq => _seq;

    /// <summary>What it did; null when the content of a repeated one has been compacted.</summary>
    public OutcomeTaken? Taken { get; private set; }

    internal override async ValueTask<Refusal?> Admit(AdmissionDesk desk)
    {
        if (desk.Session.Setup.Trading)
            return new Refusal(409, "This session trades bars and answers its predictions by itself.");
        if (item.ResolvedUs > desk.ReceivedUs + PredictCommand.AheadUsMax)
            return new Refusal(400, "resolved_at is more than 5 minutes ahead of the server's clock.", "resolved_at");
        if ((AdmissionChecks.Weight(item.Weight) ?? AdmissionChecks.Pnl(item.Pnl)) is { } wrong)
            return wrong;
        if (item.Features is null && item.PredictionId is null)
            return new Refusal(400, "Neither prediction_id nor features are given; one of them says what the outcome is of.", "prediction_id");
        return item.Features is null ? await Answer(desk).ConfigureAwait(false) : await Example(desk, item.Features).ConfigureAwait(false);
    }

    internal override async ValueTask Settle(EmissionLookup emissions)
    {
        foreach (var emission in await emissions(_seq).ConfigureAwait(false))
            if (emission.Kind == EmissionKind.Outcome && OutcomeTaken.FromPayload(emission.Payload) is var taken && IsMine(taken))
                Taken = taken;
        if (Taken is { Status: OutcomeStatus.Expired })
            Refuse(Expired(item.PredictionId!));
    }

    // One entry answers many predictions when it resolves a market.
    private bool IsMine(in OutcomeTaken taken) => item.Features is not null || taken.Question == _named || (taken.Id is not null && taken.Id == item.PredictionId);

    private async ValueTask<Refusal?> Answer(AdmissionDesk desk)
    {
        var id = item.PredictionId!;
        var session = desk.Session;
        var key = JournalKey.Outcome(id);
        session.TryParse(id, out _named);
        if (desk.TryFindHere(key, out var here))
            return Label(out var again) is { } wrong ? wrong : Repeat(here.Seq, here.Body, again, id);
        var found = session.TryFindOpen(id, out var question);
        if (!found && desk.TryFindHere(JournalKey.Prediction(id), out var asked))
            (found, question) = (true, desk.QuestionAt(asked.Seq));
        _named = found ? question.Seq : _named;
        if (!found)
            return await Closed(desk, id, key).ConfigureAwait(false);
        if (!desk.IsActive)
            return PredictCommand.Stopped(desk);
        if ((Label(out var label) ?? AdmissionChecks.Label(label, session.Setup)) is { } refusal)
            return refusal;
        var at = item.ResolvedUs ?? (question.TimeWasGiven ? desk.NowUs : desk.ReceivedUs);
        if (at < question.AtUs && item.ResolvedUs is not null)
            return new Refusal(400, "resolved_at is before the prediction was made; an outcome is known after it.", "resolved_at");
        if (Math.Max(at, desk.NowUs) - question.AtUs > session.Setup.Session.Learning.OpenQuestionDaysMax * 86_400e6)
            return Expired(id);
        // The prediction's id already makes the answer unique; the request's key is kept so that it cannot stand for another request.
        if (idempotencyKey is not null && await desk.Find(JournalKey.Request(idempotencyKey)).ConfigureAwait(false) is not null)
            return new Refusal(422, "This Idempotency-Key was used with another body.");
        _seq = desk.Append(EntryKind.Answer, at, Inputs.Of(new AnswerInput(question.Seq, label, item.Pnl ?? double.NaN, item.Side ?? 0, item.Weight)), key, (UInt128)label);
        if (idempotencyKey is not null)
            desk.Take(JournalKey.Request(idempotencyKey), _seq, JournalKey.BodyHash(key));
        return null;
    }

    private async ValueTask<Refusal?> Closed(AdmissionDesk desk, string id, string key)
    {
        if (await desk.Find(key).ConfigureAwait(false) is { } taken)
        {
            _named = _named > 0 ? _named : (await desk.Find(JournalKey.Prediction(id)).ConfigureAwait(false))?.Seq ?? 0;
            return Label(out var label) is { } wrong ? wrong : Repeat(taken.Seq, taken.Body, label, id);
        }
        if (await Asked(desk, id).ConfigureAwait(false) is { } seq)
            return await Voided(desk, seq).ConfigureAwait(false) is { } market
                ? new Refusal(409, $"The market '{market}' of the prediction '{id}' was void; what was predicted about it is closed without an answer.", "prediction_id")
                : Expired(id);
        return new Refusal(404, $"There is no prediction '{id}' in this session.", "prediction_id");
    }

    // The entry that asked; null when none did.
    private static async ValueTask<long?> Asked(AdmissionDesk desk, string id)
    {
        if (await desk.Find(JournalKey.Prediction(id)).ConfigureAwait(false) is { } asked)
            return asked.Seq;
        if (!desk.Session.TryParse(id, out var seq) || seq < 1 || seq > desk.Session.Seq)
            return null;
        await foreach (var entry in desk.Journal.Entries(desk.Session.Setup.Id, seq, seq).ConfigureAwait(false))
            return entry.Kind == EntryKind.Ask && Inputs.Ask(entry).PredictionId is null ? seq : null;
        // Compacted: what it was cannot be told any more, and it is certainly too old to be answered.
        return seq;
    }

    // The market of a question, when it was void; null otherwise.
    private static async ValueTask<string?> Voided(AdmissionDesk desk, long asked)
    {
        await foreach (var entry in desk.Journal.Entries(desk.Session.Setup.Id, asked, asked).ConfigureAwait(false))
            if (entry.Kind == EntryKind.Ask && Inputs.Ask(entry).MarketId is { } market && await desk.Find(JournalKey.Market(market)).ConfigureAwait(false) is { } resolved && resolved.Body == ResolveCommand.Void)
                return market;
        return null;
    }

    private async ValueTask<Refusal?> Example(AdmissionDesk desk, double[] features)
    {
        if (!desk.IsActive)
            return PredictCommand.Stopped(desk);
        if ((Label(out var label) ?? AdmissionChecks.Label(label, desk.Session.Setup) ?? AdmissionChecks.Features(features, desk.Session.Setup, "features")) is { } refusal)
            return refusal;
        var input = new ExampleInput(item.OutcomeId, features, label, item.Pnl ?? double.NaN, item.Weight);
        var payload = Inputs.Of(input);
        var body = JournalKey.BodyHash(payload);
        var key = item.OutcomeId is { } id ? JournalKey.Example(id) : idempotencyKey is not null ? JournalKey.Request(idempotencyKey) : null;
        if (key is not null && await desk.Find(key).ConfigureAwait(false) is { } taken)
        {
            if (taken.Body != body)
                return item.OutcomeId is null
                    ? new Refusal(422, "This Idempotency-Key was used with another body.")
                    : new Refusal(409, $"The outcome '{item.OutcomeId}' was recorded with another content; choose a new outcome_id.", "outcome_id");
            (_seq, AlreadyRecorded) = (taken.Seq, true);
            return null;
        }
        _seq = desk.Append(EntryKind.Example, item.ResolvedUs ?? desk.ReceivedUs, payload, key, body);
        return null;
    }

    private Refusal? Repeat(long seq, UInt128 recorded, int label, string id)
    {
        if (recorded != (UInt128)label)
            return new Refusal(409, $"The prediction '{id}' was answered with {recorded}; an answer cannot be changed to {label}.", "actual");
        (_seq, AlreadyRecorded) = (seq, true);
        return null;
    }

    private static Refusal Expired(string id) => new(410, $"The prediction '{id}' is too old to be answered (option open_question_days_max, or more than open_questions_max were open).", "prediction_id");

    private Refusal? Label(out int label)
    {
        label = 0;
        if (item.Actual is { } actual)
        {
            label = actual;
            return null;
        }
        if (item.Pnl is not { } pnl)
            return new Refusal(422, "Neither actual nor pnl is given; one of them says what happened.", "actual");
        if (Target == LabelTarget.Profitable)
        {
            label = pnl > 0 ? 1 : 0;
            return null;
        }
        if (item.Side is not { } side)
            return new Refusal(422, "The session predicts the direction: with pnl and without actual it needs side (long or short).", "side");
        // The side was right when it made money.
        label = (side > 0) == (pnl > 0) ? 1 : 0;
        return null;
    }

    /// <summary>What the session's labels mean; set by whoever builds the command.</summary>
    public LabelTarget Target { get; init; }
}
