using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Adapters.Feeds;

/// <summary>Bars as they come into being: an exchange, a file at a pace, the simulator at a pace.</summary>
public interface ILiveFeed : IAsyncDisposable
{
    /// <summary>The market's name.</summary>
    string Symbol { get; }

    /// <summary>What the feed is, for people and logs.</summary>
    string Description { get; }

    /// <summary>What a session must know of the market before the first bar; reads or asks as much as it needs to know it.</summary>
    /// <exception cref="FeedException">The source cannot be used; the message says what to do.</exception>
    ValueTask<MarketInfo> Market(CancellationToken cancel);

    /// <summary>
    /// Bars that close after <paramref name="afterUs"/>, in order, without end or until the source ends. Waits, reconnects and fills gaps by itself; what it could not fill is told in
    /// <see cref="LiveBar.GapBars"/>. The extras are valid until the next bar.
    /// </summary>
    IAsyncEnumerable<LiveBar> Bars(long afterUs, CancellationToken cancel);

    /// <summary>Connected, waiting, reconnecting: for status pages and readiness.</summary>
    FeedStatus Status { get; }
}

/// <summary>A bar of a live feed.</summary>
/// <param name="Bar">The bar; complete.</param>
/// <param name="Extras">Extra columns; NaN where missing.</param>
/// <param name="GapBars">Bars that are missing before this one.</param>
public readonly record struct LiveBar(Bar Bar, ReadOnlyMemory<double> Extras, long GapBars);

/// <summary>How a feed is doing.</summary>
/// <param name="State">connecting, live, waiting, reconnecting or ended.</param>
/// <param name="LastBarUs">Close time of the last bar; null before the first.</param>
/// <param name="Reconnects">Times the connection was made anew.</param>
/// <param name="Gaps">Gaps that could not be filled.</param>
/// <param name="Rejected">Messages that were refused as malformed or implausible.</param>
/// <param name="Problem">The last problem, in a sentence; null when none.</param>
public sealed record FeedStatus(string State, long? LastBarUs, long Reconnects, long Gaps, long Rejected, string? Problem);
