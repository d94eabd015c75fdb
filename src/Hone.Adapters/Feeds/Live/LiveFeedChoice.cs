using Hone.Trading.Market;

namespace Hone.Adapters.Feeds.Live;

/// <summary>A feed as <c>--feed</c> names it.</summary>
/// <param name="Text">The text it was read from.</param>
public abstract record LiveFeedChoice(string Text)
{
    /// <summary>Whether <c>data.symbol</c> of the config names its market.</summary>
    public abstract bool IsNamedByConfig { get; }

    /// <summary>Opens the feed. A file is opened at once, an exchange is not asked yet.</summary>
    /// <exception cref="FeedException">The file cannot be read.</exception>
    /// <exception cref="Hone.Learning.InvalidOptionsException">An option of the settings is out of range.</exception>
    public abstract ILiveFeed Open(LiveFeedSettings settings);
}

/// <summary>The simulated market as a feed.</summary>
/// <param name="Text">The text it was read from.</param>
/// <param name="Pace">How fast.</param>
/// <param name="Bars">Its length in bars; null for as long as the calendar lasts.</param>
/// <param name="Seed">Its seed; null for the config's.</param>
public sealed record SimulatorFeedChoice(string Text, FeedPace Pace, long? Bars, ulong? Seed) : LiveFeedChoice(Text)
{
    /// <summary>Most bars of one simulation.</summary>
    public const long BarsMax = 1_000_000_000;

    /// <inheritdoc/>
    public override bool IsNamedByConfig => true;

    /// <inheritdoc/>
    public override ILiveFeed Open(LiveFeedSettings settings)
    {
        var market = settings.Simulator with { Seed = Seed ?? settings.Simulator.Seed };
        market = market with { Bars = Bars ?? Longest(market) };
        var (symbol, from, to) = (settings.Data.Symbol ?? "SIM", settings.Data.From, settings.Data.To);
        return new PacedFeed(() => new RangeFeed(new SimulatedFeed(market, symbol), from, to), Pace, settings.Time, $"{symbol} of the simulator, seed {market.Seed}");
    }

    /// <summary>
    /// Length of a simulation that does not end for its users: the year 9999, the drift points that are kept, or a billion bars. The first bars do not depend on it.
    /// </summary>
    private static long Longest(SimulatorOptions market)
    {
        market.Validated();
        var calendar = (long)((DateTime.MaxValue - market.StartTime).TotalMinutes / market.StepMinutes) - 1;
        var drifts = market.DriftBars.Count == 0 && market.DriftEveryBars > 0 ? market.DriftEveryBars * SimulatorOptions.DriftPointsMax : BarsMax;
        return Math.Min(BarsMax, Math.Min(calendar, drifts));
    }
}

/// <summary>A file of bars as a feed.</summary>
/// <param name="Text">The text it was read from.</param>
/// <param name="Path">The file.</param>
/// <param name="Pace">How fast.</param>
public sealed record CsvFeedChoice(string Text, string Path, FeedPace Pace) : LiveFeedChoice(Text)
{
    /// <inheritdoc/>
    public override bool IsNamedByConfig => true;

    /// <inheritdoc/>
    public override ILiveFeed Open(LiveFeedSettings settings)
        => new PacedFeed(() => new CsvBarFeed(Path, settings.Data), Pace, settings.Time, $"bars of {Path}");
}

/// <summary>A market of an exchange as a feed.</summary>
/// <param name="Text">The text it was read from.</param>
/// <param name="Options">Which market, where, and the limits.</param>
public sealed record ExchangeFeedChoice(string Text, ExchangeFeedOptions Options) : LiveFeedChoice(Text)
{
    /// <inheritdoc/>
    public override bool IsNamedByConfig => false;

    /// <inheritdoc/>
    public override ILiveFeed Open(LiveFeedSettings settings) => new ExchangeFeed(Options with { Seed = settings.Seed }, settings.Time);
}
