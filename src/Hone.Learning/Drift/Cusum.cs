using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>Options of <see cref="Cusum"/>.</summary>
public sealed record CusumOptions
{
    /// <summary>Values before the sum starts; the mean and the spread are learned from them.</summary>
    [Range(2, 1_000_000)] public int Min { get; init; } = 30;

    /// <summary>Whether <see cref="Delta"/> and <see cref="Lambda"/> are in standard deviations of the earlier values (true) or in the data's own unit, as in
    /// MOA, whose setting for errors of 0 and 1 is delta 0.005, lambda 50: set both when this is false.</summary>
    public bool Scaled { get; init; } = true;

    /// <summary>Changes of the mean up to this are tolerated. Half of the change that is to be found is best.</summary>
    [Range(0.0, 1e6)] public double Delta { get; init; } = 0.1;

    /// <summary>Accumulated deviation that means drift.</summary>
    [Range(1e-6, 1e9)] public double Lambda { get; init; } = 55;

    /// <summary>Share of <see cref="Lambda"/> that means a warning; 1 gives none.</summary>
    [Range(0.01, 1.0)] public double WarningFraction { get; init; } = 0.75;

    /// <summary>Largest deviation, in standard deviations, that one value can count for when <see cref="Scaled"/>.</summary>
    [Range(1.0, 1e6)] public double DeviationMax { get; init; } = 5;

    /// <summary>Which change is reported.</summary>
    public DriftDirection Direction { get; init; } = DriftDirection.Up;
}

/// <summary>
/// Self-starting cumulative sum: accumulates how far each value is above (or below) the mean of the values before it, less a tolerance, and
/// reports drift when the sum passes a limit. Takes any finite value.
/// </summary>
/// <remarks>
/// <para>Page, "Continuous inspection schemes", Biometrika 41, 1954; Hawkins, "Self-starting CUSUM charts for location and scale", The
/// Statistician 36, 1987. z = (x − m)/s·√(n/(n+1)) with the mean m and the deviation s of the n earlier values; S ← max(0, S + z − δ); drift at S ≥ λ,
/// then everything is forgotten. Under no drift the z are uncorrelated with mean 0 however few values m was learned from, so that a mean
/// learned from too few values raises no alarms, as it does in a chart with a reference that is fixed after a warm-up.</para>
/// <para>The limit of the textbooks, λ = 5 at δ = 0.5, alarms once in 900 values. For normal values the run to a false alarm is
/// about (e^(2δ(λ+1.17)) − 1 − 2δ(λ+1.17)) / 2δ² (Siegmund 1985): the default gives one in about 3.7 million.</para>
/// </remarks>
public sealed class Cusum : IDriftDetector
{
    private const string SectionName = "cusum";

    private readonly CusumOptions _options;
    private CumulativeSums _sums;
    private DriftOutcome _outcome;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The direction does not exist.</exception>
    public Cusum(CusumOptions options)
    {
        DriftInput.RequireDirection(SectionName, options.Direction);
        _options = options;
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>S, the larger of both when both directions are watched.</remarks>
    public double Statistic => _outcome.Statistic;

    /// <inheritdoc/>
    /// <remarks>λ.</remarks>
    public double Threshold => _outcome.Threshold;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN, infinite or above 1e100 in magnitude.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireFinite(value);
        if (_outcome.Level == DriftLevel.Drift)
            Reset();

        double before = _sums.Count;
        var squares = _sums.Squares;
        var old = _sums.Take(value);
        if (before < _options.Min)
            return DriftLevel.None;

        var deviation = value - _sums.Mean;
        if (_options.Scaled)
            deviation = squares > 0 ? Math.Clamp(old * before / Math.Sqrt(squares * (before + 1)), -_options.DeviationMax, _options.DeviationMax) : 0;
        _sums.Accumulate(deviation, _options.Delta);
        return _outcome.Test(_sums.Largest(_options.Direction), _options.Lambda, _options.WarningFraction * _options.Lambda);
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
        _outcome = DriftOutcome.Load(reader, 0, double.MaxValue, _sums.Count <= _options.Min ? double.PositiveInfinity : _options.Lambda);
    }
}
