namespace Hone.Learning;

/// <summary>
/// Where independent pieces of work may run at the same time. Hone.Learning starts no threads of its own; who has some to lend implements this.
/// </summary>
public interface ILanes
{
    /// <summary>Threads there are, the calling one included.</summary>
    int Count { get; }

    /// <summary>Runs <paramref name="action"/> for 0…<paramref name="count"/> − 1, each once, in any order and on any lane, and returns when all are done.</summary>
    void For(int count, Action<int> action);
}

/// <summary>One lane: the calling thread.</summary>
public sealed class OneLane : ILanes
{
    /// <summary>The only one that is needed.</summary>
    public static OneLane Instance { get; } = new();

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public void For(int count, Action<int> action)
    {
        for (var i = 0; i < count; i++)
            action(i);
    }
}

/// <summary>
/// A classifier of independent parts that can work through a block of rows part by part, and so on several lanes. The bits are
/// those of row after row, whatever the number of lanes.
/// </summary>
public interface IBlockClassifier : IClassifier
{
    /// <summary>Progressive validation of a block: each row is predicted, then learned, before the next one.</summary>
    /// <param name="rows">The feature vectors, one behind the other.</param>
    /// <param name="labels">One label per row.</param>
    /// <param name="probabilities">Receives what was predicted: one probability per class for each row, one row behind the other.</param>
    /// <param name="lanes">Where the parts run.</param>
    void TestThenTrain(ReadOnlyMemory<double> rows, ReadOnlyMemory<int> labels, Memory<double> probabilities, ILanes lanes);
}
