using System.Text.Json;
using Hone.Host.Api.Requests;

namespace Hone.Host.Api.Predictions;

/// <summary>Body of <c>POST sessions/{id}/predict</c>: one question, or many under <c>batch</c>.</summary>
public sealed record PredictRequest
{
    /// <summary>A list in the order of the session, or an object by name; null is a missing value.</summary>
    public FeatureValues? Features { get; init; }

    /// <summary>The client's own id, 1 to 128 letters, digits and -_.:@; the server's when left out.</summary>
    public string? PredictionId { get; init; }

    /// <summary>Prediction market that the question is about; its resolution answers it.</summary>
    public string? MarketId { get; init; }

    /// <summary>Event time; the time of receipt when left out. At most 5 minutes ahead.</summary>
    public DateTime? At { get; init; }

    /// <summary>price (of a yes share, 0 to 1), fee_rate (of p(1 − p)), regime (bull, bear, sideways), and whatever else shall be found again.</summary>
    public JsonElement? Context { get; init; }

    /// <summary>false: journals nothing; the prediction has no id and cannot be answered.</summary>
    public bool Record { get; init; } = true;

    /// <summary>Many questions; all of them are let in, or none.</summary>
    public IReadOnlyList<PredictQuestion>? Batch { get; init; }
}

/// <summary>One of many questions.</summary>
/// <param name="Features">A list in the order of the session, or an object by name; null is a missing value.</param>
public sealed record PredictQuestion(FeatureValues Features)
{
    /// <summary>The client's own id.</summary>
    public string? PredictionId { get; init; }

    /// <summary>Prediction market.</summary>
    public string? MarketId { get; init; }

    /// <summary>Event time.</summary>
    public DateTime? At { get; init; }

    /// <summary>See <see cref="PredictRequest.Context"/>.</summary>
    public JsonElement? Context { get; init; }
}
