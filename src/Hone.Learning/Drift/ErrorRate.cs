using System.Runtime.CompilerServices;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>The mean loss p since the last drift, its deviation s = √(p(1−p)/n), and the pair with the smallest p + s there has been: what <see cref="Ddm"/> and <see cref="Rddm"/> compare.</summary>
/// <remarks>For s alone the rate counts as at least 1/n: else a learner without a single error so far has s = 0, and its first error, whenever it comes, is drift.</remarks>
internal struct ErrorRate
{
    private double _rate;
    private double _bestRate;
    private double _bestDeviation;

    /// <summary>The rate before any loss: every rate is better than the best.</summary>
    public static ErrorRate None => new() { _bestRate = 1, _bestDeviation = 1 };

    /// <summary>Losses since the last drift.</summary>
    public long Count { get; private set; }

    /// <summary>Takes one loss.</summary>
    /// <param name="loss">From 0 to 1.</param>
    /// <param name="min">Losses before the rate is compared with the best.</param>
    /// <param name="statistic">p + s; 0 while there are fewer than <paramref name="min"/> losses.</param>
    /// <returns>Whether there are as many.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Take(double loss, int min, out double statistic)
    {
        double n = ++Count;
        _rate += (loss - _rate) / n;
        statistic = 0;
        if (Count < min)
            return false;
        var p = Math.Max(_rate, 1 / n);
        var deviation = Math.Sqrt(Math.Max(0, p * (1 - p)) / n);
        statistic = _rate + deviation;
        if (statistic <= _bestRate + _bestDeviation)
            (_bestRate, _bestDeviation) = (_rate, deviation);
        return true;
    }

    /// <summary>The best rate and so many of its deviations.</summary>
    public readonly double Limit(double deviations) => _bestRate + deviations * _bestDeviation;

    public readonly void Save(StateWriter writer)
    {
        writer.Write(Count);
        writer.Write(_rate);
        writer.Write(_bestRate);
        writer.Write(_bestDeviation);
    }

    public static ErrorRate Load(StateReader reader)
    {
        // The running mean may leave 0…1 by a rounding error.
        const double rounding = 1e-9;
        ErrorRate rate = new()
        {
            Count = reader.ReadInt64(),
            _rate = reader.ReadWithin(-rounding, 1 + rounding),
            _bestRate = reader.ReadWithin(-rounding, 1 + rounding),
            _bestDeviation = reader.ReadWithin(0, 1),
        };
        return rate.Count is >= 0 and <= 1L << 62 ? rate : throw new CorruptStateException($"A rate of {rate.Count} losses is impossible.");
    }
}
