using Hone.Adapters.Feeds;
using Hone.Host.Api.Requests;
using Hone.Host.Api.Sessions;
using Hone.Host.Serving;
using Hone.Learning;
using Hone.Trading;
using Hone.Trading.Live;
using Hone.Trading.Market;
using Hone.Trading.Sessions;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Api.Bars;

/// <summary>Bars of a request as a session takes them, and what they say of a market that is not known yet. The same rules as for files of bars.</summary>
internal sealed class PostedBars
{
    /// <summary>Most bars of one request.</summary>
    public const int BarsMax = 5_000;

    private readonly LiveSetup _setup;

    /// <summary>Reads the bars of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="stamp">What stamps mark.</param>
    /// <param name="setup">The session.</param>
    /// <param name="known">Its market; null before its first bars.</param>
    /// <exception cref="ProblemException">400: none, or too many.</exception>
    public PostedBars(BarsRequest request, BarStamp stamp, LiveSetup setup, MarketInfo? known)
    {
        _setup = setup;
        var bars = request.Bars;
        if (bars.Count is 0 or > BarsMax)
            throw Refusals.Field("bars", $"has {bars.Count} bars; it must have 1 to {BarsMax}.");
        for (var i = 0; i < bars.Count; i++)
            if (bars[i] is null)
                throw Refusals.Field($"bars[{i}]", "is null; it must be a bar.");
        var (assetClass, stepUs) = known is null ? Recognised(bars, stamp) : (known.AssetClass, known.StepUs);
        Items = [.. bars.Select(b => new BarItem(
            new Bar(MarketHours.CloseTimeUs(b.Timestamp.Us, stamp, assetClass, stepUs), b.Open, b.High, b.Low, b.Close, b.Volume), []))];
        Market = known ?? (stepUs == 0 ? null : MarketHead.Market(setup.Symbol, assetClass, stepUs, [], [.. Items.Select(item => item.Bar)]));
    }

    /// <summary>The bars, stamped at their close.</summary>
    public BarItem[] Items { get; }

    /// <summary>The market; null when its bars are too few to tell.</summary>
    public MarketInfo? Market { get; }

    /// <summary>Makes sure that the session can be built for the market.</summary>
    /// <exception cref="ProblemException">422: its options do not fit.</exception>
    public void Try(TradingCatalog catalog)
    {
        if (Market is null)
            return;
        try
        {
            _ = new TradingSession(catalog, _setup.Session, Market);
        }
        catch (InvalidOptionsException e)
        {
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, $"The session cannot trade this market ({Market.AssetClass.ToString().ToLowerInvariant()}): {e.Message}");
        }
    }

    private (AssetClass AssetClass, long StepUs) Recognised(IReadOnlyList<BarBody> bars, BarStamp stamp)
    {
        var told = _setup.StepUs > 0 ? _setup.StepUs : SuffixUs(_setup.Symbol);
        if (told is null && bars.Count < 2)
            return (_setup.AssetClass ?? AssetClass.Crypto, 0);
        var hours = new MarketHours(stamp);
        foreach (var bar in bars)
            hours.Add(bar.Timestamp.Us);
        hours.Decide(new CsvFeedOptions { StepUs = told, AssetClass = _setup.AssetClass }, _setup.Symbol, datesOnly: false, []);
        return (hours.AssetClass, hours.StepUs);
    }

    // BTCUSDT@15m; what follows the sign may be something else, an exchange perhaps.
    private static long? SuffixUs(string symbol)
    {
        var at = symbol.LastIndexOf('@');
        return at >= 0 && DurationConverter.TryParse(symbol[(at + 1)..], out var step) && step <= SetupReader.StepMax ? step.Ticks / TimeSpan.TicksPerMicrosecond : null;
    }
}
