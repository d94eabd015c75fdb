using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;
using Hone.Learning.Trees;

namespace Hone.Learning.Ensembles;

/// <summary>One tree of a bag: it learns each example as often as a Poisson distribution says and watches its own error. Who is replaced is decided by all together.</summary>
internal sealed class BaggedTree : IVoter
{
    private const int YoungRows = 256;
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

    /// <inheritdoc/>
    public string? LimitReached => _tree.LimitReached;

    /// <summary>Whether the error has risen at the last check.</summary>
    public bool HasDrifted { get; private set; }

    /// <summary>Share of wrong votes in the detector's window; 0 while it is too young to be judged: a tree that has just started is wrong often and getting better.</summary>
    public double Error => _detector.Width >= YoungRows ? _detector.Mean : 0;

    /// <inheritdoc/>
    public void Vote(ReadOnlySpan<double> x, Span<double> votes)
    {
        _tree.Vote(_tree.Route(x), x, votes);
        Kernels.Scale(_accuracy.Value, votes);
    }

    /// <inheritdoc/>
    public void VoteThenLearn(ReadOnlySpan<double> x, int label, double weight, Span<double> votes)
    {
        _tree.TestThenTrain(x, label, weight * _bootstrap.Next(ref _rng), votes);
        var wasRight = Tally.Most(votes) == label;
        Kernels.Scale(_accuracy.Value, votes);
        _accuracy.Add(wasRight, weight);
        HasDrifted = _detector.Update(wasRight ? 0 : 1) == DriftLevel.Drift;
    }

    /// <summary>Starts anew.</summary>
    public void Reset()
    {
        _tree.Reset();
        _detector.Reset();
        _accuracy = default;
        HasDrifted = false;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("bagged-tree", 1);
        _rng.Save(writer);
        _detector.Save(writer);
        _accuracy.Save(writer);
        _tree.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("bagged-tree", 1);
        _rng = Rng.Load(reader);
        _detector.Load(reader);
        _accuracy = RecentAccuracy.Load(reader);
        _tree.Load(reader);
        HasDrifted = false;
    }
}
