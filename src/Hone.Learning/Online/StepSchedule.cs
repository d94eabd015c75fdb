using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>The size of the next step of gradient descent: initial / √(1 + age / decay), not under a floor; it can be raised again.</summary>
internal sealed class StepSchedule : ISaved
{
    private const double RateMax = 10;
    private readonly double _initial;
    private readonly double _decay;
    private readonly double _floor;
    private double _peak;
    private double _age;

    /// <summary>A schedule at its first step.</summary>
    /// <param name="initial">The first step.</param>
    /// <param name="decay">Examples after which the step is 1/√2 of the first one.</param>
    /// <param name="floor">The smallest step; above zero the learner never stops following a moving market.</param>
    public StepSchedule(double initial, double decay, double floor) => (_initial, _decay, _floor, _peak) = (initial, decay, floor, initial);

    /// <summary>The present step.</summary>
    public double Rate => Math.Max(_floor, _peak / Math.Sqrt(1 + _age / _decay));

    /// <summary>An example of that weight was learned.</summary>
    public void Advance(double weight) => _age = Math.Min(_age + weight, 1e18);

    /// <summary>Raises the present step to factor times itself, from where it decays again.</summary>
    public void Boost(double factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        var target = Math.Min(Rate * factor, RateMax);
        _peak = Math.Max(_initial, target);
        _age = Math.Max(0, _decay * (_peak / target * (_peak / target) - 1));
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_peak);
        writer.Write(_age);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _peak = reader.ReadWithin(0, RateMax);
        _age = reader.ReadWithin(0, 1e18);
    }
}
