using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>Options of <see cref="HddmA"/>.</summary>
public sealed record HddmAOptions
{
    /// <summary>Probability of a false alarm that Hoeffding's bound allows at one value; published 0.001, which a stream of any length uses up soon.</summary>
    [Range(1e-15, 0.5)] public double Alpha { get; init; } = 5e-6;

    /// <summary>The same for a warning; at least <see cref="Alpha"/>. Published 0.005.</summary>
    [Range(1e-15, 0.5)] public double WarningAlpha { get; init; } = 1e-3;
}

/// <summary>
/// Drift detection by Hoeffding's bound, with averages: compares the mean of everything since the last drift with the part of it where the
/// upper bound of the mean was lowest. Takes losses in 0…1 and refuses others.
/// </summary>
/// <remarks>
/// Frías-Blanco, del Campo-Ávila, Ramos-Jiménez, Morales-Bueno, Ortiz-Díaz, Caballero-Mota, "Online and non-parametric drift detection methods based
/// on Hoeffding's bounds", IEEE TKDE 27, 2015: the cut n₀ is where mean + √(ln(1/α)/2n) was lowest; drift when the mean of all n
/// values is above that of the first n₀ by √((n − n₀)/(2n₀n)·ln(1/α)). The bound holds for one look; it is looked at after every value, so the default is stricter:
/// at most one false alarm in 200,000 values is what α = 5·10⁻⁶ says and more than what is seen.
/// </remarks>
public sealed class HddmA : IDriftDetector
{
    private const string SectionName = "hddm-a";

    private readonly double _log;
    private readonly double _warningLog;
    private long _count;
    private double _sum;
    private long _lowCount;
    private double _lowSum;
    private double _lowBound;
    private DriftOutcome _outcome;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">The warning is stricter than the alarm.</exception>
    public HddmA(HddmAOptions options)
    {
        DriftInput.RequireAlphas(SectionName, options.Alpha, options.WarningAlpha);
        _log = -Elementary.Log(options.Alpha);
        _warningLog = -Elementary.Log(options.WarningAlpha);
        Reset();
    }

    /// <inheritdoc/>
    /// <remarks>Mean of all values less the lowest mean.</remarks>
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
        double n = ++_count;
        _sum += value;
        var mean = _sum / n;
        var bound = mean + Math.Sqrt(_log / (2 * n));
        if (bound <= _lowBound)
        {
            (_lowCount, _lowSum, _lowBound) = (_count, _sum, bound);
            _outcome = DriftOutcome.None;
            return DriftLevel.None;
        }
        double low = _lowCount;
        var spread = (n - low) / (2 * low * n);
        return _outcome.TestSquare(mean - _lowSum / low, Math.Sqrt(spread * _log), spread * _warningLog);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _count = 0;
        _sum = 0;
        _lowCount = 0;
        _lowSum = 0;
        _lowBound = double.PositiveInfinity;
        _outcome = DriftOutcome.None;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_count);
        writer.Write(_sum);
        writer.Write(_lowCount);
        writer.Write(_lowSum);
        _outcome.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _count = reader.ReadInt64();
        _sum = reader.ReadFinite();
        _lowCount = reader.ReadInt64();
        _lowSum = reader.ReadFinite();
        _outcome = DriftOutcome.Load(reader, -1, 1);
        if (_count is < 0 or > 1L << 60 || _lowCount < 0 || _lowCount > _count || (_lowCount == 0) != (_count == 0)
            || !(_sum >= 0 && _sum <= _count * (1 + 1e-9)) || !(_lowSum >= 0 && _lowSum <= _sum))
            throw new CorruptStateException($"hddm-a: {_count} values with the sum {_sum}, lowest {_lowSum} over {_lowCount}, are impossible.");
        _lowBound = _lowCount > 0 ? _lowSum / _lowCount + Math.Sqrt(_log / (2.0 * _lowCount)) : double.PositiveInfinity;
    }
}
