using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>How an <see cref="Eddm"/> decides that the distances between errors have become shorter.</summary>
public enum EddmRule
{
    /// <summary>The mean distance since the best time, in standard errors below the mean until then.</summary>
    StandardErrors = 0,

    /// <summary>As published: mean + 2 standard deviations of all distances, as a share of the largest it has been.</summary>
    Ratio = 1,
}

/// <summary>Options of <see cref="Eddm"/>.</summary>
public sealed record EddmOptions
{
    /// <summary>Distances between errors before the first alarm.</summary>
    [Range(2, 1_000_000)] public int MinErrors { get; init; } = 30;

    /// <summary>How it is decided.</summary>
    public EddmRule Rule { get; init; } = EddmRule.StandardErrors;

    /// <summary>Standard errors that mean a warning; at most <see cref="DriftDeviations"/>. For the rule standard-errors.</summary>
    [Range(0.1, 100.0)] public double WarningDeviations { get; init; } = 3;

    /// <summary>Standard errors that mean drift. For the rule standard-errors.</summary>
    [Range(0.1, 100.0)] public double DriftDeviations { get; init; } = 4.5;

    /// <summary>Share of the largest mean + 2 standard deviations under which there is a warning; at least <see cref="DriftRatio"/>. For the rule ratio; 0.95 as published.</summary>
    [Range(0.01, 1.0)] public double WarningRatio { get; init; } = 0.95;

    /// <summary>Share under which there is drift. For the rule ratio; 0.90 as published.</summary>
    [Range(0.01, 1.0)] public double DriftRatio { get; init; } = 0.90;
}

/// <summary>
/// Early drift detection method: watches how many answers lie between two errors, and reports when they become fewer. Takes losses
/// in 0…1 and refuses others; one above a half is an error.
/// </summary>
/// <remarks>
/// <para>Baena-García, del Campo-Ávila, Fidalgo, Bifet, Gavaldà, Morales-Bueno, "Early drift detection method", IWKDDS 2006: p + 2s of all
/// distances since the last drift, against the largest it has been; warning under 95 %, drift under 90 %, after 30 errors.</para>
/// <para>Those shares do not know how many distances were seen: after 30 errors a tenth is half a standard error, and a fair coin raises
/// some 50 alarms in a million tosses. By default the same two quantities are compared in standard errors: the reference is the
/// mean distance a over the first n₀ errors where a·(1 − 3/√n₀) was largest (so that a short lucky start does not stay the best for ever), b the
/// mean of the k distances since; drift when (1 − b/a)·√(n₀k/(n₀+k)) reaches the limit. A geometric distance deviates by at most its mean, so the error is never
/// understated.</para>
/// </remarks>
public sealed class Eddm : IDriftDetector
{
    private const string SectionName = "eddm";

    private readonly EddmOptions _options;
    private long _sinceError;
    private bool _seenError;
    private long _errors;
    private double _mean;
    private double _squares;
    private long _bestErrors;
    private double _best;
    private DriftOutcome _outcome;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">A warning would come after the alarm, or the rule does not exist.</exception>
    public Eddm(EddmOptions options)
    {
        if (!Enum.IsDefined(options.Rule))
            throw new InvalidOptionsException($"eddm: rule {options.Rule} does not exist.");
        DriftInput.RequireDeviations(SectionName, options.WarningDeviations, options.DriftDeviations);
        if (options.WarningRatio < options.DriftRatio)
            throw new InvalidOptionsException($"eddm: warning_ratio is {options.WarningRatio}; it must be at least drift_ratio, {options.DriftRatio}.");
        _options = options;
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>Standard errors, or 1 − the share of the best for the rule ratio. Renewed at every error.</remarks>
    public double Statistic => _outcome.Statistic;

    /// <inheritdoc/>
    public double Threshold => _outcome.Threshold;

    private double Limit => _options.Rule == EddmRule.Ratio ? 1 - _options.DriftRatio : _options.DriftDeviations;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or outside 0…1.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireUnitInterval(value);
        if (_outcome.Level == DriftLevel.Drift)
            Reset();
        _sinceError++;
        if (value <= 0.5)
            return _outcome.Level;

        double distance = _sinceError;
        _sinceError = 0;
        if (!_seenError)
        {
            // Nobody knows how long the run was that this error ends.
            _seenError = true;
            return _outcome.Level;
        }
        _errors++;
        var old = distance - _mean;
        _mean += old / _errors;
        _squares += old * (distance - _mean);
        return _errors < _options.MinErrors ? DriftLevel.None : _options.Rule == EddmRule.Ratio ? ByRatio() : ByStandardErrors();
    }

    private DriftLevel ByRatio()
    {
        var now = _mean + 2 * Math.Sqrt(_squares / _errors);
        if (now >= _best)
            (_best, _bestErrors) = (now, _errors);
        var statistic = 1 - now / _best;
        return _outcome.Set(statistic, Limit, statistic > Limit ? DriftLevel.Drift : statistic > 1 - _options.WarningRatio ? DriftLevel.Warning : DriftLevel.None);
    }

    private DriftLevel ByStandardErrors()
    {
        double n = _errors;
        if (_bestErrors == 0 || Surely(_mean, n) >= Surely(_best, _bestErrors))
            (_best, _bestErrors) = (_mean, _errors);
        double before = _bestErrors, since = _errors - _bestErrors;
        // (1 − b/a)·√(n₀k/n), with b = (n·mean − n₀·a)/k.
        return _outcome.Test(since > 0 ? (1 - _mean / _best) * Math.Sqrt(n * before / since) : 0, Limit, _options.WarningDeviations);
    }

    /// <summary>A mean distance less three standard errors; 0 where that says nothing.</summary>
    private static double Surely(double mean, double errors) => mean * Math.Max(0, 1 - 3 / Math.Sqrt(errors));

    /// <inheritdoc/>
    public void Reset()
    {
        _sinceError = 0;
        _seenError = false;
        _errors = 0;
        _mean = 0;
        _squares = 0;
        _bestErrors = 0;
        _best = 0;
        _outcome = DriftOutcome.None;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_sinceError);
        writer.Write(_seenError);
        writer.Write(_errors);
        writer.Write(_mean);
        writer.Write(_squares);
        writer.Write(_bestErrors);
        writer.Write(_best);
        _outcome.SaveWithoutThreshold(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _sinceError = reader.ReadInt64();
        _seenError = reader.ReadBool();
        _errors = reader.ReadInt64();
        _mean = reader.ReadWithin(0, 1e18);
        _squares = reader.ReadWithin(0, double.MaxValue);
        _bestErrors = reader.ReadInt64();
        _best = reader.ReadWithin(0, double.MaxValue);
        var ready = _errors >= _options.MinErrors;
        _outcome = DriftOutcome.Load(reader, double.MinValue, double.MaxValue, ready ? Limit : double.PositiveInfinity);
        if (_sinceError is < 0 or > 1L << 60 || _errors is < 0 or > 1L << 60 || _bestErrors < 0 || _bestErrors > _errors || ready != (_bestErrors > 0)
            || (ready && !(_best >= 1 && _mean >= 1 - 1e-9)) || (_errors > 0 && !_seenError))
            throw new CorruptStateException($"eddm: {_errors} distances of {_mean}, best {_best} after {_bestErrors}, are impossible.");
    }
}
