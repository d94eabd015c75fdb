using System.ComponentModel.DataAnnotations;
using Hone.Learning;

namespace Hone.Trading.Market;

/// <summary>Options of <see cref="MarketSimulator"/>. Plain data: it is written down beside the bars that came of it.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Drift points that a simulation may have.</summary>
    public const int DriftPointsMax = 100_000;

    /// <summary>Length of the simulation in bars.</summary>
    [Range(1.0, 1e9)]
    public long Bars { get; init; } = 100_000;

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Length of a bar in minutes; a divisor of 1,440, so that the seasons of a day repeat exactly.</summary>
    [Range(1, 1440)]
    public int StepMinutes { get; init; } = 60;

    /// <summary>Start of the first bar.</summary>
    public DateTime StartTime { get; init; } = new(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Open of the first bar. Prices are rounded to a power of ten near a millionth of it.</summary>
    [Range(1e-3, 1e6)]
    public double StartPrice { get; init; } = 100;

    /// <summary>Standard deviation of a year's log return, on average over regimes and seasons; 0.6 is a liquid crypto market.</summary>
    [Range(0.01, 3.0)]
    public double AnnualVolatility { get; init; } = 0.6;

    /// <summary>Volume of a usual bar.</summary>
    [Range(1.0, 1e9)]
    public double TypicalVolume { get; init; } = 1000;

    /// <summary>Correlation of the planted expected return with the next bar's return; about twice that with the next 12 bars' return.</summary>
    [Range(0.0, 0.2)]
    public double Edge { get; init; } = 0.03;

    /// <summary>The concept changes every so many bars; 0 never. Not used when <see cref="DriftBars"/> are given.</summary>
    [Range(0.0, 1e9)]
    public long DriftEveryBars { get; init; } = 25_000;

    /// <summary>Bars (0 is the first) from which on the next concept holds, in rising order.</summary>
    public IReadOnlyList<long> DriftBars { get; init; } = [];

    /// <summary>Drift of a rising regime per bar, in standard deviations of a usual bar; a falling one drifts 1.5 times as fast.</summary>
    [Range(0.0, 0.1)]
    public double TrendDrift { get; init; } = 0.015;

    /// <summary>Nothing can be predicted but volatility and volume: no edge, no drift in any regime.</summary>
    public bool PureNoise { get; init; }

    /// <summary>Checks what attributes cannot say.</summary>
    /// <exception cref="InvalidOptionsException">A value is out of range, or values contradict each other.</exception>
    public SimulatorOptions Validated()
    {
        Options.Validated("simulator", this);
        if (1440 % StepMinutes != 0)
            throw new InvalidOptionsException($"simulator: step_minutes is {StepMinutes}; it must divide 1440.");
        if (StartTime.Kind == DateTimeKind.Local || StartTime.Ticks % (TimeSpan.TicksPerMinute * StepMinutes) != 0)
            throw new InvalidOptionsException($"simulator: start_time is {StartTime:O}; it must be UTC and the start of a bar of {StepMinutes} minutes.");
        if ((DateTime.MaxValue - StartTime).TotalMinutes / StepMinutes <= Bars)
            throw new InvalidOptionsException($"simulator: {Bars} bars of {StepMinutes} minutes reach past the year 9999; ask for fewer or shorter ones.");
        for (var i = 0; i < DriftBars.Count; i++)
            if (DriftBars[i] <= (i == 0 ? 0 : DriftBars[i - 1]))
                throw new InvalidOptionsException($"simulator: drift_bars has {DriftBars[i]} at position {i}; they must rise and start above 0.");
        if (DriftBars.Count > DriftPointsMax || (DriftBars.Count == 0 && DriftEveryBars > 0 && Bars / DriftEveryBars > DriftPointsMax))
            throw new InvalidOptionsException($"simulator: there would be more than {DriftPointsMax} drift points; raise drift_every_bars.");
        return this;
    }
}
