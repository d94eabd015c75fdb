using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>Options of <see cref="Ecdd"/>.</summary>
public sealed record EcddOptions
{
    /// <summary>Losses before the first alarm. Published 30.</summary>
    [Range(2, 1_000_000)] public int Min { get; init; } = 100;

    /// <summary>Weight of the newest loss. Published 0.2, which remembers nine losses and finds large changes only.</summary>
    [Range(1e-4, 1.0)] public double Lambda { get; init; } = 0.01;

    /// <summary>Probability of a false alarm at one value; one over the shortest average run between false alarms that is tolerated. Published 1/100 to 1/1000.</summary>
    [Range(1e-15, 0.5)] public double Alpha { get; init; } = 5e-6;

    /// <summary>The same for a warning; at least <see cref="Alpha"/>.</summary>
    [Range(1e-15, 0.5)] public double WarningAlpha { get; init; } = 1e-3;
}

/// <summary>
/// Exponentially weighted moving average chart for concept drift: compares the recent error rate with that of all losses since the last drift, with a
/// limit that depends on the rate so that false alarms are as rare at every rate. Takes losses in 0…1 and refuses others.
/// </summary>
/// <remarks>
/// <para>Ross, Adams, Tasoulis, Hand, "Exponentially weighted moving average charts for detecting concept drift", Pattern Recognition Letters 33, 2012. Z ← (1−λ)Z + λx,
/// drift when Z is above the mean p of all losses by a limit. The published limits are polynomials in p fitted by simulation to
/// average runs of 100, 400 and 1,000 losses without drift at λ = 0.2: a false alarm a thousand losses at best.</para>
/// <para>Here the limit is Chernoff's bound for a weighted sum of errors of rate p, for any λ and α: the h at which
/// sup over t of t(p + h) − Σᵢ ln(1 + p(e^(tλ(1−λ)^i) − 1)) is ln(1/α). It is tabulated at construction over 65 rates (some 0.3 ms). The error of p itself widens
/// it by √(1 + (2−λ)/(λn)). As a bound at every look it promises at most α false alarms per loss.</para>
/// </remarks>
public sealed class Ecdd : IDriftDetector
{
    private const string SectionName = "ecdd";
    private const int Grid = 64;

    private readonly EcddOptions _options;
    private readonly double[] _limits;
    private readonly double[] _warnings;
    private readonly double _memory;
    private long _count;
    private double _rate;
    private double _recent;
    private DriftOutcome _outcome;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The warning is stricter than the alarm.</exception>
    public Ecdd(EcddOptions options)
    {
        DriftInput.RequireAlphas(SectionName, options.Alpha, options.WarningAlpha);
        _options = options;
        _memory = (2 - options.Lambda) / options.Lambda;
        _limits = Limits(options.Lambda, options.Alpha);
        _warnings = Limits(options.Lambda, options.WarningAlpha);
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>The recent rate less the rate of all losses.</remarks>
    public double Statistic => _outcome.Statistic;

    /// <inheritdoc/>
    public double Threshold => _outcome.Threshold;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or outside 0…1.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireUnitInterval(value);
        if (_outcome.Level == DriftLevel.Drift)
            Reset();
        double n = ++_count;
        _rate += (value - _rate) / n;
        if (_count < _options.Min)
        {
            // The average begins at the rate, not at one loss that would outlast the start.
            _recent = _rate;
            return DriftLevel.None;
        }
        _recent += _options.Lambda * (value - _recent);

        // A rate of 0 is one that is below 1/n.
        var at = Grid * Math.Sqrt(Math.Clamp(Math.Max(_rate, 1 / n), 0, 1));
        var cell = Math.Min((int)at, Grid - 1);
        var share = at - cell;
        var wider = Math.Sqrt(1 + _memory / n);
        return _outcome.Test(_recent - _rate,
            wider * (_limits[cell] + share * (_limits[cell + 1] - _limits[cell])),
            wider * (_warnings[cell] + share * (_warnings[cell + 1] - _warnings[cell])));
    }

    /// <summary>The limit above the rate p = (i/64)², for every i.</summary>
    private static double[] Limits(double lambda, double alpha)
    {
        var limits = new double[Grid + 1];
        for (var i = 0; i <= Grid; i++)
        {
            var rate = Math.Max(1e-6, (double)i / Grid * i / Grid);
            limits[i] = i == Grid ? limits[i - 1] : Limit(rate, lambda, -Elementary.Log(alpha));
        }
        return limits;
    }

    private static double Limit(double rate, double lambda, double exponent)
    {
        if (lambda >= 1)
            return 1;
        // The sum over i becomes an integral over s = u(1−λ)^i with half of its first term, u = tλ.
        const double uMax = 60;
        var decay = -Elementary.Log(1 - lambda);
        double integral = 0, last = rate, reached = 0, z = rate;
        for (double u = 0.02, step = 0.02; u < uMax; step = 0.02 + 0.02 * u, u += step)
        {
            var grown = rate * (Elementary.Exp(u) - 1);
            var g = Elementary.Log(1 + grown);
            var slope = (grown + rate) / (1 + grown);
            integral += 0.5 * step * (last + g / u);
            last = g / u;
            var rise = (g - integral) / decay + 0.5 * (u * slope - g);
            var now = lambda * (g / (u * decay) + 0.5 * slope);
            if (rise >= exponent)
                return z + (now - z) * (exponent - reached) / (rise - reached) - rate;
            (reached, z) = (rise, now);
        }
        // Not even errors without end are that improbable.
        return 1;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _count = 0;
        _rate = 0;
        _recent = 0;
        _outcome = DriftOutcome.None;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_count);
        writer.Write(_rate);
        writer.Write(_recent);
        _outcome.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _count = reader.ReadInt64();
        _rate = reader.ReadWithin(-1e-9, 1 + 1e-9);
        _recent = reader.ReadWithin(-1e-9, 1 + 1e-9);
        _outcome = DriftOutcome.Load(reader, -2, 2);
        if (_count is < 0 or > 1L << 60)
            throw new CorruptStateException($"ecdd: {_count} losses are impossible.");
    }
}
