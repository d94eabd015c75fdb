namespace Hone.Trading.Live;

/// <summary>What a session tells the world. The numbers are the stored format.</summary>
public enum EmissionKind : byte
{
    /// <summary>A bar was taken: <c>BarTaken</c>.</summary>
    Bar = 1,

    /// <summary>A prediction: <c>PredictionMade</c>.</summary>
    Prediction = 2,

    /// <summary>An outcome was learned: <c>OutcomeTaken</c>.</summary>
    Outcome = 3,

    /// <summary>A round trip closed: <c>TradeClosed</c>.</summary>
    Trade = 4,

    /// <summary>A detector reached a level: <c>DriftSeen</c>.</summary>
    Drift = 5,

    /// <summary>The session changed itself: <c>AdaptationMade</c>.</summary>
    Adaptation = 6,
}

/// <summary>One thing that a session emitted. Derived from the journal: computed again on replay and compared.</summary>
/// <param name="Seq">Entry that caused it.</param>
/// <param name="N">Running number among the emissions of that entry, from 0.</param>
/// <param name="Kind">What it is.</param>
/// <param name="AtUs">Event time in microseconds since 1970 UTC.</param>
/// <param name="Payload">The content; the classes named at <see cref="EmissionKind"/> read it.</param>
public readonly record struct Emission(long Seq, int N, EmissionKind Kind, long AtUs, ReadOnlyMemory<byte> Payload);
