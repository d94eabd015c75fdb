namespace Hone.Host.Serving;

/// <summary>Why a request was not carried out; becomes a problem+json answer.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What value, where, what to do.</param>
/// <param name="Field">Member of the request; null when it is about none.</param>
public sealed record Refusal(int Status, string Detail, string? Field = null)
{
    /// <summary>Seconds after which another attempt makes sense; null when none does.</summary>
    public int? RetryAfterSecs { get; init; }
}
