using System.ComponentModel.DataAnnotations;
using Hone.Adapters.Feeds.Live.Klines;
using Hone.Learning;

namespace Hone.Adapters.Feeds.Live;

/// <summary>Options of <see cref="ExchangeFeed"/>.</summary>
public sealed record ExchangeFeedOptions
{
    /// <summary>Characters that a market's name may have.</summary>
    public const int SymbolCharactersMax = 32;

    /// <summary>The market's name in capitals, such as BTCUSDT; letters and digits.</summary>
    public string Symbol { get; init; } = "BTCUSDT";

    /// <summary>Length of a bar, as the exchange names it: 1s, 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h or 1d.</summary>
    public string Interval { get; init; } = "1m";

    /// <summary>Where candles are asked for; https unless the host is this machine.</summary>
    public string RestUrl { get; init; } = "https://api.binance.com";

    /// <summary>Where candles are pushed from; wss unless the host is this machine.</summary>
    public string SocketUrl { get; init; } = "wss://stream.binance.com:9443";

    /// <summary>Bars before the newest one with which a new session starts.</summary>
    [Range(MarketHead.Bars, 1_000_000)]
    public int HistoryBars { get; init; } = 1000;

    /// <summary>Bars that are asked for at most after an absence; what lies further back is left out and told as a gap.</summary>
    [Range(1000, 10_000_000)]
    public int BackfillBarsMax { get; init; } = 1_000_000;

    /// <summary>Candles of one request.</summary>
    [Range(10, 1000)]
    public int PageBars { get; init; } = 1000;

    /// <summary>Requests per minute; they are spread evenly. A request weighs 2 of the 6,000 that Binance grants an address per minute.</summary>
    [Range(1, 60_000)]
    public int RequestsPerMinuteMax { get; init; } = 600;

    /// <summary>Times that bars which are missing at the end of an answer are asked for before they count as a gap.</summary>
    [Range(1, 100)]
    public int GapAttempts { get; init; } = 3;

    /// <summary>Pause between these attempts in milliseconds.</summary>
    [Range(1, 60_000)]
    public int GapDelayMs { get; init; } = 1000;

    /// <summary>Silence after which the connection is made anew, in milliseconds; only messages about the market count as noise.</summary>
    [Range(100, 86_400_000)]
    public int SilenceMs { get; init; } = 120_000;

    /// <summary>Time that a request, or making a connection, may take, in milliseconds.</summary>
    [Range(100, 600_000)]
    public int TimeoutMs { get; init; } = 15_000;

    /// <summary>Pause before the first new attempt, in milliseconds; it doubles with each further one. A random half to all of it is waited.</summary>
    [Range(1, 60_000)]
    public int ReconnectDelayMs { get; init; } = 1000;

    /// <summary>Longest such pause in milliseconds.</summary>
    [Range(1, 3_600_000)]
    public int ReconnectDelayMaxMs { get; init; } = 60_000;

    /// <summary>Longest wait that the exchange may ask for, in seconds; the longest ban that Binance documents is three days.</summary>
    [Range(1, 2_592_000)]
    public int RetryAfterMaxSeconds { get; init; } = 259_200;

    /// <summary>Attempts to reach the exchange when the feed starts; after them the start fails with the reason.</summary>
    [Range(1, 1000)]
    public int StartAttempts { get; init; } = 5;

    /// <summary>Bytes of a message of the socket; a longer one ends the connection.</summary>
    [Range(1024, 1 << 24)]
    public int FrameBytesMax { get; init; } = 64 * 1024;

    /// <summary>Bytes of an answer to a request; a longer one is refused.</summary>
    [Range(1024, 1 << 26)]
    public int BodyBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Factor by which a price may differ from the last close; a bar beyond is refused.</summary>
    [Range(1.01, 1e6)]
    public double PriceBandFactor { get; init; } = 5;

    /// <summary>How far a candle may lie in this machine's future, in milliseconds; one beyond is refused.</summary>
    [Range(1000, 86_400_000)]
    public int ClockSkewMaxMs { get; init; } = 300_000;

    /// <summary>Seed of the random part of the pauses.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Checks every option.</summary>
    /// <returns>The same record.</returns>
    /// <exception cref="InvalidOptionsException">A value is out of range, no market, no interval, or an address without encryption.</exception>
    public ExchangeFeedOptions Validated()
    {
        Options.Validated("binance", this);
        if (Symbol.Length is 0 or > SymbolCharactersMax || !Symbol.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c)))
            throw new InvalidOptionsException($"binance: the market is '{FeedProblem.Short(Symbol)}'; write its name in capitals and digits without a separator, for example BTCUSDT.");
        if (KlineInterval.Find(Interval) is null)
            throw new InvalidOptionsException($"binance: the interval is '{FeedProblem.Short(Interval)}'; it must be {string.Join(", ", KlineInterval.All.Select(i => i.Name))}.");
        if (ReconnectDelayMaxMs < ReconnectDelayMs)
            throw new InvalidOptionsException($"binance: reconnect_delay_max_ms is {ReconnectDelayMaxMs}; it must be at least reconnect_delay_ms, {ReconnectDelayMs}.");
        CheckUrl("rest", RestUrl, "https", "http");
        CheckUrl("ws", SocketUrl, "wss", "ws");
        return this;
    }

    private static void CheckUrl(string name, string text, string safe, string plain)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != safe && url.Scheme != plain) || url.Host.Length == 0)
            throw new InvalidOptionsException($"binance: {name} is '{FeedProblem.Short(text)}'; write an address that starts with {safe}://.");
        if (url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
            throw new InvalidOptionsException($"binance: {name} of {FeedProblem.Short(url.Host)} has a name, a password, a query or a fragment; write scheme, host, port and path only.");
        if (url.Scheme == plain && !url.IsLoopback)
            throw new InvalidOptionsException($"binance: {name} is '{FeedProblem.Short(text)}', which is not encrypted; write {safe}:// (plain {plain}:// only for this machine).");
    }
}
