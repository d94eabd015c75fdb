using System.ComponentModel.DataAnnotations;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Regimes;

/// <summary>Options of <see cref="TrendVolatility"/>.</summary>
public sealed record TrendVolatilityOptions
{
    /// <summary>Window of the trend in bars: the exponential mean of returns has a step of 2 / (window + 1).</summary>
    [Range(4, 100_000)]
    public int TrendWindow { get; init; } = 144;

    /// <summary>Size of the trend statistic above which a trend begins. It is standard normal on a random walk.</summary>
    [Range(0.1, 10.0)]
    public double TrendEnter { get; init; } = 1.75;

    /// <summary>Size of the trend statistic below which a trend ends; at most the entry.</summary>
    [Range(0.0, 10.0)]
    public double TrendExit { get; init; } = 0.5;

    /// <summary>Window of the present volatility in bars.</summary>
    [Range(2, 100_000)]
    public int FastWindow { get; init; } = 48;

    /// <summary>Time scale of the usual volatility in bars: its square can change by a factor of e² in that many bars at most.</summary>
    [Range(10, 1_000_000)]
    public int SlowWindow { get; init; } = 1000;

    /// <summary>Present over usual volatility above which it is high.</summary>
    [Range(1.0, 100.0)]
    public double HighEnter { get; init; } = 1.5;

    /// <summary>Present over usual volatility below which it is no longer high; at most the entry.</summary>
    [Range(1.0, 100.0)]
    public double HighExit { get; init; } = 1.2;

    /// <summary>Present over usual volatility below which it is low.</summary>
    [Range(0.01, 1.0)]
    public double LowEnter { get; init; } = 0.6;

    /// <summary>Present over usual volatility above which it is no longer low; at least the entry.</summary>
    [Range(0.01, 1.0)]
    public double LowExit { get; init; } = 0.8;

    /// <summary>Bars that a trend, or a level of volatility, lasts at least.</summary>
    [Range(1, 100_000)]
    public int DwellBars { get; init; } = 12;
}

/// <summary>Trend by a self-normalised t-statistic of returns; volatility against its own median; both with hysteresis and a least duration.</summary>
/// <remarks>
/// <para>Trend: with m the exponential mean of returns and v that of their squares over the same window, t = m / √(v·α/(2 − α)). It is standard normal on a
/// random walk, at most √window on a straight line, and a single jump moves it by at most √2: one bar makes no trend. m/√v is an efficiency: net move over
/// total movement.</para>
/// <para>Volatility: the exponential mean of squared returns over a short window against its own running median, followed by steps of a constant factor
/// (Ma, Muthukrishnan, Sandler, "Frugal streaming for estimating quantiles", 2013): crashes do not drag it along, and a lasting change becomes usual in time.</para>
/// <para>Returns are 2(c − p)/(c + p), which is the log-return to third order, and independent of the price's scale. From the first move on as
/// many returns as the longer of the two windows are awaited; until then everything is sideways and normal. A bar whose close is not a positive finite number changes nothing.</para>
/// </remarks>
public sealed class TrendVolatility : IRegimeDetector
{
    private readonly double _trendStep, _fastStep, _trendScale, _enterSquared, _exitSquared;
    private readonly double _highEnter, _highExit, _lowEnter, _lowExit, _up, _down;
    private readonly int _warmUp, _dwell;
    private double _lastClose, _mean, _square, _fast, _usual;
    private int _seen, _trendAge, _volatilityAge;
    private TrendRegime _trend;
    private VolatilityRegime _volatility;

    /// <summary>A detector with these options.</summary>
    /// <exception cref="InvalidOptionsException">An exit is on the wrong side of its entry.</exception>
    public TrendVolatility(TrendVolatilityOptions options)
    {
        if (options.TrendExit > options.TrendEnter)
            throw Wrong("trend_exit", options.TrendExit, "at most trend_enter", options.TrendEnter);
        if (options.HighExit > options.HighEnter)
            throw Wrong("high_exit", options.HighExit, "at most high_enter", options.HighEnter);
        if (options.LowExit < options.LowEnter)
            throw Wrong("low_exit", options.LowExit, "at least low_enter", options.LowEnter);
        _trendStep = 2.0 / (options.TrendWindow + 1);
        _fastStep = 2.0 / (options.FastWindow + 1);
        _trendScale = _trendStep / (2 - _trendStep);
        // Squares are compared with squares: no root, no division in the loop.
        _enterSquared = options.TrendEnter * options.TrendEnter * _trendScale;
        _exitSquared = options.TrendExit * options.TrendExit * _trendScale;
        _highEnter = options.HighEnter * options.HighEnter;
        _highExit = options.HighExit * options.HighExit;
        _lowEnter = options.LowEnter * options.LowEnter;
        _lowExit = options.LowExit * options.LowExit;
        _up = 1 + 2.0 / options.SlowWindow;
        _down = 1 / _up;
        _warmUp = Math.Max(options.TrendWindow, options.FastWindow);
        _dwell = options.DwellBars;
    }

    /// <summary>The regime after the last bar.</summary>
    public Regime Current => new(_trend, _volatility);

    /// <summary>The trend's t-statistic; 0 before the first return.</summary>
    public double TrendStatistic => _square > 0 ? _mean / Math.Sqrt(_square * _trendScale) : 0;

    /// <summary>Present over usual volatility; 1 during the warm-up.</summary>
    public double VolatilityRatio => _usual > 0 ? Math.Sqrt(_fast / _usual) : 1;

    /// <inheritdoc/>
    public Regime Update(in Bar bar)
    {
        var close = bar.Close;
        if (!(close > 0) || double.IsInfinity(close))
            return Current;
        if (_lastClose == 0)
        {
            _lastClose = close;
            return Current;
        }
        // Halves, so that the sum of two huge prices stays finite.
        var move = (close - _lastClose) / (0.5 * close + 0.5 * _lastClose);
        _lastClose = close;
        var squared = move * move;
        if (_usual == 0)
        {
            WarmUp(move, squared);
            return Current;
        }
        _mean += _trendStep * (move - _mean);
        _square += _trendStep * (squared - _square);
        _fast += _fastStep * (squared - _fast);
        // A bar without any move says that nobody traded, not that calm is usual.
        if (squared > 0)
            _usual *= _fast > _usual ? _up : _down;
        FollowTrend();
        FollowVolatility();
        return Current;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("trend-volatility", 1);
        writer.Write(_lastClose);
        writer.Write(_mean);
        writer.Write(_square);
        writer.Write(_fast);
        writer.Write(_usual);
        writer.Write(_seen);
        writer.Write(_trendAge);
        writer.Write(_volatilityAge);
        writer.Write((int)_trend);
        writer.Write((int)_volatility);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("trend-volatility", 1);
        _lastClose = Price(reader);
        _mean = reader.ReadFinite();
        _square = Square(reader);
        _fast = Square(reader);
        _usual = Square(reader);
        _seen = reader.ReadInt32(0, _warmUp);
        _trendAge = reader.ReadInt32(0, _dwell);
        _volatilityAge = reader.ReadInt32(0, _dwell);
        _trend = (TrendRegime)reader.ReadInt32(0, (int)TrendRegime.Bear);
        _volatility = (VolatilityRegime)reader.ReadInt32(0, (int)VolatilityRegime.Low);
        if (_usual > 0 != (_seen == _warmUp))
            throw new CorruptStateException($"A regime detector has seen {_seen} of {_warmUp} returns of its warm-up and a usual squared return of {_usual}.");
        if (Math.Abs(_mean) > 2)
            throw new CorruptStateException($"The mean return of a regime detector is {_mean}; it is never beyond 2.");
    }

    private static double Price(StateReader reader)
        => reader.ReadFinite() is >= 0 and var price ? price : throw new CorruptStateException("The last close of a regime detector is below 0.");

    // A return of this kind is between −2 and 2, so its square is at most 4; the median goes a step beyond at most.
    private static double Square(StateReader reader)
        => reader.ReadFinite() is >= 0 and <= 8 and var square ? square : throw new CorruptStateException("A squared return of a regime detector is outside 0 to 8.");

    private static InvalidOptionsException Wrong(string exit, double value, string relation, double enter)
        => new($"trend-volatility: {exit} is {value}; it must be {relation}, which is {enter}.");

    // Plain means while there are few returns: an exponential mean that starts at 0 would understate the usual volatility for long.
    private void WarmUp(double move, double squared)
    {
        // A market that has not moved yet has no usual volatility: the warm-up begins with its first move.
        if (_square == 0 && squared == 0)
            return;
        _seen++;
        var step = Math.Max(_trendStep, 1.0 / _seen);
        _mean += step * (move - _mean);
        _square += step * (squared - _square);
        _fast += Math.Max(_fastStep, 1.0 / _seen) * (squared - _fast);
        if (_seen == _warmUp)
            (_usual, _trendAge, _volatilityAge) = (_square, _dwell, _dwell);
    }

    private void FollowTrend()
    {
        if (_trendAge < _dwell)
        {
            _trendAge++;
            return;
        }
        var size = _mean * _mean;
        var next = size > _enterSquared * _square ? _mean > 0 ? TrendRegime.Bull : TrendRegime.Bear
            : size < _exitSquared * _square || _trend == TrendRegime.Bull && _mean <= 0 || _trend == TrendRegime.Bear && _mean >= 0 ? TrendRegime.Sideways
            : _trend;
        if (next != _trend)
            (_trend, _trendAge) = (next, 1);
    }

    private void FollowVolatility()
    {
        if (_volatilityAge < _dwell)
        {
            _volatilityAge++;
            return;
        }
        var next = _fast > _highEnter * _usual ? VolatilityRegime.High
            : _fast < _lowEnter * _usual ? VolatilityRegime.Low
            : _volatility == VolatilityRegime.High && _fast > _highExit * _usual ? VolatilityRegime.High
            : _volatility == VolatilityRegime.Low && _fast < _lowExit * _usual ? VolatilityRegime.Low
            : VolatilityRegime.Normal;
        if (next != _volatility)
            (_volatility, _volatilityAge) = (next, 1);
    }
}
