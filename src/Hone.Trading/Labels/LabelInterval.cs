namespace Hone.Trading.Labels;

/// <summary>The time from a question to its label, both ends included: what happened in it is known to whoever learns the label.</summary>
public readonly record struct LabelInterval
{
    /// <summary>An interval.</summary>
    /// <param name="startUs">When the question was asked.</param>
    /// <param name="endUs">When its label became known; later than that.</param>
    /// <exception cref="ArgumentException">The label is not later than its question.</exception>
    public LabelInterval(long startUs, long endUs)
    {
        if (endUs <= startUs)
            throw new ArgumentException($"A label known at {endUs} µs cannot answer a question asked at {startUs} µs: it must be later.", nameof(endUs));
        StartUs = startUs;
        EndUs = endUs;
    }

    /// <summary>When the question was asked.</summary>
    public long StartUs { get; }

    /// <summary>When its label became known.</summary>
    public long EndUs { get; }

    /// <summary>Whether the two have a moment in common; a shared end counts.</summary>
    public bool Intersects(LabelInterval other) => StartUs <= other.EndUs && other.StartUs <= EndUs;
}
