using Hone.Trading.Market;

namespace Hone.Adapters.Feeds;

/// <summary>
/// What the stamps at the head of a file say of a market: how long a bar is, on which days and hours it trades, hence its kind
/// and when a bar closes.
/// </summary>
public sealed class MarketHours(BarStamp stamp)
{
    // A leap year: longer bars do not exist, and stamps plus one bar stay within the calendar.
    private const long StepUsMax = 366 * EventTime.DayUs;

    private static readonly string[] Currencies = ["USD", "EUR", "GBP", "JPY", "CHF", "AUD", "NZD", "CAD", "SEK", "NOK", "DKK", "CNH", "HKD", "SGD", "MXN", "ZAR", "TRY", "PLN", "XAU", "XAG", "XPT"];

    // By half hours of the day, bars from Tuesday to Thursday: sessions and time-zone edges blur the other days.
    private readonly int[] _halfHours = new int[48];
    private readonly StepCount _steps = new();
    private long _firstUs = long.MinValue, _lastUs = long.MinValue;
    private int _saturdays, _sundays, _bars;

    /// <summary>Length of a bar in microseconds.</summary>
    public long StepUs { get; private set; }

    /// <summary>Kind of market.</summary>
    public AssetClass AssetClass { get; private set; }

    /// <summary>Takes the stamp of the next bar of the head, in microseconds since 1970 UTC.</summary>
    public void Add(long stampUs)
    {
        if (_lastUs != long.MinValue)
            _steps.Add(stampUs - _lastUs);
        else
            _firstUs = stampUs;
        _lastUs = stampUs;
        _bars++;
        // The stamp's own moment: at the close it belongs to the bar before, which for a Saturday 00:00 is a Friday.
        var at = stamp == BarStamp.Close ? stampUs - 1 : stampUs;
        // 1970-01-01 was a Thursday.
        var weekday = (int)(((EventTime.Day(at) + 4) % 7 + 7) % 7);
        _saturdays += weekday == 6 ? 1 : 0;
        _sundays += weekday == 0 ? 1 : 0;
        if (weekday is >= 2 and <= 4)
            _halfHours[(int)((at - EventTime.Day(at) * EventTime.DayUs) / (EventTime.HourUs / 2))]++;
    }

    /// <summary>Decides, once all stamps of the head are in.</summary>
    public void Decide(CsvFeedOptions options, string symbol, bool datesOnly, List<string> notes)
    {
        StepUs = options.StepUs ?? _steps.MostCommon;
        if (StepUs <= 0)
        {
            StepUs = datesOnly ? EventTime.DayUs : EventTime.HourUs;
            notes.Add("too few bars to see their length");
        }
        StepUs = Math.Min(StepUs, StepUsMax);
        var (guess, why) = Guess(symbol);
        AssetClass = options.AssetClass ?? guess;
        notes.Add($"a bar is {Length(StepUs)}{(options.StepUs is null ? " (most common distance)" : " (as told)")}");
        notes.Add($"kind of market: {AssetClass.ToString().ToLowerInvariant()} ({(options.AssetClass is null ? why : "as told")})");
        notes.Add(stamp == BarStamp.Close ? "a stamp is the bar's close"
            : ClosesWithSession ? "a stamp is the session's date; the bar is known at its close, 21:00 UTC"
            : "a stamp is the bar's start; the bar is known one bar later");
    }

    /// <summary>When a bar of that stamp is known.</summary>
    public long CloseTimeUs(long stampUs) => CloseTimeUs(stampUs, stamp, AssetClass, StepUs);

    /// <summary>When a bar of a market that is known already is known.</summary>
    /// <param name="stampUs">Its stamp.</param>
    /// <param name="stamp">What the stamp marks.</param>
    /// <param name="assetClass">Kind of market.</param>
    /// <param name="stepUs">Length of a bar in microseconds.</param>
    public static long CloseTimeUs(long stampUs, BarStamp stamp, AssetClass assetClass, long stepUs)
    {
        if (stamp == BarStamp.Close)
            return stampUs;
        if (!IsSession(assetClass, stepUs))
            return stampUs + stepUs;
        // New York closes at 21:00 UTC in winter and at 20:00 in summer: the later one never looks ahead.
        var closeUs = EventTime.Day(stampUs) * EventTime.DayUs + 21 * EventTime.HourUs;
        return closeUs > stampUs ? closeUs : stampUs + stepUs;
    }

    /// <summary>When a bar of that stamp begins.</summary>
    public long StartUs(long stampUs) => stamp == BarStamp.Close ? stampUs - StepUs : stampUs;

    private bool ClosesWithSession => IsSession(AssetClass, StepUs);

    private static bool IsSession(AssetClass assetClass, long stepUs) => assetClass == AssetClass.Equity && stepUs == EventTime.DayUs;

    private (AssetClass, string) Guess(string symbol)
    {
        var isPair = IsCurrencyPair(symbol);
        if (_saturdays > 0)
            return (AssetClass.Crypto, "bars on Saturdays");
        if (StepUs >= EventTime.DayUs)
        {
            return isPair ? (AssetClass.Fx, "two currencies in its name")
                : StepUs == EventTime.DayUs && _sundays > 0 ? (AssetClass.Fx, "bars on Sundays, none on Saturdays")
                : (AssetClass.Equity, "daily or longer bars, none at week-ends");
        }
        var slots = Math.Min(48, (int)(EventTime.DayUs / Math.Max(StepUs, EventTime.HourUs / 2)));
        var seen = _halfHours.Count(bars => bars > 0);
        // One hour a day may be missing: gold and futures pause after New York's close.
        var aroundTheClock = seen > 0 ? seen >= slots - Math.Max(2, slots / 12) : _sundays > 0;
        if (!aroundTheClock)
            return isPair ? (AssetClass.Fx, "two currencies in its name") : (AssetClass.Equity, "bars in some hours of the day only");
        var seesWeekend = EventTime.Day(_lastUs) - EventTime.Day(_firstUs) >= 7;
        if (seesWeekend || isPair)
            return (AssetClass.Fx, seesWeekend ? "bars at all hours, none on Saturdays" : "two currencies in its name");
        return (AssetClass.Crypto, "bars at all hours, no week-end seen");
    }

    private static bool IsCurrencyPair(string symbol)
    {
        var letters = symbol.Where(char.IsAsciiLetter).Take(7).Select(char.ToUpperInvariant).ToArray();
        return letters.Length >= 6 && Currencies.Contains(new string(letters, 0, 3)) && Currencies.Contains(new string(letters, 3, 3)) && letters.Length == 6;
    }

    private static string Length(long us) => us % EventTime.DayUs == 0 ? $"{us / EventTime.DayUs} d"
        : us % EventTime.HourUs == 0 ? $"{us / EventTime.HourUs} h"
        : us % (60 * EventTime.SecondUs) == 0 ? $"{us / (60 * EventTime.SecondUs)} min"
        : us % EventTime.SecondUs == 0 ? $"{us / EventTime.SecondUs} s" : $"{us} µs";
}
