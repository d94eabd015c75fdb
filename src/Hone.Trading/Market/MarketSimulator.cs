using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Trading.Regimes;

namespace Hone.Trading.Market;

/// <summary>
/// A market that trades around the clock and whose truth is known: bull, bear and sideways regimes, volatility in clusters, rare jumps,
/// volume that follows volatility and the hour, and a weak edge that changes at known bars. The same options give the same bits
/// everywhere; memory does not grow with the number of bars.
/// </summary>
/// <remarks>
/// <para>Log return of bar t+1 = σ̂(t)·edge·score(t) + drift of the regime + σ(t+1)·ε + jump. The score is a weighted sum of
/// <see cref="SimulatedSignals"/>, functions of the bars up to t; its weights (<see cref="SimulatedConcept"/>) change at the drift points. σ̂ is
/// what past bars show of the volatility, so the correlation of the expected with the next return is the option <see cref="SimulatorOptions.Edge"/>;
/// because the signals last for hours it is about twice that with the next 12 bars' return.</para>
/// <para>log σ = season + regime + a slow and a fast component. The fast one follows the size of the last shocks, negative ones more
/// (Nelson, "Conditional heteroskedasticity in asset returns", Econometrica 59(2), 1991). High and low are the extremes of a Brownian
/// bridge between open and close (each drawn from its exact distribution), so range estimators see what they see in a real bar.
/// A bar opens at the close before it.</para>
/// <para>Prices are bounded: within a factor of 20 of the start nothing pulls; beyond, the log price is drawn back with a strength that is
/// small against the noise at first and grows with the cube of the distance. Until then the log price of <see cref="SimulatorOptions.PureNoise"/> is
/// a martingale.</para>
/// </remarks>
public sealed class MarketSimulator : ISaved
{
    private const double SlowKeep = 0.9985, SlowDeviation = 0.28, FastKeep = 0.97, FastShock = 0.10, FastLeverage = 0.03;
    private const double MeanAbsoluteShock = 0.7978845608028654, UniformDeviation = 0.28867513459481287;
    private const double VolumeKeep = 0.97, VolumeDeviation = 0.55;

    // Measured over 10 million bars: the log factor that makes the average variance (clusters, seasons, regimes, jumps) that of the options.
    private const double LogVolatilityOffset = -0.18;

    private const double FreeBand = 3, BandMax = 9;
    private const double JumpEveryBars = 800;
    private const double HighVolatility = 0.3;

    private readonly SimulatorOptions _options;
    private readonly SimulatedSignals _signals;
    private readonly SimulatedSeason _season;
    private readonly double _usualSigma, _logVolume, _logStart, _priceScale;
    private readonly double _slowStep = Math.Sqrt(1 - SlowKeep * SlowKeep) * SlowDeviation / UniformDeviation;
    private readonly double _volumeStep = Math.Sqrt(1 - VolumeKeep * VolumeKeep) * VolumeDeviation / UniformDeviation;
    private readonly long _startUs, _stepUs;
    private readonly long[] _driftBars;

    private Rng _random;
    private long _bar, _regimeBars, _jumpBars;
    private int _driftsPassed, _trend;
    private double _close, _slow, _fast, _volumeWave, _expected;

    /// <summary>A market before its first bar.</summary>
    /// <exception cref="Hone.Learning.InvalidOptionsException">An option is out of range.</exception>
    public MarketSimulator(SimulatorOptions options)
    {
        _options = options;
        _signals = new(options);
        _season = _signals.Seasons;
        _usualSigma = Math.Sqrt(_season.UsualVariance);
        _logVolume = Elementary.Log(options.TypicalVolume);
        _logStart = Elementary.Log(options.StartPrice);
        _priceScale = PriceScale(options.StartPrice);
        _startUs = EventTime.FromDateTime(options.StartTime);
        _stepUs = options.StepMinutes * 60 * EventTime.SecondUs;
        _driftBars = DriftBarsOf(options);
        _random = new(options.Seed, "simulated-market");
        _close = Rounded(options.StartPrice);
        _jumpBars = NextWait(JumpEveryBars);
        EnterRegime((int)TrendRegime.Sideways);
        Expect();
    }

    /// <summary>Distance of two bars in microseconds.</summary>
    public long StepUs => _stepUs;

    /// <summary>Bars made so far.</summary>
    public long Bars => _bar;

    /// <summary>Where the concept changes, in order.</summary>
    public IReadOnlyList<DriftPoint> DriftPoints
    {
        get
        {
            var concepts = SimulatedConcept.All.Count;
            var points = new DriftPoint[_driftBars.Length];
            for (var i = 0; i < points.Length; i++)
                points[i] = new(_driftBars[i], EventTime.ToDateTime(_startUs + _driftBars[i] * _stepUs), i % concepts, (i + 1) % concepts);
            return points;
        }
    }

    /// <summary>Makes the next bar.</summary>
    /// <param name="bar">The bar.</param>
    /// <param name="truth">What can be known about the bars after it, and what made it.</param>
    /// <returns>False after the last bar.</returns>
    public bool TryNext(out Bar bar, out BarTruth truth)
    {
        if (_bar == _options.Bars)
        {
            (bar, truth) = (default, default);
            return false;
        }
        if (_regimeBars-- == 0)
            LeaveRegime();
        var slot = _signals.NextSlot;
        var trend = _options.PureNoise ? (int)TrendRegime.Sideways : _trend;
        var clusters = Math.Min(Math.Max(_slow + _fast, -2), 2) + RegimeVolatility(_trend);
        var logVolatility = clusters + _season.Volatility(slot);
        var sigma = _usualSigma * Elementary.Exp(logVolatility + LogVolatilityOffset);
        var drift = trend switch
        {
            (int)TrendRegime.Bull => _options.TrendDrift * _usualSigma,
            (int)TrendRegime.Bear => -1.5 * _options.TrendDrift * _usualSigma,
            _ => 0,
        };

        var shock = _random.NextGaussian();
        if (_jumpBars-- == 0)
        {
            var size = 2 - 1.5 * Elementary.Log(1 - _random.NextDouble());
            shock += shock > 0 ? size : -size;
            _jumpBars = NextWait(JumpEveryBars);
        }
        var logOpen = _signals.LogClose;
        var logClose = logOpen + (_expected + drift + sigma * shock - Pull(logOpen - _logStart));
        logClose = Math.Min(Math.Max(logClose, _logStart - BandMax), _logStart + BandMax);
        var change = logClose - logOpen;
        var open = _close;
        _close = Rounded(Elementary.Exp(logClose));
        // Extremes of a Brownian bridge: P(max > m) = exp(−2·m·(m − change)/σ²) for m above both ends.
        var square = change * change;
        var up = 0.5 * (change + Math.Sqrt(square - 2 * sigma * sigma * Elementary.Log(1 - _random.NextDouble())));
        var down = 0.5 * (change - Math.Sqrt(square - 2 * sigma * sigma * Elementary.Log(1 - _random.NextDouble())));
        // Rounding may move open or close beyond the extreme by a tick.
        var high = Math.Max(Rounded(Elementary.Exp(logOpen + up)), Math.Max(open, _close));
        var low = Math.Min(Rounded(Elementary.Exp(logOpen + down)), Math.Min(open, _close));

        var felt = Math.Min(Math.Max(shock, -4), 4);
        var size4 = Math.Abs(felt) - MeanAbsoluteShock;
        _volumeWave = VolumeKeep * _volumeWave + _volumeStep * (_random.NextDouble() - 0.5);
        var logVolume = _logVolume + 0.7 * logVolatility + 0.3 * size4 + _volumeWave + _season.Volume(slot) + 0.3 * (_random.NextDouble() - 0.5);
        var volume = Math.Max(Math.Round(Elementary.Exp(logVolume) * 1000) / 1000, 1e-3);

        _slow = SlowKeep * _slow + _slowStep * (_random.NextDouble() - 0.5);
        _fast = FastKeep * _fast + FastShock * size4 - FastLeverage * felt;
        _bar++;
        bar = new(_startUs + _bar * _stepUs, open, high, low, _close, volume);
        _signals.Update(bar);
        var volatility = clusters > HighVolatility ? VolatilityRegime.High : clusters < -HighVolatility ? VolatilityRegime.Low : VolatilityRegime.Normal;
        var expected12 = Expect();
        truth = new(_expected, expected12, (TrendRegime)trend, volatility, _driftsPassed % SimulatedConcept.All.Count, drift, sigma);
        return true;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("market-simulator", 1);
        writer.Write(_bar);
        writer.Write(_regimeBars);
        writer.Write(_jumpBars);
        writer.Write(_driftsPassed);
        writer.Write(_trend);
        writer.Write([_close, _slow, _fast, _volumeWave, _expected]);
        _random.Save(writer);
        _signals.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("market-simulator", 1);
        _bar = reader.ReadInt64();
        _regimeBars = reader.ReadInt64();
        _jumpBars = reader.ReadInt64();
        if (_bar < 0 || _bar > _options.Bars || _regimeBars < 0 || _jumpBars < 0)
            throw new CorruptStateException($"The simulated market is at bar {_bar} of {_options.Bars}, {_regimeBars} bars before a regime and {_jumpBars} before a jump.");
        _driftsPassed = reader.ReadInt32(0, _driftBars.Length);
        _trend = reader.ReadInt32(0, 2);
        Span<double> numbers = stackalloc double[5];
        reader.Read(numbers);
        foreach (var number in numbers)
            if (!double.IsFinite(number))
                throw new CorruptStateException($"A number of the simulated market is {number}.");
        (_close, _slow, _fast, _volumeWave, _expected) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
        if (!(_close > 0))
            throw new CorruptStateException($"The last price of the simulated market is {_close}.");
        _random = Rng.Load(reader);
        _signals.Load(reader);
    }

    private double Expect()
    {
        while (_driftsPassed < _driftBars.Length && _driftBars[_driftsPassed] <= _bar)
            _driftsPassed++;
        if (_options.PureNoise)
            return _expected = 0;
        var concept = SimulatedConcept.All[_driftsPassed % SimulatedConcept.All.Count];
        var unit = _options.Edge * _signals.Sigma;
        _expected = unit * _signals.Score(concept);
        return unit * _signals.Score12(concept);
    }

    private double Pull(double distance)
    {
        var beyond = Math.Abs(distance) - FreeBand;
        if (beyond <= 0)
            return 0;
        // σ² per bar keeps the excursion of a random walk beyond the band near 1, whatever the volatility.
        var pull = Math.Min(_season.UsualVariance * beyond * (1 + beyond * beyond), beyond);
        return distance > 0 ? pull : -pull;
    }

    private void LeaveRegime()
    {
        var step = _random.NextInt32(2) + 1;
        EnterRegime((_trend + step) % 3);
    }

    private void EnterRegime(int trend)
    {
        _trend = trend;
        // Rises last 1.5 times as long as falls, which are 1.5 times as fast: over all regimes the drift is nil.
        _regimeBars = 100 + NextWait((TrendRegime)trend == TrendRegime.Bear ? 700 : 1100);
    }

    private static double RegimeVolatility(int trend) => (TrendRegime)trend switch
    {
        TrendRegime.Bear => 0.15,
        TrendRegime.Bull => 0,
        _ => -0.1,
    };

    private long NextWait(double meanBars) => (long)(-meanBars * Elementary.Log(1 - _random.NextDouble()));

    // Round, divide: the quotient is the double nearest to a short decimal, so files stay small and read back bit for bit.
    private double Rounded(double price) => Math.Max(Math.Round(price * _priceScale), 1) / _priceScale;

    private static double PriceScale(double startPrice)
    {
        double scale = 1;
        while (startPrice * scale < 1e6)
            scale *= 10;
        return scale;
    }

    private static long[] DriftBarsOf(SimulatorOptions options)
    {
        if (options.DriftBars.Count > 0)
            return [.. options.DriftBars.Where(bar => bar < options.Bars)];
        if (options.DriftEveryBars == 0)
            return [];
        var bars = new long[(options.Bars - 1) / options.DriftEveryBars];
        for (var i = 0; i < bars.Length; i++)
            bars[i] = (i + 1) * options.DriftEveryBars;
        return bars;
    }
}
