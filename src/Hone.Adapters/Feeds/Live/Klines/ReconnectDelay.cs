using Hone.Learning.Numerics;

namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>Pauses between attempts: doubling up to a limit, a random half to all of it, so that many programs do not come back at once.</summary>
internal sealed class ReconnectDelay(int firstMs, int maxMs, ulong seed, string market)
{
    private const int DoublingsMax = 30;

    private Rng _random = new(seed, $"reconnect-delay {market}");
    private int _attempts;

    /// <summary>The pause before the next attempt.</summary>
    public TimeSpan Next()
    {
        var fullMs = Math.Min(maxMs, (double)firstMs * (1L << Math.Min(_attempts++, DoublingsMax)));
        return TimeSpan.FromMilliseconds(fullMs * (0.5 + 0.5 * _random.NextDouble()));
    }

    /// <summary>Forgets the failed attempts: the connection held.</summary>
    public void Reset() => _attempts = 0;
}
