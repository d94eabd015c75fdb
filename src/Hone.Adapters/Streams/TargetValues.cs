namespace Hone.Adapters.Streams;

/// <summary>The different numbers of a target, as far as they may be classes.</summary>
internal sealed class TargetValues
{
    private readonly HashSet<double> _values = [];

    /// <summary>Whether all numbers so far are whole.</summary>
    public bool AreWhole { get; private set; } = true;

    /// <summary>Whether there are more different numbers than classes can be.</summary>
    public bool AreTooMany => _values.Count > StreamTable.ClassesMax;

    /// <summary>Different numbers so far, at most one more than classes can be.</summary>
    public int Count => _values.Count;

    /// <summary>The numbers in ascending order.</summary>
    public double[] Sorted => [.. _values.Order()];

    /// <summary>Takes a number.</summary>
    public void Add(double value)
    {
        AreWhole &= value == Math.Floor(value);
        if (!AreTooMany)
            _values.Add(value);
    }
}
