namespace Hone.Learning.Conformal;

/// <summary>The classes that a conformal bound allows: those whose probability is at least 1 − bound. Its score is 1 − probability of the label.</summary>
/// <remarks>Sadinle, Lei, Wasserman, "Least ambiguous set-valued classifiers with bounded error levels", JASA 114, 2019. A view of the probabilities; nothing is copied.</remarks>
/// <param name="probabilities">One per class.</param>
/// <param name="bound">The bound of an <see cref="IConformal"/>: infinite allows all classes, below 0 none.</param>
public readonly ref struct PredictionSet(ReadOnlySpan<double> probabilities, double bound)
{
    private readonly ReadOnlySpan<double> _probabilities = probabilities;

    /// <summary>The bound.</summary>
    public double Bound { get; } = bound;

    /// <summary>Classes in the set, from none to all.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            for (var k = 0; k < _probabilities.Length; k++)
                count += Contains(k) ? 1 : 0;
            return count;
        }
    }

    /// <summary>Whether a class is in the set.</summary>
    public bool Contains(int label) => Score(_probabilities, label) <= Bound;

    /// <summary>Writes the classes of the set in order.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="ArgumentException">There is no room for all of them.</exception>
    public int CopyTo(Span<int> labels)
    {
        if (labels.Length < Count)
            throw new ArgumentException($"The set has {Count} classes, there is room for {labels.Length}.", nameof(labels));
        var count = 0;
        for (var k = 0; k < _probabilities.Length; k++)
            if (Contains(k))
                labels[count++] = k;
        return count;
    }

    /// <summary>What an <see cref="IConformal"/> is told of an outcome: 1 − probability of the label, at least 0.</summary>
    public static double Score(ReadOnlySpan<double> probabilities, int label) => Math.Max(0, 1 - probabilities[label]);
}
