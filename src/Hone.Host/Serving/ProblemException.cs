namespace Hone.Host.Serving;

/// <summary>A request that cannot be answered: becomes the answer's status and its problem.</summary>
/// <param name="status">The status, 400 to 599.</param>
/// <param name="detail">What was found, where, and what to do.</param>
/// <param name="errors">What is wrong by field of the body; null for none.</param>
public sealed class ProblemException(int status, string detail, IDictionary<string, string[]>? errors = null) : Exception(detail)
{
    /// <summary>The status, 400 to 599.</summary>
    public int Status { get; } = status;

    /// <summary>What is wrong by field of the body; null for none.</summary>
    public IDictionary<string, string[]>? Errors { get; } = errors;

    /// <summary>Seconds after which to come again, for 429 and 503; null for none.</summary>
    public int? RetryAfterSeconds { get; init; }
}
