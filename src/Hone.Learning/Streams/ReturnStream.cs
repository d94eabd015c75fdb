using Hone.Learning.Numerics;

namespace Hone.Learning.Streams;

/// <summary>Options of <see cref="ReturnStream"/>.</summary>
public sealed record ReturnStreamOptions
{
    /// <summary>How much of a bar's standard deviation is known from the bar before: the expected return is edge × deviation × the sign of the last return (0.1: right in 54 of 100 bars).</summary>
    public double Edge { get; init; } = 0.1;

    /// <summary>Expected return of a bar, in long-run standard deviations, in concept 3.</summary>
    public double Mean { get; init; } = 0.1;

    /// <summary>Weight of the last squared return in the variance.</summary>
    public double Arch { get; init; } = 0.08;

    /// <summary>Weight of the last variance in the variance.</summary>
    public double Garch { get; init; } = 0.90;
}

/// <summary>
/// Returns of a market whose volatility clusters, in units of their long-run standard deviation. Features: the last five returns, newest first, each divided by the
/// deviation that was expected for it; label 1 when the next return is above 0. Concept 0: the last return's sign tells a little about the next; 1: the
/// other way round; 2: it tells nothing; 3: it tells nothing and prices rise.
/// </summary>
/// <remarks>GARCH(1,1): Bollerslev, Journal of Econometrics 31, 1986. Volatility is the same in all concepts: a detector that alarms here without a change of concept has alarmed on volatility.</remarks>
public sealed class ReturnStream : IExampleStream
{
    private const int Lags = 5;

    private readonly ConceptSchedule _schedule;
    private readonly ReturnStreamOptions _options;
    private readonly double[] _last = new double[Lags];
    private double _variance = 1;
    private Rng _random;
    private long _row;

    /// <summary>The stream from its first row.</summary>
    /// <param name="schedule">Concepts 0 to 3.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="options">The market.</param>
    public ReturnStream(ConceptSchedule schedule, ulong seed, ReturnStreamOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schedule.Max, 3);
        _options = options ?? new();
        if (!(_options.Arch >= 0 && _options.Garch >= 0 && _options.Arch + _options.Garch < 1))
            throw new ArgumentOutOfRangeException(nameof(options), $"arch {_options.Arch} and garch {_options.Garch} must be 0 or more and below 1 together.");
        _schedule = schedule;
        _random = new(seed, "returns");
    }

    /// <inheritdoc/>
    public int Features => Lags;

    /// <inheritdoc/>
    public int Classes => 2;

    /// <inheritdoc/>
    public IReadOnlyList<DriftChange> Changes => _schedule.Changes;

    /// <summary>The return that the last label was about.</summary>
    public double Return { get; private set; }

    /// <inheritdoc/>
    public double Next(Span<double> x)
    {
        var concept = _schedule.Draw(_row++, ref _random);
        _last.CopyTo(x);
        var deviation = Math.Sqrt(_variance);
        var expected = concept switch
        {
            0 => _options.Edge * Math.Sign(_last[0]) * deviation,
            1 => -_options.Edge * Math.Sign(_last[0]) * deviation,
            3 => _options.Mean,
            _ => 0,
        };
        var surprise = deviation * _random.NextGaussian();
        Return = expected + surprise;
        for (var i = Lags - 1; i > 0; i--)
            _last[i] = _last[i - 1];
        _last[0] = Return / deviation;
        _variance = 1 - _options.Arch - _options.Garch + _options.Arch * surprise * surprise + _options.Garch * _variance;
        return Return > 0 ? 1 : 0;
    }
}
