using System.Runtime.CompilerServices;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>What a detector's last test said: the statistic, the limit at which it means drift, and the level.</summary>
internal struct DriftOutcome
{
    /// <summary>The outcome while too few values were seen.</summary>
    public static DriftOutcome None => new() { Threshold = double.PositiveInfinity };

    public double Statistic { get; private set; }

    public double Threshold { get; private set; }

    public DriftLevel Level { get; private set; }

    /// <summary>Compares a statistic with both limits; one that reaches a limit has passed it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DriftLevel Test(double statistic, double threshold, double warning)
        => Set(statistic, threshold, statistic >= threshold ? DriftLevel.Drift : statistic >= warning ? DriftLevel.Warning : DriftLevel.None);

    /// <summary>The same with the square of the warning's limit, whose root nobody asks for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DriftLevel TestSquare(double statistic, double threshold, double warningSquared)
        => Set(statistic, threshold, statistic >= threshold ? DriftLevel.Drift : statistic > 0 && statistic * statistic >= warningSquared ? DriftLevel.Warning : DriftLevel.None);

    /// <summary>Takes what a detector has found by a rule of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DriftLevel Set(double statistic, double threshold, DriftLevel level)
    {
        (Statistic, Threshold) = (statistic, threshold);
        return Level = level;
    }

    public readonly void Save(StateWriter writer)
    {
        SaveWithoutThreshold(writer);
        writer.Write(Threshold);
    }

    /// <summary>For detectors whose threshold follows from the rest of their state.</summary>
    public readonly void SaveWithoutThreshold(StateWriter writer)
    {
        writer.Write((int)Level);
        writer.Write(Statistic);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; refuses a statistic outside <paramref name="min"/>…<paramref name="max"/> and a threshold that is not above 0.</summary>
    public static DriftOutcome Load(StateReader reader, double min, double max)
    {
        var outcome = Load(reader, min, max, threshold: 0);
        outcome.Threshold = reader.ReadDouble();
        return outcome.Threshold > 0 ? outcome : throw new CorruptStateException($"A detector's threshold of {outcome.Threshold} is impossible.");
    }

    /// <summary>Reads what <see cref="SaveWithoutThreshold"/> wrote; refuses a statistic outside <paramref name="min"/>…<paramref name="max"/>.</summary>
    public static DriftOutcome Load(StateReader reader, double min, double max, double threshold)
        => new() { Level = (DriftLevel)reader.ReadInt32(0, (int)DriftLevel.Drift), Statistic = reader.ReadWithin(min, max), Threshold = threshold };
}
