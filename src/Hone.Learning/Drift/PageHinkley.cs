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
    private long _count;
    private double _mean;
    private double _squares;
    private double _above;
    private double _below;
    private DriftLevel _level;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The direction does not exist.</exception>
    public PageHinkley(PageHinkleyOptions options)
    {
        if (!Enum.IsDefined(options.Direction))
            throw new InvalidOptionsException($"page-hinkley: direction {options.Direction} does not exist.");
        _options = options;
        Reset();
    }

    /// <inheritdoc/>
    public double Statistic { get; private set; }

    /// <inheritdoc/>
    public double Threshold { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN, infinite or above 1e100 in magnitude.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireFinite(value);
        if (_level == DriftLevel.Drift)
            Reset();

        _count++;
        var old = value - _mean;
        _mean += old / _count;
        var deviation = value - _mean;
        _squares += old * deviation;
        if (_options.Scaled)
        {
            var spread = Math.Sqrt(_squares / _count);
            deviation = spread > 0 ? Math.Clamp(deviation / spread, -_options.DeviationMax, _options.DeviationMax) : 0;
        }
        _above = Math.Max(0, _options.Alpha * _above + deviation - _options.Delta);
        _below = Math.Max(0, _options.Alpha * _below - deviation - _options.Delta);
        if (_count < _options.Min)
            return DriftLevel.None;

        Statistic = _options.Direction switch
        {
            DriftDirection.Up => _above,
            DriftDirection.Down => _below,
            _ => Math.Max(_above, _below),
        };
        Threshold = _options.Lambda;
        _level = Statistic >= Threshold ? DriftLevel.Drift
            : Statistic >= _options.WarningFraction * Threshold ? DriftLevel.Warning
            : DriftLevel.None;
        return _level;
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
        _mean = reader.ReadFinite();
        _squares = reader.ReadFinite();
        _above = reader.ReadFinite();
        _below = reader.ReadFinite();
        _level = (DriftLevel)reader.ReadInt32(0, (int)DriftLevel.Drift);
        Statistic = reader.ReadFinite();
        if (_count is < 0 or > 1L << 62 || !(Math.Abs(_mean) <= DriftInput.MagnitudeMax) || !(_squares >= 0 && _above >= 0 && _below >= 0 && Statistic >= 0))
            throw new CorruptStateException($"page-hinkley: {_count} values with the mean {_mean}, squares {_squares} and sums {_above}, {_below} are impossible.");
        Threshold = _count < _options.Min ? double.PositiveInfinity : _options.Lambda;
    }
}
