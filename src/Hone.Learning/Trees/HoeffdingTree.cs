using System.ComponentModel.DataAnnotations;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>Options of <see cref="HoeffdingTree"/>.</summary>
public sealed record HoeffdingTreeOptions : TreeGrowthOptions
{
    /// <summary>The defaults.</summary>
    public HoeffdingTreeOptions() => (GracePeriod, Delta, LeavesMax, MemoryMaxMib) = (100, 1e-3, 4096, 16);

    /// <summary>Places between the smallest and the largest value of a feature where a cut is tried.</summary>
    [Range(1, 1000)] public int SplitCandidates { get; init; } = 10;

    internal override GrowthSettings Growth => base.Growth with { SplitCandidates = SplitCandidates };
}

/// <summary>
/// A decision tree that grows from a stream: a leaf is split once it has seen enough examples that the best feature would, with high probability, be the best one
/// on all examples.
/// </summary>
/// <remarks>
/// <para>Domingos, Hulten, "Mining high-speed data streams", KDD 2000 (VFDT). Features are numbers, a Gaussian per class and feature; leaves answer by naive Bayes or by
/// frequencies, whichever has been right more often.</para>
/// <para>What is missing is left out of statistics and votes; at a split it goes to the branch that was heavier when the split was made. When the tree has all the leaves it
/// may have, it learns on in these.</para>
/// </remarks>
public sealed class HoeffdingTree : IClassifier, ILimited
{
    private readonly HoeffdingCore _core;

    /// <summary>A tree of one leaf that has seen nothing.</summary>
    /// <exception cref="InvalidOptionsException">A choice does not exist, or one leaf is too large.</exception>
    public HoeffdingTree(LearnerShape shape, HoeffdingTreeOptions options)
    {
        Scores.Check(shape);
        if (!Enum.IsDefined(options.LeafPrediction))
            throw new InvalidOptionsException($"hoeffding-tree: leaf_prediction {options.LeafPrediction} does not exist.");
        _core = new(shape.Features, shape.Classes, options.Growth, shape.Seed);
    }

    /// <inheritdoc/>
    public int Features => _core.Features;

    /// <inheritdoc/>
    public int Classes => _core.Classes;

    /// <summary>Leaves of the tree.</summary>
    public int Leaves => _core.Leaves;

    /// <inheritdoc/>
    public string? LimitReached => _core.LimitReached;

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities) => _core.Vote(_core.Route(x), x, probabilities);

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        _core.Learn(_core.Route(x), x, label, weight);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        _core.TestThenTrain(x, label, 1, probabilities);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("hoeffding-tree", 1);
        _core.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("hoeffding-tree", 1);
        _core.Load(reader);
    }
}
