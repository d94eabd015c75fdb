using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;
using Hone.Learning.Trees;

namespace Hone.Learning.Ensembles;

/// <summary>One tree of a bag: it learns each example as often as a Poisson distribution says, votes by its recent accuracy and watches its own error. Who is replaced is decided by the bag.</summary>
internal sealed class BaggedTree : IVoter
{
    private readonly HoeffdingCore _tree;
    private readonly PoissonSampler _bootstrap;
    private readonly Adwin _detector;
    private RecentAccuracy _accuracy;
    private Rng _rng;

    public BaggedTree(double lambda, double driftDelta, Rng rng, HoeffdingCore tree)
    {
        (_rng, _tree) = (rng, tree);
        _bootstrap = new(lambda);
        _detector = new(new() { Delta = driftDelta, WarningDelta = driftDelta, AfterDrift = AdwinAfterDrift.Shrink });
    }

    /// <summary>Values between two checks of the detector.</summary>
    public static int DetectorClock { get; } = new AdwinOptions().Clock;

    /// <summary>What it is in the bag at present.</summary>
    public BagRole Role { get; set; }

    /// <summary>Votes that were right since the bag last began to count.</summary>
    public int Right { get; set; }

    /// <inheritdoc/>
    public string? LimitReached => _tree.LimitReached;

    /// <summary>Whether the error has risen at the last check.</summary>
    public bool HasDrifted { get; private set; }

    /// <inheritdoc/>
    public void Vote(ReadOnlySpan<double> x, Span<double> votes)
    {
        if (Role != BagRole.Member)
        {
            votes.Clear();
            return;
        }
        _tree.Vote(_tree.Route(x), x, votes);
        Kernels.Scale(_accuracy.Value, votes);
    }

    /// <inheritdoc/>
    public void VoteThenLearn(ReadOnlySpan<double> x, int label, double weight, bool isCounted, Span<double> votes)
    {
        if (Role == BagRole.Idle)
        {
            votes.Clear();
            return;
        }
        _tree.TestThenTrain(x, label, weight * _bootstrap.Next(ref _rng), votes);
        var wasRight = Tally.Most(votes) == label;
        Kernels.Scale(Role == BagRole.Member ? _accuracy.Value : 0, votes);
        if (!isCounted)
            return;
        _accuracy.Add(wasRight);
        Right += wasRight ? 1 : 0;
        HasDrifted = _detector.Update(wasRight ? 0 : 1) == DriftLevel.Drift;
    }

    /// <summary>Starts anew.</summary>
    public void Reset()
    {
        _tree.Reset();
        _detector.Reset();
        _accuracy = default;
        HasDrifted = false;
        Right = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("bagged-tree", 1);
        writer.Write((int)Role);
        writer.Write(Right);
        _rng.Save(writer);
        _detector.Save(writer);
        _accuracy.Save(writer);
        _tree.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("bagged-tree", 1);
        Role = (BagRole)reader.ReadInt32((int)BagRole.Member, (int)BagRole.Idle);
        Right = reader.ReadInt32(0, Bag.TrialRowsMax);
        _rng = Rng.Load(reader);
        _detector.Load(reader);
        _accuracy = RecentAccuracy.Load(reader);
        _tree.Load(reader);
        HasDrifted = false;
    }
}

/// <summary>What a tree is in its bag.</summary>
internal enum BagRole
{
    /// <summary>It learns and votes.</summary>
    Member = 0,

    /// <summary>It learns beside the members and hopes to take the place of one.</summary>
    Challenger = 1,

    /// <summary>Nothing, until some member drifts.</summary>
    Idle = 2,
}
