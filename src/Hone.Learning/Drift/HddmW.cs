using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>Options of <see cref="HddmW"/>.</summary>
public sealed record HddmWOptions
{
    /// <summary>Probability of a false alarm that McDiarmid's bound allows at one value; published 0.001. The cut is where the average was lowest, which the
    /// bound for one look does not know: a coin alarms some ten times as often as this says.</summary>
    [Range(1e-15, 0.5)] public double Alpha { get; init; } = 5e-7;

    /// <summary>The same for a warning; at least <see cref="Alpha"/>. Published 0.005.</summary>
    [Range(1e-15, 0.5)] public double WarningAlpha { get; init; } = 1e-3;

    /// <summary>Weight of the newest value in the weighted averages. Published 0.05, whose averages are so wide that at an honest <see cref="Alpha"/> a rise by 0.5 is not seen.</summary>
    [Range(1e-5, 1.0)] public double Lambda { get; init; } = 0.007;
}

/// <summary>
/// Drift detection by McDiarmid's bound, with exponentially weighted averages: compares the average since a cut with the one up to it, the
/// cut being where the upper bound of the average was lowest. Takes losses in 0…1 and refuses others.
/// </summary>
/// <remarks>
/// Frías-Blanco et al., "Online and non-parametric drift detection methods based on Hoeffding's bounds", IEEE TKDE 27, 2015. An average e with the
/// sum of squared weights S (S ← λ² + (1−λ)²S, from 1) has the bound e + √(S·ln(1/α)/2); drift when the average after the cut is above the
/// one before by √((S₁ + S₂)·ln(1/α)/2).
/// </remarks>
public sealed class HddmW : IDriftDetector
{
    private const string SectionName = "hddm-w";

    private readonly double _lambda;
    private readonly double _log;
    private readonly double _warningLog;
    private Average _all;
    private Average _before;
    private Average _since;
    private double _lowBound;
    private DriftOutcome _outcome;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The warning is stricter than the alarm.</exception>
    public HddmW(HddmWOptions options)
    {
        DriftInput.RequireAlphas(SectionName, options.Alpha, options.WarningAlpha);
        _lambda = options.Lambda;
        _log = -Elementary.Log(options.Alpha);
        _warningLog = -Elementary.Log(options.WarningAlpha);
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>Average since the cut less the one before.</remarks>
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
        _all.Add(value, _lambda);
        var bound = _all.Mean + Math.Sqrt(_all.Squares * _log / 2);
        if (bound <= _lowBound)
        {
            _lowBound = bound;
            _before = _all;
            _since = default;
            _outcome = DriftOutcome.None;
            return DriftLevel.None;
        }
        _since.Add(value, _lambda);
        var squares = 0.5 * (_before.Squares + _since.Squares);
        return _outcome.TestSquare(_since.Mean - _before.Mean, Math.Sqrt(squares * _log), squares * _warningLog);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _all = default;
        _before = default;
        _since = default;
        _lowBound = double.PositiveInfinity;
        _outcome = DriftOutcome.None;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        _all.Save(writer);
        _before.Save(writer);
        _since.Save(writer);
        _outcome.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _all = Average.Load(reader);
        _before = Average.Load(reader);
        _since = Average.Load(reader);
        _outcome = DriftOutcome.Load(reader, -1, 1);
        if ((_all.Squares > 0) != (_before.Squares > 0))
            throw new CorruptStateException($"hddm-w: the squares {_all.Squares}, {_before.Squares} are impossible.");
        _lowBound = _before.Squares > 0 ? _before.Mean + Math.Sqrt(_before.Squares * _log / 2) : double.PositiveInfinity;
    }

    /// <summary>An exponentially weighted average and the sum of its squared weights; none yet while that is 0.</summary>
    private struct Average
    {
        public double Mean { get; private set; }

        public double Squares { get; private set; }

        public void Add(double value, double lambda)
        {
            var kept = 1 - lambda;
            (Mean, Squares) = Squares > 0 ? (lambda * value + kept * Mean, lambda * lambda + kept * kept * Squares) : (value, 1);
        }

        public readonly void Save(StateWriter writer)
        {
            writer.Write(Mean);
            writer.Write(Squares);
        }

        public static Average Load(StateReader reader) => new() { Mean = reader.ReadWithin(0, 1), Squares = reader.ReadWithin(0, 1) };
    }
}
