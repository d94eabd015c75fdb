using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>Where the bar's close lies in the day, the week and the month (UTC). A function of the stamp alone: nothing to save.</summary>
public sealed class CalendarFeatures : IFeatureBlock
{
    private const int DayMinutes = 1440;
    private static readonly double[] DaySines = Sines(DayMinutes), WeekSines = Sines(7), WeekCosines = Cosines(7);
    // The day of the last bar: a date is worked out once a day. Start above every stamp: no day yet.
    private long _dayStartUs = long.MaxValue;
    private double _weekSine, _weekCosine, _toMonthEnd;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureInfo> Features { get; } =
    [
        new("hour_sin", "calendar", 1, 1, "sin(2π · minute of the day / 1440)") { WatchDrift = false },
        new("hour_cos", "calendar", 1, 1, "cos(2π · minute of the day / 1440)") { WatchDrift = false },
        new("weekday_sin", "calendar", 1, 1, "sin(2π · weekday / 7), Monday 0") { WatchDrift = false },
        new("weekday_cos", "calendar", 1, 1, "cos(2π · weekday / 7), Monday 0") { WatchDrift = false },
        new("month_end_distance", "calendar", 1, 1, "days to the last day of the month / 31") { WatchDrift = false },
    ];

    /// <inheritdoc/>
    public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
    {
        var intoDayUs = bar.CloseTimeUs - _dayStartUs;
        if ((ulong)intoDayUs >= (ulong)EventTime.DayUs)
        {
            NewDay(EventTime.Day(bar.CloseTimeUs));
            intoDayUs = bar.CloseTimeUs - _dayStartUs;
        }
        var minute = (int)(intoDayUs / (60 * EventTime.SecondUs));
        var quarterOn = minute + DayMinutes / 4;
        values[4] = _toMonthEnd;
        values[0] = DaySines[minute];
        values[1] = DaySines[quarterOn < DayMinutes ? quarterOn : quarterOn - DayMinutes];
        values[2] = _weekSine;
        values[3] = _weekCosine;
    }

    private void NewDay(long day)
    {
        _dayStartUs = day * EventTime.DayUs;
        // 1970-01-01 was a Thursday.
        var weekday = (int)(((day + 3) % 7 + 7) % 7);
        (_weekSine, _weekCosine) = (WeekSines[weekday], WeekCosines[weekday]);
        _toMonthEnd = DaysToMonthEnd(day) * (1.0 / 31);
    }

    // Civil date from a day number for every year (Hinnant, "chrono-compatible low-level date algorithms"): years begin in March.
    private static int DaysToMonthEnd(long day)
    {
        var shifted = day + 719468;
        var era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
        var dayOfEra = (int)(shifted - era * 146097);
        var yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var month = (5 * dayOfYear + 2) / 153;
        if (month < 11)
            return (153 * (month + 1) + 2) / 5 - 1 - dayOfYear;
        var year = yearOfEra + 1;
        var isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return (isLeap ? 365 : 364) - dayOfYear;
    }

    private static double[] Sines(int count)
    {
        var table = new double[count];
        for (var i = 0; i < count; i++)
            table[i] = Elementary.Sin(2 * Math.PI * i / count);
        return table;
    }

    private static double[] Cosines(int count)
    {
        var table = new double[count];
        for (var i = 0; i < count; i++)
            table[i] = Elementary.Cos(2 * Math.PI * i / count);
        return table;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
    }

    /// <inheritdoc/>
    public void Load(StateReader reader) => _dayStartUs = long.MaxValue;
}
