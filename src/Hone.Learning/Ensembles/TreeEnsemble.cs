using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;
using Hone.Learning.Trees;

namespace Hone.Learning.Ensembles;

/// <summary>
/// Hoeffding trees that learn different bootstrap samples of the stream, vote together and are replaced when the world changes: adaptive random
/// forest, streaming random patches, leveraging bagging and ADWIN bagging.
/// </summary>
/// <remarks>
/// <para>Every tree has random numbers of its own. A block of rows is worked through tree by tree, on as many lanes as there are; the bits are those of
/// row after row.</para>
/// <para>A class that no tree votes for keeps a small probability. All memory is taken at construction; a tree at its limit stops splitting and
/// says so.</para>
/// </remarks>
public sealed class TreeEnsemble : IBlockClassifier, ILimited
{
    private readonly string _name;
    private readonly Voters _voters;
    private readonly Bag? _bag;

    private TreeEnsemble(string name, LearnerShape shape, Voters voters, Bag? bag = null)
        => (_name, Features, Classes, _voters, _bag) = (name, shape.Features, shape.Classes, voters, bag);

    /// <summary>Trees that look at a random few features in each leaf, each with a warning, a background tree and a replacement of its own.</summary>
    /// <remarks>
    /// Gomes, Bifet, Read, Barddal, Enembreck, Pfharinger, Holmes, Abdessalem, "Adaptive random forests for evolving data stream classification", Machine Learning 106,
    /// 2017. Here the error that is watched is that of the vote before the tree has learned the example, one detector gives both warning and drift,
    /// and the accuracy that weighs a vote forgets.
    /// </remarks>
    public static TreeEnsemble AdaptiveRandomForest(LearnerShape shape, AdaptiveRandomForestOptions options)
    {
        Scores.Check(shape);
        var perLeaf = options.FeaturesPerLeaf > 0 ? options.FeaturesPerLeaf : (int)Math.Round(Math.Sqrt(shape.Features) + 1);
        var settings = new ForestSettings(options.Growth with { FeaturesPerLeaf = Math.Min(perLeaf, shape.Features) }, options.Lambda, options.DriftDelta, options.WarningDelta);
        return Forest("adaptive-random-forest", shape, options.Members, settings, _ => []);
    }

    /// <summary>Trees that each look at a random part of the features, with warnings and replacements as in a forest.</summary>
    /// <remarks>Gomes, Read, Bifet, "Streaming random patches for evolving data stream classification", ICDM 2019.</remarks>
    public static TreeEnsemble StreamingRandomPatches(LearnerShape shape, StreamingRandomPatchesOptions options)
    {
        Scores.Check(shape);
        var settings = new ForestSettings(options.Growth, options.Lambda, options.DriftDelta, options.WarningDelta);
        var width = Math.Clamp((int)Math.Ceiling(options.FeatureShare * shape.Features - 1e-9), 1, shape.Features);
        return Forest("streaming-random-patches", shape, options.Members, settings, seed => Patch(shape.Features, width, seed));
    }

    /// <summary>Trees that learn each example about six times; when one of them has drifted the worst is replaced.</summary>
    /// <remarks>Bifet, Holmes, Pfahringer, "Leveraging bagging for evolving data streams", ECML PKDD 2010.</remarks>
    public static TreeEnsemble LeveragingBagging(LearnerShape shape, LeveragingBaggingOptions options)
        => Bag("leveraging-bagging", shape, options);

    /// <summary>Trees that learn each example about once; when one of them has drifted the worst is replaced.</summary>
    /// <remarks>Oza, Russell, "Online bagging and boosting", AISTATS 2001; Bifet, Holmes, Pfahringer, Kirkby, Gavaldà, "New ensemble methods for evolving data streams", KDD 2009.</remarks>
    public static TreeEnsemble AdwinBagging(LearnerShape shape, AdwinBaggingOptions options)
        => Bag("adwin-bagging", shape, options);

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public string? LimitReached => _voters.LimitReached;

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities) => _voters.Predict(x, probabilities);

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0) => _voters.Learn(x, label, weight);

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities) => _voters.TestThenTrain(x, label, probabilities);

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlyMemory<double> rows, ReadOnlyMemory<int> labels, Memory<double> probabilities, ILanes lanes)
        => _voters.TestThenTrain(rows, labels, probabilities, lanes);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(_name, 1);
        writer.Write(Features);
        writer.Write(Classes);
        _voters.Save(writer);
        _bag?.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(_name, 1);
        reader.ReadInt32(Features, Features);
        reader.ReadInt32(Classes, Classes);
        _voters.Load(reader);
        _bag?.Load(reader);
    }

    private static TreeEnsemble Forest(string name, LearnerShape shape, int count, ForestSettings settings, Func<ulong, int[]> patch)
    {
        var members = new IVoter[count];
        for (var i = 0; i < count; i++)
        {
            var rng = new Rng(shape.Seed, $"{name}/{i}");
            var seed = rng.NextUInt64();
            var features = patch(rng.NextUInt64());
            members[i] = new ForestMember(settings, rng, tree => new HoeffdingCore(shape.Features, shape.Classes, settings.Growth, seed + (ulong)tree, features));
        }
        return new(name, shape, new Voters(members, shape));
    }

    private static TreeEnsemble Bag(string name, LearnerShape shape, TreeEnsembleOptions options)
    {
        Scores.Check(shape);
        var trees = new BaggedTree[options.Members + 1];
        for (var i = 0; i < trees.Length; i++)
        {
            var rng = new Rng(shape.Seed, $"{name}/{i}");
            var tree = new HoeffdingCore(shape.Features, shape.Classes, options.Growth, rng.NextUInt64());
            trees[i] = new(options.Lambda, options.DriftDelta, rng, tree) { Role = i < options.Members ? BagRole.Member : BagRole.Idle };
        }
        var bag = new Bag(trees);
        return new(name, shape, new Voters(trees, shape, BaggedTree.DetectorClock, () => bag.Review(BaggedTree.DetectorClock)), bag);
    }

    private static int[] Patch(int features, int width, ulong seed)
    {
        var rng = new Rng(seed, "patch");
        var all = new int[features];
        for (var i = 0; i < features; i++)
            all[i] = i;
        for (var i = 0; i < width; i++)
        {
            var j = i + rng.NextInt32(features - i);
            (all[i], all[j]) = (all[j], all[i]);
        }
        var patch = all[..width];
        Array.Sort(patch);
        return patch;
    }
}
