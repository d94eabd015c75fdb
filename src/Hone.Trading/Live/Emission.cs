namespace Hone.Trading.Live;

/// <summary>What a session tells the world. The numbers are the stored format.</summary>
public enum EmissionKind : byte
{
    /// <summary>A bar was taken: <see cref="BarTaken"/>.</summary>
    Bar = 1,

    /// <summary>A prediction: <see cref="PredictionMade"/>.</summary>
    Prediction = 2,

    /// <summary>An outcome was learned: <see cref="OutcomeTaken"/>.</summary>
    Outcome = 3,

    /// <summary>A round trip closed: <see cref="TradeClosed"/>.</summary>
    Trade = 4,

    /// <summary>A detector reached a level: <see cref="DriftSeen"/>.</summary>
    Drift = 5,

    /// <summary>The session changed itself: <see cref="AdaptationMade"/>.</summary>
    Adaptation = 6,
}

/// <summary>One thing that a session emitted. Derived from the journal: computed again on replay and compared.</summary>
/// <param name="Seq">Entry that caused it.</param>
/// <param name="N">Running number among the emissions of that entry, from 0.</param>
/// <param name="Kind">What it is.</param>
/// <param name="AtUs">Event time in microseconds since 1970 UTC.</param>
/// <param name="Payload">The content; the classes named at <see cref="EmissionKind"/> read it.</param>
public readonly record struct Emission(long Seq, int N, EmissionKind Kind, long AtUs, ReadOnlyMemory<byte> Payload);
