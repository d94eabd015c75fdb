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
    private long _count;
    private double _mean;
    private double _squares;
    private double _above;
    private double _below;
    private DriftLevel _level;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The direction does not exist.</exception>
    public Cusum(CusumOptions options)
    {
        if (!Enum.IsDefined(options.Direction))
            throw new InvalidOptionsException($"cusum: direction {options.Direction} does not exist.");
        _options = options;
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>S, the larger of both when both directions are watched.</remarks>
    public double Statistic { get; private set; }

    /// <inheritdoc/>
    /// <remarks>λ.</remarks>
    public double Threshold { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN, infinite or above 1e100 in magnitude.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireFinite(value);
        if (_level == DriftLevel.Drift)
            Reset();

        double before = _count++;
        var old = value - _mean;
        var squares = _squares;
        _mean += old / _count;
        _squares += old * (value - _mean);
        if (before < _options.Min)
            return DriftLevel.None;

        var deviation = value - _mean;
        if (_options.Scaled)
            deviation = squares > 0 ? Math.Clamp(old * before / Math.Sqrt(squares * (before + 1)), -_options.DeviationMax, _options.DeviationMax) : 0;
        _above = Math.Max(0, _above + deviation - _options.Delta);
        _below = Math.Max(0, _below - deviation - _options.Delta);
        Statistic = _options.Direction switch
        {
            DriftDirection.Up => _above,
            DriftDirection.Down => _below,
            _ => Math.Max(_above, _below),
        };
        Threshold = _options.Lambda;
        return _level = Statistic >= Threshold ? DriftLevel.Drift
            : Statistic >= _options.WarningFraction * Threshold ? DriftLevel.Warning
            : DriftLevel.None;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _count = 0;
        _mean = 0;
        _squares = 0;
        _above = 0;
        _below = 0;
        _level = DriftLevel.None;
        Statistic = 0;
        Threshold = double.PositiveInfinity;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_count);
        writer.Write(_mean);
        writer.Write(_squares);
        writer.Write(_above);
        writer.Write(_below);
        writer.Write((int)_level);
        writer.Write(Statistic);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _count = reader.ReadInt64();
        _mean = reader.ReadWithin(-DriftInput.MagnitudeMax, DriftInput.MagnitudeMax);
        _squares = reader.ReadWithin(0, double.MaxValue);
        _above = reader.ReadWithin(0, double.MaxValue);
        _below = reader.ReadWithin(0, double.MaxValue);
        _level = (DriftLevel)reader.ReadInt32(0, (int)DriftLevel.Drift);
        Statistic = reader.ReadWithin(0, double.MaxValue);
        if (_count is < 0 or > 1L << 62)
            throw new CorruptStateException($"cusum: {_count} values are impossible.");
        Threshold = _count <= _options.Min ? double.PositiveInfinity : _options.Lambda;
    }
}
