using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Hone.Learning;

namespace Hone.Adapters.Feeds.Live;

/// <summary>The kinds of live feeds, and how they are written.</summary>
public static class LiveFeeds
{
    /// <summary>Feeds that one server takes.</summary>
    public const int FeedsMax = 1000;

    private const double SimulatorBarsPerSecond = 20;

    private static readonly (LiveFeedKind Kind, Func<LiveFeedText, LiveFeedChoice> Choose)[] Entries =
    [
        (new("simulator", "simulator[:speed=PACE,bars=N,seed=N]", "The built-in market at a pace, the same bars for the same seed; without bars= it does not end.",
        [
            new("speed", "PACE", "bars per second (20 unless said), 0 for as fast as possible, or a factor of the bars' own time such as 3600x"),
            new("bars", "N", "ends after so many bars"),
            new("seed", "N", "another market; the config's simulator.seed unless said"),
        ]), Simulator),
        (new("csv", "csv:FILE[,pace=PACE]", "A file of bars at a pace; how it is read stands in the config's data section.",
        [
            new("pace", "PACE", "bars per second, 0 for as fast as possible (unless said), or a factor of the bars' own time such as 60x"),
        ]), Csv),
        (new("binance", "binance:MARKET@INTERVAL[,history=N,band=FACTOR,rest=URL,ws=URL]", "A market of Binance, or of an exchange that speaks like it: history first, then each candle as it closes.",
        [
            new("history", "N", "bars before the newest one with which a new session starts, from 256; 1000 unless said"),
            new("band", "FACTOR", "refuses a bar that differs from the last close by more than this factor; 5 unless said"),
            new("rest", "URL", "where candles are asked for; https://api.binance.com unless said"),
            new("ws", "URL", "where candles are pushed from; wss://stream.binance.com:9443 unless said"),
        ]), Exchange),
    ];

    /// <summary>All kinds, in the order in which they are shown.</summary>
    public static IReadOnlyList<LiveFeedKind> Kinds { get; } = [.. Entries.Select(e => e.Kind)];

    /// <summary>Reads one feed.</summary>
    /// <exception cref="InvalidOptionsException">It is none; one line names the part and the remedy.</exception>
    public static LiveFeedChoice Parse(string text)
    {
        var colon = text.IndexOf(':');
        var name = colon < 0 ? text : text[..colon];
        var (kind, choose) = Array.Find(Entries, e => e.Kind.Name == name);
        if (kind is null)
            throw new InvalidOptionsException($"--feed '{FeedProblem.Short(text)}': there is no kind of feed '{FeedProblem.Short(name)}'; write {string.Join(" or ", Kinds.Select(k => k.Form))}.");
        return choose(new(kind, text, colon < 0 ? "" : text[(colon + 1)..]));
    }

    /// <summary>Reads several feeds.</summary>
    /// <exception cref="InvalidOptionsException">One is none, or one is there twice.</exception>
    public static IReadOnlyList<LiveFeedChoice> Parse(IReadOnlyList<string> texts)
    {
        if (texts.Count > FeedsMax)
            throw new InvalidOptionsException($"--feed is there {texts.Count} times; a server takes at most {FeedsMax}.");
        return [.. texts.Select(Parse)];
    }

    /// <summary>Opens feeds; those that are open already are closed when one fails.</summary>
    /// <exception cref="FeedException">A file cannot be read.</exception>
    /// <exception cref="InvalidOptionsException">Two feeds are of one market, or a setting is out of range.</exception>
    public static async ValueTask<IReadOnlyList<ILiveFeed>> Open(IReadOnlyList<LiveFeedChoice> choices, LiveFeedSettings settings)
    {
        if (settings.Data.Symbol is { } symbol && choices.Count(c => c.IsNamedByConfig) > 1)
            throw new InvalidOptionsException($"data.symbol '{FeedProblem.Short(symbol)}' names one market; there are several feeds. Without it each file's name is used.");
        var feeds = new List<ILiveFeed>();
        try
        {
            foreach (var choice in choices)
            {
                var feed = choice.Open(settings);
                feeds.Add(feed);
                if (feeds.FindIndex(f => f.Symbol == feed.Symbol) is var first && first < feeds.Count - 1)
                    throw new InvalidOptionsException($"--feed '{FeedProblem.Short(choice.Text)}' is of the market {feed.Symbol}, as is '{FeedProblem.Short(choices[first].Text)}'; a server follows each market once.");
            }
            return feeds;
        }
        catch
        {
            foreach (var feed in feeds)
                await feed.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static LiveFeedChoice Simulator(LiveFeedText text)
        => new SimulatorFeedChoice(text.Whole, text.Pace("speed", FeedPace.PerSecond(SimulatorBarsPerSecond)), text.Integer("bars", 1, SimulatorFeedChoice.BarsMax), text.Seed("seed"));

    private static LiveFeedChoice Csv(LiveFeedText text)
        => text.Source.Length > 0 ? new CsvFeedChoice(text.Whole, text.Source, text.Pace("pace", FeedPace.Unpaced)) : throw text.Invalid("", "names no file; write its path after the colon");

    private static LiveFeedChoice Exchange(LiveFeedText text)
    {
        var (comma, at) = (text.Source.IndexOf(','), text.Source.IndexOf('@'));
        if (comma >= 0)
            throw text.Invalid(text.Source[(comma + 1)..], "is no option of it; it has history=N, band=FACTOR, rest=URL, ws=URL");
        if (at <= 0)
            throw text.Invalid(text.Source, "names no market and interval; write them as BTCUSDT@1m");
        var history = RangeOf(nameof(ExchangeFeedOptions.HistoryBars));
        var band = RangeOf(nameof(ExchangeFeedOptions.PriceBandFactor));
        var options = new ExchangeFeedOptions { Symbol = text.Source[..at].ToUpperInvariant(), Interval = text.Source[(at + 1)..] };
        options = options with
        {
            HistoryBars = (int?)text.Integer("history", (int)history.Minimum, (int)history.Maximum) ?? options.HistoryBars,
            PriceBandFactor = text.Number("band", (double)band.Minimum, (double)band.Maximum) ?? options.PriceBandFactor,
            RestUrl = text.Value("rest") ?? options.RestUrl,
            SocketUrl = text.Value("ws") ?? options.SocketUrl,
        };
        try
        {
            return new ExchangeFeedChoice(text.Whole, options.Validated());
        }
        catch (InvalidOptionsException e)
        {
            // Without the addresses: one of them may carry a password.
            throw new InvalidOptionsException($"--feed 'binance:{FeedProblem.Short(text.Source)}': {e.Message}");
        }
    }

    private static RangeAttribute RangeOf(string property) => typeof(ExchangeFeedOptions).GetProperty(property)!.GetCustomAttribute<RangeAttribute>()!;
}
