using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>Options of <see cref="Stepd"/>.</summary>
public sealed record StepdOptions
{
    /// <summary>The newest losses, which are compared with all before them; tests begin when there are as many older ones. Published 30.</summary>
    [Range(10, 1_000_000)] public int Window { get; init; } = 250;

    /// <summary>Probability of a false alarm at one value. Published 0.003.</summary>
    [Range(1e-15, 0.5)] public double Alpha { get; init; } = 5e-6;

    /// <summary>The same for a warning; at least <see cref="Alpha"/>. Published 0.05.</summary>
    [Range(1e-15, 0.5)] public double WarningAlpha { get; init; } = 1e-3;
}

/// <summary>
/// Statistical test of equal proportions: compares the error rate of the newest losses with that of all losses before them since the last drift. Takes
/// losses in 0…1 and refuses others.
/// </summary>
/// <remarks>
/// <para>Nishida, Yamauchi, "Detecting concept drift using statistical testing", Discovery Science 2007: the difference of the rates, less the
/// continuity correction ½(1/n₀ + 1/w), over √(p(1−p)(1/n₀ + 1/w)) with the pooled rate p, against a normal quantile.</para>
/// <para>Published, it is looked at after every answer with p &lt; 0.003: three alarms in 1,000 quiet looks. The default keeps to one false alarm in 200,000. So far out the
/// normal quantile z is too low for rare errors; it is raised by γ(z² − 1)/6 for the skewness γ = (1−2p)/√(p(1−p)w) of the window's rate (Cornish,
/// Fisher 1938).</para>
/// </remarks>
public sealed class Stepd : IDriftDetector
{
    private const string SectionName = "stepd";

    private readonly double[] _recent;
    private readonly double _quantile;
    private readonly double _warningQuantile;
    private int _at;
    private long _count;
    private double _recentSum;
    private double _olderSum;
    private DriftOutcome _outcome;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The warning is stricter than the alarm.</exception>
    public Stepd(StepdOptions options)
    {
        DriftInput.RequireAlphas(SectionName, options.Alpha, options.WarningAlpha);
        _recent = new double[options.Window];
        _quantile = -Elementary.NormalQuantile(options.Alpha);
        _warningQuantile = -Elementary.NormalQuantile(options.WarningAlpha);
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>The difference in standard errors.</remarks>
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
        var window = _recent.Length;
        if (_count >= window)
        {
            var leaving = _recent[_at];
            _olderSum += leaving;
            _recentSum -= leaving;
        }
        _count++;
        _recentSum += value;
        _recent[_at] = value;
        if (++_at == window)
        {
            _at = 0;
            Recount();
        }
        if (_count < 2L * window)
            return DriftLevel.None;

        double older = _count - window;
        var perCount = 1 / older + 1.0 / window;
        var rate = (_olderSum + _recentSum) / _count;
        var variance = rate * (1 - rate);
        if (!(variance > 0))
            return _outcome.Set(0, Threshold, DriftLevel.None);
        var statistic = (_recentSum / window - _olderSum / older - 0.5 * perCount) / Math.Sqrt(variance * perCount);
        var skewness = Math.Max(0, (1 - 2 * rate) / Math.Sqrt(variance * window));
        return _outcome.Test(statistic, Raised(_quantile, skewness), Raised(_warningQuantile, skewness));
    }

    private static double Raised(double quantile, double skewness) => quantile + skewness * Math.Max(0, quantile * quantile - 1) / 6;

    /// <summary>Takes the window's sum anew, once per turn of the ring, so that rounding errors do not pile up.</summary>
    private void Recount()
    {
        _recentSum = 0;
        foreach (var value in _recent)
            _recentSum += value;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _at = 0;
        _count = 0;
        _recentSum = 0;
        _olderSum = 0;
        _outcome = DriftOutcome.None;
    }

    private int Filled => (int)Math.Min(_count, _recent.Length);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_count);
        writer.Write(_at);
        writer.Write(_recent.AsSpan(0, Filled));
        writer.Write(_recentSum);
        writer.Write(_olderSum);
        _outcome.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _count = reader.ReadInt64();
        if (_count is < 0 or > 1L << 60)
            throw new CorruptStateException($"stepd: {_count} values are impossible.");
        _at = reader.ReadInt32(0, _recent.Length - 1);
        if (_count < _recent.Length && _at != _count)
            throw new CorruptStateException($"stepd: {_count} losses cannot end at {_at}.");
        reader.ReadWithin(_recent.AsSpan(0, Filled), 0, 1);
        _recentSum = reader.ReadFinite();
        double sum = 0;
        for (var i = 0; i < Filled; i++)
            sum += _recent[i];
        _olderSum = reader.ReadWithin(0, _count);
        _outcome = DriftOutcome.Load(reader, double.MinValue, double.MaxValue);
        if (!(Math.Abs(sum - _recentSum) <= 1e-6 * (1 + sum)))
            throw new CorruptStateException($"stepd: the window's sum {_recentSum} is not {sum}.");
    }
}
