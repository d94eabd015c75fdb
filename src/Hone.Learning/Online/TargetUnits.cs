using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>
/// The units in which a regressor sees its target: (target − center) / size, clipped. Units change rarely, at 1, 2, 4, … examples and then every
/// <see cref="EveryMax"/>, so that a learner can tell its weights in the new ones.
/// </summary>
/// <remarks>
/// After <see cref="BoundedFrom"/> targets one counts at most <see cref="Clip"/> deviations from the mean in the units to come: one absurd
/// target does not blind the learner for good. Welford, Technometrics 4(3), 1962, with the gain 1/n held at 1/memory.
/// </remarks>
/// <param name="memory">Examples after which the past is forgotten exponentially.</param>
/// <param name="centred">Whether the mean is the center; else 0 is, as suits errors.</param>
internal sealed class TargetUnits(double memory, bool centred = true) : ISaved
{
    /// <summary>Largest target, in deviations.</summary>
    public const double Clip = 10;

    private const double TargetMax = 1e100, SizeMin = 1e-100, EveryMax = 4096, BoundedFrom = 100;
    private double _mean;
    private double _variance;
    private double _count;
    private double _due = 1;
    private double _center;
    private double _size = 1;

    /// <summary>A target in units.</summary>
    public double In(double target) => Math.Min(Math.Max((target - _center) / _size, -Clip), Clip);

    /// <summary>A number in units as a target, always finite; further out than twice the clip nothing has ever been.</summary>
    public double Out(double number) => _center + Math.Min(Math.Max(number, -2 * Clip), 2 * Clip) * _size;

    /// <summary>Takes a target into the units to come.</summary>
    /// <param name="target">The target.</param>
    /// <param name="ratio">What a number is to be multiplied by to be in the new units.</param>
    /// <param name="shift">What is to be added then.</param>
    /// <returns>Whether there are new units.</returns>
    public bool Learn(double target, out double ratio, out double shift)
    {
        var distance = target - _mean;
        if (_count >= BoundedFrom)
        {
            var reach = Clip * Math.Sqrt(_variance);
            distance = Math.Min(Math.Max(distance, -reach), reach);
        }
        _count = Math.Min(_count + 1, 1e18);
        var gain = Math.Max(1 / _count, 1 / memory);
        if (centred)
            _mean += gain * distance;
        _variance = (1 - gain) * (_variance + gain * distance * distance);
        (ratio, shift) = (1, 0);
        if (_count < _due)
            return false;
        _due = Math.Min(_due * 2, _due + EveryMax);

        var (center, size) = (_center, _size);
        var deviation = Math.Sqrt(_variance);
        _center = _mean;
        if (deviation > Math.Max(1e-12 * Math.Abs(_mean), SizeMin))
            _size = deviation;
        ratio = Math.Min(size / _size, 1e12);
        shift = Math.Min(Math.Max((center - _center) / _size, -Clip), Clip);
        return true;
    }

    /// <summary>Refuses what is no target or no weight.</summary>
    public static void Check(double target, double weight)
    {
        if (!(Math.Abs(target) <= TargetMax))
            throw new ArgumentOutOfRangeException(nameof(target), target, "A target is a finite number of at most 1e100 in magnitude.");
        if (!(weight > 0 && weight <= double.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "A weight is a finite number above zero.");
    }

    /// <summary>Refuses a shape that no regressor can have.</summary>
    public static void Check(RegressorShape shape) => ArgumentOutOfRangeException.ThrowIfLessThan(shape.Features, 1);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_mean);
        writer.Write(_variance);
        writer.Write(_count);
        writer.Write(_due);
        writer.Write(_center);
        writer.Write(_size);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _mean = reader.ReadWithin(-1e101, 1e101);
        _variance = reader.ReadWithin(0, 1e203);
        _count = reader.ReadWithin(0, 1e18);
        _due = reader.ReadWithin(1, 1e19);
        _center = reader.ReadWithin(-1e101, 1e101);
        _size = reader.ReadWithin(SizeMin, 1e102);
    }
}
