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
    private ErrorRate _rate;
    private DriftOutcome _outcome;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">A warning would come after the alarm.</exception>
    public Ddm(DdmOptions options)
    {
        DriftInput.RequireDeviations(SectionName, options.WarningDeviations, options.DriftDeviations);
        _options = options;
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>p + s.</remarks>
    public double Statistic => _outcome.Statistic;

    /// <inheritdoc/>
    /// <remarks>p_min + 3·s_min.</remarks>
    public double Threshold => _outcome.Threshold;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or outside 0…1.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireUnitInterval(value);
        if (_outcome.Level == DriftLevel.Drift)
            Reset();

        if (!_rate.Take(value, _options.Min, out var statistic))
            return DriftLevel.None;
        var threshold = _rate.Limit(_options.DriftDeviations);
        return _outcome.Set(statistic, threshold, statistic > threshold ? DriftLevel.Drift
            : statistic > _rate.Limit(_options.WarningDeviations) ? DriftLevel.Warning
            : DriftLevel.None);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _rate = ErrorRate.None;
        _outcome = DriftOutcome.None;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        _rate.Save(writer);
        _outcome.SaveWithoutThreshold(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _rate = ErrorRate.Load(reader);
        _outcome = DriftOutcome.Load(reader, double.MinValue, double.MaxValue, _rate.Count < _options.Min ? double.PositiveInfinity : _rate.Limit(_options.DriftDeviations));
    }
}
