using Hone.Learning.Numerics;

namespace Hone.Trading.Market;

/// <summary>Seasons of the simulated market by slot of the week: volatility, volume, and the season that the edge may use.</summary>
internal sealed class SimulatedSeason
{
    private const double YearMinutes = 365 * 1440.0;

    private readonly double[] _volatility, _volume, _signal, _course;
    private readonly int _stepMinutes;

    public SimulatedSeason(SimulatorOptions options)
    {
        _stepMinutes = options.StepMinutes;
        Slots = 7 * 1440 / _stepMinutes;
        UsualVariance = options.AnnualVolatility * options.AnnualVolatility * _stepMinutes / YearMinutes;
        (_volatility, _volume, _signal, _course) = (new double[Slots], new double[Slots], new double[Slots], new double[Slots]);
        for (var slot = 0; slot < Slots; slot++)
        {
            var minute = (slot + 0.5) * _stepMinutes;
            // The epoch was a Thursday: slot 0 begins on Thursday 00:00, days 2 and 3 are Saturday and Sunday.
            var weekend = (int)(minute / 1440) is 2 or 3;
            // Busiest in the afternoon, UTC; a smaller second peak in the morning. A bar of a whole day sees nothing of it.
            var intraday = _stepMinutes <= 240 ? 1 : 0;
            _volatility[slot] = intraday * (0.25 * Wave(minute - 15 * 60, 1440) + 0.10 * Wave(minute - 9 * 60, 720)) - (weekend ? 0.2 : 0);
            _volume[slot] = intraday * 0.12 * Wave(minute - 15 * 60, 1440) - (weekend ? 0.3 : 0);
            _signal[slot] = 1.4142135623730951 * (intraday == 1 ? Wave(slot * (double)_stepMinutes - 8 * 60, 1440) : Wave(slot * (double)_stepMinutes - 1440, 7 * 1440));
        }
        for (var slot = 0; slot < Slots; slot++)
            for (var i = 0; i < SimulatedSignals.HorizonBars; i++)
                _course[slot] += _signal[(slot + i) % Slots];
    }

    /// <summary>Bars in a week.</summary>
    public int Slots { get; }

    /// <summary>Variance of a usual bar's log return.</summary>
    public double UsualVariance { get; }

    /// <summary>The slot of a bar that starts then.</summary>
    public int SlotOf(long startUs)
    {
        var week = (startUs / (EventTime.SecondUs * 60) % (7 * 1440) + 7 * 1440) % (7 * 1440);
        return (int)(week / _stepMinutes);
    }

    /// <summary>The slot of the bar after.</summary>
    public int Next(int slot) => slot + 1 == Slots ? 0 : slot + 1;

    /// <summary>Log factor on volatility.</summary>
    public double Volatility(int slot) => _volatility[slot];

    /// <summary>Log factor on volume beyond what volatility brings.</summary>
    public double Volume(int slot) => _volume[slot];

    /// <summary>The seasonal signal of a bar in that slot.</summary>
    public double Signal(int slot) => _signal[slot];

    /// <summary>Sum of the seasonal signal over that slot and the 11 after.</summary>
    public double SignalCourse(int slot) => _course[slot];

    private static double Wave(double minute, double periodMinutes) => Elementary.Cos(6.283185307179586 * minute / periodMinutes);
}
