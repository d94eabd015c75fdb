using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Trading.Market;

/// <summary>
/// The four signals that the planted edge of <see cref="MarketSimulator"/> is made of. They are computed from the bars alone, so
/// whoever feeds the bars of a simulation into this class knows what could be known.
/// </summary>
/// <remarks>All have a mean near 0 and a standard deviation near 1, and are cut at ±4.</remarks>
public sealed class SimulatedSignals : ISaved
{
    /// <summary>Bars of the momentum signal, and of the longer expectation.</summary>
    public const int HorizonBars = 12;

    private const int Ring = 16;
    private const double EmaRate = 2.0 / 21, Keep = 1 - EmaRate, VarianceRate = 0.03, VolumeVarianceRate = 0.01, CutAt = 4;

    // Measured over 10 million bars of the default market: what each raw score must be multiplied with for a variance of 1.
    private const double MomentumScale = 1.033, DistanceScale = 1.03, VolumeScale = 1.0;

    // Standard deviation of the distance from a 20-bar exponential average, in standard deviations of a bar, for a random walk.
    private static readonly double DistanceDeviation = Math.Sqrt(Keep * Keep / (1 - Keep * Keep));

    // Sums of the expected course over 12 bars in units of the value now: 1 + k + k² + … + k¹¹ for the distance; for the volume score
    // the same sum of its autocorrelation, measured.
    private static readonly double DistanceCourse = GeometricSum(Keep, HorizonBars);
    private const double VolumeCourse = 3.8;

    private readonly double[] _logCloses = new double[Ring];
    private readonly SimulatedSeason _season;
    private long _bars;
    private double _ema, _variance, _volumeEma, _volumeVariance;
    private double _momentum, _momentumCourse, _distance, _volumeZ;
    private int _slot;

    /// <summary>Signals before the first bar.</summary>
    /// <param name="options">The options that the bars were simulated with.</param>
    public SimulatedSignals(SimulatorOptions options)
    {
        _season = new(options.Validated());
        _slot = _season.SlotOf(EventTime.FromDateTime(options.StartTime));
        Array.Fill(_logCloses, Elementary.Log(options.StartPrice));
        _ema = _logCloses[0];
        _variance = _season.UsualVariance;
        _volumeEma = Elementary.Log(options.TypicalVolume);
        _volumeVariance = 0.25;
    }

    /// <summary>Log return of the last 12 bars over its standard deviation.</summary>
    public double Momentum => _momentum;

    /// <summary>Log distance of the close from its 20-bar exponential average over its standard deviation.</summary>
    public double Distance => _distance;

    /// <summary>Z-score of log volume against its 20-bar exponential average.</summary>
    public double VolumeZ => _volumeZ;

    /// <summary>Season of the next bar: √2·cos of its time of day (of the week for bars over 4 hours).</summary>
    public double Season => _season.Signal(_slot);

    /// <summary>Standard deviation of a bar's log return as past bars show it.</summary>
    public double Sigma => Math.Sqrt(_variance);

    internal double LogClose => _logCloses[(int)(_bars & (Ring - 1))];

    /// <summary>Slot of the week in which the next bar lies.</summary>
    internal int NextSlot => _slot;

    internal SimulatedSeason Seasons => _season;

    /// <summary>Weighted sum of the signals, for the next bar, in standard deviations.</summary>
    public double Score(SimulatedConcept concept)
        => concept.Momentum * _momentum + concept.Distance * _distance + concept.VolumeZ * _volumeZ + concept.Season * Season;

    /// <summary>Sum of <see cref="Score"/> over the next 12 bars as far as it can be expected now.</summary>
    public double Score12(SimulatedConcept concept)
        => concept.Momentum * _momentumCourse + concept.Distance * (DistanceCourse * _distance) + concept.VolumeZ * (VolumeCourse * _volumeZ)
            + concept.Season * _season.SignalCourse(_slot);

    /// <summary>Takes the next bar.</summary>
    public void Update(in Bar bar)
    {
        var last = LogClose;
        var logClose = Elementary.Log(bar.Close);
        var change = logClose - last;
        _bars++;
        _logCloses[(int)(_bars & (Ring - 1))] = logClose;
        // A jump counts like 4 standard deviations: it must not silence the scaled signals for days.
        _variance += VarianceRate * (Math.Min(change * change, 16 * _variance) - _variance);
        var sigma = Math.Sqrt(_variance);

        double sum = 0;
        for (var i = 1; i <= HorizonBars; i++)
            sum += _logCloses[(int)((_bars - i) & (Ring - 1))];
        var momentumUnit = MomentumScale / (sigma * 3.4641016151377544);
        var raw = (logClose - _logCloses[(int)((_bars - HorizonBars) & (Ring - 1))]) * momentumUnit;
        _momentum = Cut(raw);
        // Without news, momentum loses its oldest bar with each new one: the sum over that course is Σ (12 − i)·return(i bars ago).
        var course = (HorizonBars * logClose - sum) * momentumUnit;
        _momentumCourse = raw == _momentum ? course : course * (_momentum / raw);

        _ema += EmaRate * (logClose - _ema);
        _distance = Cut((logClose - _ema) * (DistanceScale / (sigma * DistanceDeviation)));

        var logVolume = Elementary.Log(Math.Max(bar.Volume, 1e-3));
        _volumeEma += EmaRate * (logVolume - _volumeEma);
        var surprise = logVolume - _volumeEma;
        _volumeVariance += VolumeVarianceRate * (surprise * surprise - _volumeVariance);
        _volumeZ = Cut(surprise * (VolumeScale / Math.Sqrt(_volumeVariance + 1e-6)));

        _slot = _season.Next(_slot);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("simulated-signals", 1);
        writer.Write(_logCloses);
        writer.Write(_bars);
        writer.Write(_slot);
        writer.Write([_ema, _variance, _volumeEma, _volumeVariance, _momentum, _momentumCourse, _distance, _volumeZ]);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("simulated-signals", 1);
        reader.Read(_logCloses);
        foreach (var logClose in _logCloses)
            if (!(Math.Abs(logClose) < 100))
                throw new CorruptStateException($"A log price of the simulated market is {logClose}.");
        _bars = reader.ReadInt64();
        _slot = reader.ReadInt32(0, _season.Slots - 1);
        Span<double> numbers = stackalloc double[8];
        reader.Read(numbers);
        foreach (var number in numbers)
            if (!double.IsFinite(number))
                throw new CorruptStateException($"A signal of the simulated market is {number}.");
        (_ema, _variance, _volumeEma, _volumeVariance) = (numbers[0], numbers[1], numbers[2], numbers[3]);
        (_momentum, _momentumCourse, _distance, _volumeZ) = (numbers[4], numbers[5], numbers[6], numbers[7]);
        if (_bars < 0 || !(_variance > 0) || !(_volumeVariance >= 0))
            throw new CorruptStateException($"The simulated market has {_bars} bars, variance {_variance} and volume variance {_volumeVariance}.");
    }

    private static double Cut(double value) => Math.Min(Math.Max(value, -CutAt), CutAt);

    private static double GeometricSum(double ratio, int terms)
    {
        double sum = 0, term = 1;
        for (var i = 0; i < terms; i++, term *= ratio)
            sum += term;
        return sum;
    }
}
