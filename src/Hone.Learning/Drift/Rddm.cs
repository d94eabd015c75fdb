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
    private long _count;
    private double _rate;
    private double _bestRate;
    private double _bestDeviation;
    private int _warningRows;
    private DriftLevel _level;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">A warning would come after the alarm, or the concept is shorter than what is kept of it.</exception>
    public Rddm(RddmOptions options)
    {
        if (options.WarningDeviations > options.DriftDeviations)
            throw new InvalidOptionsException($"rddm: warning_deviations is {options.WarningDeviations}; it must be at most drift_deviations, {options.DriftDeviations}.");
        if (options.ConceptMax < options.StableRows)
            throw new InvalidOptionsException($"rddm: concept_max is {options.ConceptMax}; it must be at least stable_rows, {options.StableRows}.");
        _options = options;
        _recent = new double[options.StableRows];
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>p + s.</remarks>
    public double Statistic { get; private set; }

    /// <inheritdoc/>
    /// <remarks>The best rate plus the deviations; those of the warning once it has lasted too long.</remarks>
    public double Threshold { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or outside 0…1.</exception>
    public DriftLevel Update(double value)
    {
        DriftInput.RequireUnitInterval(value);
        if (_level == DriftLevel.Drift)
            TakeAnew(_warningRows);

        _recent[_at] = value;
        _at = _at + 1 == _recent.Length ? 0 : _at + 1;
        _stored = Math.Min(_stored + 1, _recent.Length);
        if (!Count(value))
            return _level = DriftLevel.None;

        Threshold = _bestRate + _options.DriftDeviations * _bestDeviation;
        var warning = _bestRate + _options.WarningDeviations * _bestDeviation;
        if (Statistic > Threshold)
            return _level = DriftLevel.Drift;
        if (Statistic > warning)
        {
            _warningRows = Math.Min(_warningRows + 1, int.MaxValue - 1);
            if (_options.WarningMax == 0 || _warningRows < _options.WarningMax)
                return _level = DriftLevel.Warning;
            Threshold = warning;
            _warningRows = 0;
            return _level = DriftLevel.Drift;
        }
        _warningRows = 0;
        _level = DriftLevel.None;
        if (_count >= _options.ConceptMax)
            TakeAnew(_stored);
        return _level;
    }

    /// <summary>Takes one loss into the rate; false while there are too few for a test.</summary>
    private bool Count(double value)
    {
        double n = ++_count;
        _rate += (value - _rate) / n;
        if (_count < _options.Min)
            return false;
        var p = Math.Max(_rate, 1 / n);
        var deviation = Math.Sqrt(Math.Max(0, p * (1 - p)) / n);
        Statistic = _rate + deviation;
        if (Statistic <= _bestRate + _bestDeviation)
            (_bestRate, _bestDeviation) = (_rate, deviation);
        return true;
    }

    /// <summary>Starts over with the last losses, as many as given and kept.</summary>
    private void TakeAnew(int rows)
    {
        rows = Math.Min(rows, _stored);
        Forget();
        var from = _at - rows;
        for (var i = from < 0 ? from + _recent.Length : from; rows > 0; rows--)
        {
            Count(_recent[i]);
            i = i + 1 == _recent.Length ? 0 : i + 1;
        }
        if (_count >= _options.Min)
            Threshold = _bestRate + _options.DriftDeviations * _bestDeviation;
    }

    private void Forget()
    {
        _count = 0;
        _rate = 0;
        _bestRate = 1;
        _bestDeviation = 1;
        _warningRows = 0;
        _level = DriftLevel.None;
        Statistic = 0;
        Threshold = double.PositiveInfinity;
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
        writer.Write(_count);
        writer.Write(_rate);
        writer.Write(_bestRate);
        writer.Write(_bestDeviation);
        writer.Write(_warningRows);
        writer.Write((int)_level);
        writer.Write(Statistic);
        writer.Write(Threshold);
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
        _count = reader.ReadInt64();
        // The running mean may leave 0…1 by a rounding error.
        _rate = reader.ReadWithin(-1e-9, 1 + 1e-9);
        _bestRate = reader.ReadWithin(-1e-9, 1 + 1e-9);
        _bestDeviation = reader.ReadWithin(0, 1);
        _warningRows = reader.ReadInt32(0, int.MaxValue - 1);
        _level = (DriftLevel)reader.ReadInt32(0, (int)DriftLevel.Drift);
        Statistic = reader.ReadWithin(-1e-9, 2);
        Threshold = reader.ReadDouble();
        if (_count is < 0 or > 1L << 62 || double.IsNaN(Threshold))
            throw new CorruptStateException($"rddm: {_count} losses with the threshold {Threshold} are impossible.");
    }
}
