using Hone.Trading.Market;

namespace Hone.Trading.Performance;

/// <summary>Which day a bar counts for, and how many such days make a year.</summary>
/// <remarks>
/// Days are UTC days. A bar that closes at midnight belongs to the day that just ended, so 24 hourly bars or one daily bar
/// make one day. Where the market sleeps at week-ends (everything but crypto), Sunday evening counts for Monday and what is
/// left after Friday midnight counts for Friday: otherwise a currency would have six returns a week, and a Sharpe ratio
/// annualised with 260 would be 10 % off.
/// </remarks>
public static class TradingCalendar
{
    /// <summary>First day of the calendar: 0001-01-03, in days since 1970-01-01.</summary>
    public const int DayMin = -719_160;

    /// <summary>Last day of the calendar: 9999-12-29, in days since 1970-01-01.</summary>
    public const int DayMax = 2_932_894;

    /// <summary>Daily returns in a year: 365 for crypto, 260 for currencies, 252 for shares.</summary>
    public static double DaysPerYear(AssetClass assetClass) => assetClass switch
    {
        AssetClass.Crypto => 365,
        AssetClass.Fx => 260,
        _ => 252,
    };

    /// <summary>The day a bar counts for, in days since 1970-01-01, and the last close time that still counts for it.</summary>
    /// <param name="closeTimeUs">Close of the bar, in microseconds since 1970-01-01 UTC.</param>
    /// <param name="assetClass">What kind of market.</param>
    public static (int Day, long EndUs) DayOf(long closeTimeUs, AssetClass assetClass)
    {
        var day = (int)EventTime.Day(closeTimeUs - 1);
        var days = 1;
        if (assetClass != AssetClass.Crypto)
        {
            // 1970-01-01 was a Thursday: 0 is Monday, 5 Saturday, 6 Sunday.
            var weekday = ((day + 3) % 7 + 7) % 7;
            day += weekday == 5 ? -1 : weekday == 6 ? 1 : 0;
            days = weekday is 4 or 5 ? 2 : 1;
        }
        return day is >= DayMin and <= DayMax
            ? (day, (day + (long)days) * EventTime.DayUs)
            : throw new ArgumentOutOfRangeException(nameof(closeTimeUs), closeTimeUs, "The time is outside the years 1 to 9999; it is in microseconds since 1970.");
    }
}
