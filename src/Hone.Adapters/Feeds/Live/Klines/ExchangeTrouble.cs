namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>The exchange could not be asked, or answered what cannot be used. Caught by the feed, which waits and tries again.</summary>
/// <param name="problem">What happened, in a sentence without its full stop.</param>
/// <param name="retryAfter">How long the exchange wants to be left alone; null when it did not say.</param>
/// <param name="isLasting">Whether the same question will get the same answer: a market that does not exist, an address that is refused.</param>
/// <param name="isRefused">Whether something came in that was refused.</param>
/// <param name="cause">What was caught.</param>
internal sealed class ExchangeTrouble(string problem, TimeSpan? retryAfter = null, bool isLasting = false, bool isRefused = false, Exception? cause = null) : Exception(problem, cause)
{
    public TimeSpan? RetryAfter => retryAfter;

    public bool IsLasting => isLasting;

    public bool IsRefused => isRefused;
}
