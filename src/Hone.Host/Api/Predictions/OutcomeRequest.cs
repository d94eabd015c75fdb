using Hone.Host.Api.Requests;
using Hone.Host.Serving;
using Hone.Trading.Market;

namespace Hone.Host.Api.Predictions;

/// <summary>Direction of a trade.</summary>
public enum TradeSide
{
    /// <summary>It gains when the price rises.</summary>
    Long,

    /// <summary>It gains when the price falls.</summary>
    Short,
}

/// <summary>Body of <c>POST sessions/{id}/outcomes</c>: what came of a prediction, or of features of its own.</summary>
public sealed record OutcomeRequest
{
    /// <summary>The prediction that is answered.</summary>
    public string? PredictionId { get; init; }

    /// <summary>Id of an outcome that brings its own features.</summary>
    public string? OutcomeId { get; init; }

    /// <summary>Its features: a list in the order of the session, or an object by name.</summary>
    public FeatureValues? Features { get; init; }

    /// <summary>What happened: a class, from 0. When left out, pnl tells: for the target profitable 1 if it is above 0; for the target direction the side if it is above 0, else the other.</summary>
    public int? Actual { get; init; }

    /// <summary>Money it made.</summary>
    public double? Pnl { get; init; }

    /// <summary>Direction of the trade.</summary>
    public TradeSide? Side { get; init; }

    /// <summary>When it was known; the time of receipt when left out. At most 5 minutes ahead.</summary>
    public DateTime? ResolvedAt { get; init; }

    /// <summary>How much it counts in learning; 1 when left out.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The outcome for a session.</summary>
    /// <exception cref="ProblemException">400: something in it cannot be used.</exception>
    internal OutcomeItem ToItem(SessionFacts facts, bool hasKey)
    {
        if (PredictionId is not null && (Features is not null || OutcomeId is not null))
            throw Refusals.Field("prediction_id", "cannot stand beside outcome_id or features; an outcome answers a prediction, or brings its own features.");
        if (PredictionId is null && Features is null)
            throw OutcomeId is null
                ? Refusals.Field("prediction_id", "is missing; name the prediction, or give outcome_id and features.")
                : Refusals.Field("features", "is missing; an outcome with an outcome_id brings its own features.");
        // Without either a repetition would be learned twice.
        if (Features is not null && OutcomeId is null && !hasKey)
            throw Refusals.Field("outcome_id", "is missing; it makes sure that the outcome is learned once. The header Idempotency-Key does as well.");
        return new OutcomeItem
        {
            PredictionId = Ids.Id(PredictionId, "prediction_id"),
            OutcomeId = Ids.Id(OutcomeId, "outcome_id"),
            Features = Features?.InOrderOf(facts, "features"),
            Actual = Actual,
            Pnl = Pnl,
            Side = Side switch { TradeSide.Long => 1, TradeSide.Short => -1, _ => null },
            ResolvedUs = ResolvedAt is { } moment ? EventTime.FromDateTime(moment) : null,
            Weight = Weight,
        };
    }
}
