using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>Options of <see cref="Rddm"/>.</summary>
public sealed record RddmOptions
{
    /// <summary>Losses before the first alarm.</summary>
    [Range(2, 1_000_000)] public int Min { get; init; } = 129;

    /// <summary>Standard deviations above the best error rate that mean a warning; at most <see cref="DriftDeviations"/>. Published 1.773.</summary>
    [Range(0.1, 100.0)] public double WarningDeviations { get; init; } = 3;

    /// <summary>Standard deviations above the best error rate that mean drift. Published 2.258.</summary>
    [Range(0.1, 100.0)] public double DriftDeviations { get; init; } = 4;

    /// <summary>Losses after which the rate is taken anew from the last <see cref="StableRows"/>, so that a long past does not weigh a change down; at least that many.</summary>
    [Range(10, 1_000_000_000)] public int ConceptMax { get; init; } = 40_000;

    /// <summary>Losses that are kept for that.</summary>
    [Range(10, 1_000_000)] public int StableRows { get; init; } = 7_000;

    /// <summary>A warning that has lasted this many losses is drift; 0 means never. Published 1,400, but the rate of a coin stays over a warning limit for that long too.</summary>
    [Range(0, 1_000_000_000)] public int WarningMax { get; init; }
}

/// <summary>
/// Reactive drift detection method: DDM that shortens long concepts, so that a change after a long quiet time is not drowned by the past, and that goes on
/// after drift with the losses since the warning. Takes losses in 0…1 and refuses others.
/// </summary>
/// <remarks>
/// <para>Barros, Cabral, Gonçalves, Santos, "RDDM: reactive drift detection method", Expert Systems with Applications 90, 2017. The rate p, s = √(p(1−p)/n) and
/// the pair with the smallest p + s are those of <see cref="Ddm"/>.</para>
/// <para>The published limits of 1.773 and 2.258 deviations raise an alarm every few thousand tosses of a coin.</para>
/// <para>One loss in <see cref="RddmOptions.ConceptMax"/> takes the time of <see cref="RddmOptions.StableRows"/> others (some 20 µs) when the rate is taken anew.</para>
/// </remarks>
public sealed class Rddm : IDriftDetector
{
    private const string SectionName = "rddm";

    private readonly RddmOptions _options;
    private readonly double[] _recent;
    private int _at;
    private int _stored;
    private ErrorRate _rate;
    private int _warningRows;
    private DriftOutcome _outcome;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">A warning would come after the alarm, or the concept is shorter than what is kept of it.</exception>
    public Rddm(RddmOptions options)
    {
        DriftInput.RequireDeviations(SectionName, options.WarningDeviations, options.DriftDeviations);
        if (options.ConceptMax < options.StableRows)
            throw new InvalidOptionsException($"rddm: concept_max is {options.ConceptMax}; it must be at least stable_rows, {options.StableRows}.");
        _options = options;
        _recent = new double[options.StableRows];
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>p + s.</remarks>
    public double Statistic => _outcome.Statistic;

    /// <inheritdoc/>
    /// <remarks>The best rate plus the deviations; those of the warning once it has lasted too long.</remarks>
    public double Threshold => _outcome.Threshold;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or outside 0…1.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireUnitInterval(value);
        if (_outcome.Level == DriftLevel.Drift)
            TakeAnew(_warningRows);

        _recent[_at] = value;
        _at = _at + 1 == _recent.Length ? 0 : _at + 1;
        _stored = Math.Min(_stored + 1, _recent.Length);
        if (!_rate.Take(value, _options.Min, out var statistic))
            return DriftLevel.None;

        var threshold = _rate.Limit(_options.DriftDeviations);
        var warning = _rate.Limit(_options.WarningDeviations);
        if (statistic > threshold)
            return _outcome.Set(statistic, threshold, DriftLevel.Drift);
        if (statistic > warning)
        {
            _warningRows = Math.Min(_warningRows + 1, int.MaxValue - 1);
            if (_options.WarningMax == 0 || _warningRows < _options.WarningMax)
                return _outcome.Set(statistic, threshold, DriftLevel.Warning);
            _warningRows = 0;
            return _outcome.Set(statistic, warning, DriftLevel.Drift);
        }
        _warningRows = 0;
        if (_rate.Count >= _options.ConceptMax)
            TakeAnew(_stored);
        else
            _outcome.Set(statistic, threshold, DriftLevel.None);
        return DriftLevel.None;
    }

    /// <summary>Starts over with the last losses, as many as given and kept.</summary>
    private void TakeAnew(int rows)
    {
        rows = Math.Min(rows, _stored);
        Forget();
        var from = _at - rows;
        for (var i = from < 0 ? from + _recent.Length : from; rows > 0; rows--)
        {
            if (_rate.Take(_recent[i], _options.Min, out var statistic))
                _outcome.Set(statistic, _rate.Limit(_options.DriftDeviations), DriftLevel.None);
            i = i + 1 == _recent.Length ? 0 : i + 1;
        }
    }

    private void Forget()
    {
        _rate = ErrorRate.None;
        _warningRows = 0;
        _outcome = DriftOutcome.None;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _at = 0;
        _stored = 0;
        Forget();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_stored);
        writer.Write(_at);
        writer.Write(_recent.AsSpan(0, _stored));
        _rate.Save(writer);
        writer.Write(_warningRows);
        _outcome.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _stored = reader.ReadInt32(0, _recent.Length);
        _at = reader.ReadInt32(0, _recent.Length - 1);
        if (_stored < _recent.Length && _at != _stored)
            throw new CorruptStateException($"rddm: {_stored} losses cannot end at {_at}.");
        reader.ReadWithin(_recent.AsSpan(0, _stored), 0, 1);
        _rate = ErrorRate.Load(reader);
        _warningRows = reader.ReadInt32(0, int.MaxValue - 1);
        _outcome = DriftOutcome.Load(reader, -1e-9, 2);
    }
}
