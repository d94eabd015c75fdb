using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>Options of <see cref="PageHinkley"/>.</summary>
public sealed record PageHinkleyOptions
{
    /// <summary>Values before the first alarm; the mean and the spread are learned from them.</summary>
    [Range(2, 1_000_000)] public int Min { get; init; } = 30;

    /// <summary>Whether <see cref="Delta"/> and <see cref="Lambda"/> are in running standard deviations (true) or in the data's own unit. The
    /// classic unscaled setting for errors of 0 and 1 is delta 0.005, lambda 50: set both when this is false.</summary>
    public bool Scaled { get; init; } = true;

    /// <summary>Changes of the mean up to this are tolerated.</summary>
    [Range(0.0, 1e6)] public double Delta { get; init; } = 0.25;

    /// <summary>Accumulated deviation that means drift.</summary>
    [Range(1e-6, 1e9)] public double Lambda { get; init; } = 25;

    /// <summary>Share of the accumulated deviation that is kept at each value.</summary>
    [Range(0.5, 1.0)] public double Alpha { get; init; } = 0.9999;

    /// <summary>Share of <see cref="Lambda"/> that means a warning; 1 gives none.</summary>
    [Range(0.01, 1.0)] public double WarningFraction { get; init; } = 0.75;

    /// <summary>Largest deviation, in standard deviations, that one value can count for when <see cref="Scaled"/>: a single outlier in a quiet stream is not drift.</summary>
    [Range(1.0, 1e6)] public double DeviationMax { get; init; } = 5;

    /// <summary>Which change is reported.</summary>
    public DriftDirection Direction { get; init; } = DriftDirection.Up;
}

/// <summary>
/// Page–Hinkley test: accumulates how far values are above (or below) their running mean, less a tolerance, and reports
/// drift when the sum passes a limit. Takes any finite value.
/// </summary>
/// <remarks>
/// <para>Page, "Continuous inspection schemes", Biometrika 41, 1954; Hinkley, "Inference about the change-point from cumulative sum tests",
/// Biometrika 58, 1971. m ← max(0, α·m + x − mean − δ), drift at m ≥ λ, then everything is forgotten. The mean includes the value itself.</para>
/// <para>The classic δ and λ are in data units and have no false-alarm rate: on standard normal values they alarm 28 times in
/// 100,000. Scaled, the deviation is divided by the running standard deviation first, so one setting holds for every stream.</para>
/// </remarks>
public sealed class PageHinkley : IDriftDetector
{
    private const string SectionName = "page-hinkley";

    private readonly PageHinkleyOptions _options;
    private CumulativeSums _sums;
    private DriftOutcome _outcome;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The direction does not exist.</exception>
    public PageHinkley(PageHinkleyOptions options)
    {
        DriftInput.RequireDirection(SectionName, options.Direction);
        _options = options;
        Reset();
    }

    /// <inheritdoc/>
    public double Statistic => _outcome.Statistic;

    /// <inheritdoc/>
    public double Threshold => _outcome.Threshold;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN, infinite or above 1e100 in magnitude.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireFinite(value);
        if (_outcome.Level == DriftLevel.Drift)
            Reset();

        _sums.Take(value);
        var deviation = value - _sums.Mean;
        if (_options.Scaled)
        {
            var spread = Math.Sqrt(_sums.Squares / _sums.Count);
            deviation = spread > 0 ? Math.Clamp(deviation / spread, -_options.DeviationMax, _options.DeviationMax) : 0;
        }
        _sums.Accumulate(deviation, _options.Delta, _options.Alpha);
        return _sums.Count < _options.Min ? DriftLevel.None
            : _outcome.Test(_sums.Largest(_options.Direction), _options.Lambda, _options.WarningFraction * _options.Lambda);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _sums = default;
        _outcome = DriftOutcome.None;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        _sums.Save(writer);
        _outcome.SaveWithoutThreshold(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _sums = CumulativeSums.Load(reader);
        _outcome = DriftOutcome.Load(reader, 0, double.MaxValue, _sums.Count < _options.Min ? double.PositiveInfinity : _options.Lambda);
    }
}
