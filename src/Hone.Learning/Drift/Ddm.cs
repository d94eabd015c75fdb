using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>Options of <see cref="Ddm"/>.</summary>
public sealed record DdmOptions
{
    /// <summary>Losses before the first alarm.</summary>
    [Range(2, 1_000_000)] public int Min { get; init; } = 30;

    /// <summary>Standard deviations above the best error rate that mean a warning; at most <see cref="DriftDeviations"/>.</summary>
    [Range(0.1, 100.0)] public double WarningDeviations { get; init; } = 2;

    /// <summary>Standard deviations above the best error rate that mean drift.</summary>
    [Range(0.1, 100.0)] public double DriftDeviations { get; init; } = 3;
}

/// <summary>
/// Drift detection method: compares the running error rate with the lowest it has been. Takes losses in 0…1 and refuses others.
/// </summary>
/// <remarks>
/// <para>Gama, Medas, Castillo, Rodrigues, "Learning with drift detection", SBIA 2004. p is the mean loss since the last drift and
/// s = √(p(1−p)/n); the pair with the smallest p + s is remembered; drift when p + s > p_min + 3·s_min, then everything is forgotten.</para>
/// <para>Two remarks. s is exact for errors of 0 and 1 and too large for losses between. And for s alone the rate counts as at
/// least 1/n: as published, a learner without a single error so far has s_min = 0 and its first error, whenever it
/// comes, is drift.</para>
/// <para>The error rate is over the whole past, so the longer it was quiet the slower it reacts; Adwin and Page–Hinkley do better.</para>
/// </remarks>
public sealed class Ddm : IDriftDetector
{
    private const string SectionName = "ddm";

    private readonly DdmOptions _options;
    private long _count;
    private double _rate;
    private double _bestRate;
    private double _bestDeviation;
    private DriftLevel _level;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">A warning would come after the alarm.</exception>
    public Ddm(DdmOptions options)
    {
        if (options.WarningDeviations > options.DriftDeviations)
            throw new InvalidOptionsException($"ddm: warning_deviations is {options.WarningDeviations}; it must be at most drift_deviations, {options.DriftDeviations}.");
        _options = options;
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>p + s.</remarks>
    public double Statistic { get; private set; }

    /// <inheritdoc/>
    /// <remarks>p_min + 3·s_min.</remarks>
    public double Threshold { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or outside 0…1.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireUnitInterval(value);
        if (_level == DriftLevel.Drift)
            Reset();

        _count++;
        double n = _count;
        _rate += (value - _rate) / n;
        if (_count < _options.Min)
            return DriftLevel.None;

        var p = Math.Max(_rate, 1 / n);
        var deviation = Math.Sqrt(Math.Max(0, p * (1 - p)) / n);
        Statistic = _rate + deviation;
        if (Statistic <= _bestRate + _bestDeviation)
        {
            _bestRate = _rate;
            _bestDeviation = deviation;
        }
        Threshold = _bestRate + _options.DriftDeviations * _bestDeviation;
        _level = Statistic > Threshold ? DriftLevel.Drift
            : Statistic > _bestRate + _options.WarningDeviations * _bestDeviation ? DriftLevel.Warning
            : DriftLevel.None;
        return _level;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _count = 0;
        _rate = 0;
        _bestRate = 1;
        _bestDeviation = 1;
        _level = DriftLevel.None;
        Statistic = 0;
        Threshold = double.PositiveInfinity;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_count);
        writer.Write(_rate);
        writer.Write(_bestRate);
        writer.Write(_bestDeviation);
        writer.Write((int)_level);
        writer.Write(Statistic);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _count = reader.ReadInt64();
        _rate = reader.ReadFinite();
        _bestRate = reader.ReadFinite();
        _bestDeviation = reader.ReadFinite();
        _level = (DriftLevel)reader.ReadInt32(0, (int)DriftLevel.Drift);
        Statistic = reader.ReadFinite();
        // The running mean may leave 0…1 by a rounding error.
        if (_count is < 0 or > 1L << 62 || !(Math.Abs(_rate - 0.5) <= 0.5 + 1e-9 && Math.Abs(_bestRate - 0.5) <= 0.5 + 1e-9 && _bestDeviation >= 0 && _bestDeviation <= 1))
            throw new CorruptStateException($"ddm: {_count} losses with the rate {_rate}, best {_bestRate} ± {_bestDeviation}, are impossible.");
        Threshold = _count < _options.Min ? double.PositiveInfinity : _bestRate + _options.DriftDeviations * _bestDeviation;
    }
}
