using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;
using Hone.Learning.Trees;

namespace Hone.Learning.Ensembles;

/// <summary>One tree of a bag: it learns each example as often as a Poisson distribution says and watches its own error. Who is replaced is decided by all together.</summary>
internal sealed class BaggedTree : IVoter
{
    private readonly HoeffdingCore _tree;
    private readonly PoissonSampler _bootstrap;
    private readonly Adwin _detector;
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

    /// <summary>Share of wrong votes in the detector's window.</summary>
    public double Error => _detector.Mean;

    /// <inheritdoc/>
    public void Vote(ReadOnlySpan<double> x, Span<double> votes) => _tree.Vote(_tree.Route(x), x, votes);

    /// <inheritdoc/>
    public void VoteThenLearn(ReadOnlySpan<double> x, int label, double weight, Span<double> votes)
    {
        var leaf = _tree.Route(x);
        _tree.Vote(leaf, x, votes);
        var times = _bootstrap.Next(ref _rng);
        HasDrifted = _detector.Update(Tally.Most(votes) == label ? 0 : 1) == DriftLevel.Drift;
        if (times > 0)
            _tree.Learn(leaf, x, label, weight * times);
    }

    /// <summary>Starts anew.</summary>
    public void Reset()
    {
        _tree.Reset();
        _detector.Reset();
        HasDrifted = false;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("bagged-tree", 1);
        _rng.Save(writer);
        _detector.Save(writer);
        _tree.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("bagged-tree", 1);
        _rng = Rng.Load(reader);
        _detector.Load(reader);
        _tree.Load(reader);
        HasDrifted = false;
    }
}
