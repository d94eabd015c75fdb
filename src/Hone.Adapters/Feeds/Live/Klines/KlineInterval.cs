using Hone.Trading.Market;

namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>A length of bars that an exchange offers.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="StepUs">Its length in microseconds.</param>
public sealed record KlineInterval(string Name, long StepUs)
{
    /// <summary>
    /// The intervals that can be used: those that start at multiples of their length. Three days, weeks and months are left out; weeks start on Mondays and months have no length.
    /// </summary>
    public static IReadOnlyList<KlineInterval> All { get; } =
    [
        new("1s", EventTime.SecondUs),
        new("1m", 60 * EventTime.SecondUs),
        new("3m", 3 * 60 * EventTime.SecondUs),
        new("5m", 5 * 60 * EventTime.SecondUs),
        new("15m", 15 * 60 * EventTime.SecondUs),
        new("30m", 30 * 60 * EventTime.SecondUs),
        new("1h", EventTime.HourUs),
        new("2h", 2 * EventTime.HourUs),
        new("4h", 4 * EventTime.HourUs),
        new("6h", 6 * EventTime.HourUs),
        new("8h", 8 * EventTime.HourUs),
        new("12h", 12 * EventTime.HourUs),
        new("1d", EventTime.DayUs),
    ];

    /// <summary>Length in the milliseconds of the wire.</summary>
    public long StepMs => StepUs / 1000;

    /// <summary>The interval of that name; null when there is none.</summary>
    public static KlineInterval? Find(string name) => All.FirstOrDefault(interval => interval.Name == name);
}
