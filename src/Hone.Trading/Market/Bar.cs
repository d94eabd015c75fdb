namespace Hone.Trading.Market;

/// <summary>One bar of a market, stamped at its close: the first moment at which it is known.</summary>
/// <param name="CloseTimeUs">Close, in microseconds since 1970-01-01 UTC.</param>
/// <param name="Open">First price, above 0.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price, above 0.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Traded volume, 0 or more; 0 where the source has none.</param>
public readonly record struct Bar(long CloseTimeUs, double Open, double High, double Low, double Close, double Volume)
{
    /// <summary>Close as a date and time in UTC.</summary>
    public DateTime CloseTime => EventTime.ToDateTime(CloseTimeUs);
}

/// <summary>Event time: microseconds since 1970-01-01 UTC.</summary>
public static class EventTime
{
    /// <summary>One second.</summary>
    public const long SecondUs = 1_000_000;

    /// <summary>One hour.</summary>
    public const long HourUs = 3600 * SecondUs;

    /// <summary>One day.</summary>
    public const long DayUs = 24 * HourUs;

    /// <summary>As a date and time in UTC.</summary>
    public static DateTime ToDateTime(long timeUs) => DateTime.UnixEpoch.AddTicks(timeUs * 10);

    /// <summary>From a date and time in UTC.</summary>
    public static long FromDateTime(DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) / 10;

    /// <summary>Days since 1970-01-01, rounded down.</summary>
    public static long Day(long timeUs) => Math.DivRem(timeUs, DayUs, out var rest) - (rest < 0 ? 1 : 0);
}
