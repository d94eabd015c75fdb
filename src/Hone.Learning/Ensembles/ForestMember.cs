using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;
using Hone.Learning.Trees;

namespace Hone.Learning.Ensembles;

/// <summary>How a member of a forest learns and adapts.</summary>
/// <param name="Growth">How its trees grow.</param>
/// <param name="Lambda">Mean of the Poisson distribution of how often it learns an example.</param>
/// <param name="DriftDelta">Probability of a false drift at one check.</param>
/// <param name="WarningDelta">The same for a warning.</param>
internal readonly record struct ForestSettings(GrowthSettings Growth, double Lambda, double DriftDelta, double WarningDelta);

/// <summary>
/// One tree of an adaptive forest. When its error rises, a second tree starts to learn in the background; it takes over when it
/// has been right more often on the same rows. The vote is the tree's probabilities times its recent accuracy.
/// </summary>
internal sealed class ForestMember : IVoter
{
    private readonly PoissonSampler _bootstrap;
    private readonly Adwin _detector;
    private HoeffdingCore _tree;
    private HoeffdingCore _background;
    private Trial _trial;
    private bool _isWarned;
    private Rng _rng;
    private RecentAccuracy _accuracy;

    /// <summary>A member that has seen nothing.</summary>
    /// <param name="settings">How it learns.</param>
    /// <param name="rng">Its random numbers.</param>
    /// <param name="make">Makes one of its two trees, each with numbers of its own.</param>
    public ForestMember(in ForestSettings settings, Rng rng, Func<int, HoeffdingCore> make)
    {
        _rng = rng;
        _bootstrap = new(settings.Lambda);
        _detector = new(new() { Delta = settings.DriftDelta, WarningDelta = Math.Max(settings.DriftDelta, settings.WarningDelta) });
        (_tree, _background) = (make(0), make(1));
    }

    /// <inheritdoc/>
    public string? LimitReached => _tree.LimitReached ?? _background.LimitReached;

    /// <inheritdoc/>
    public void Vote(ReadOnlySpan<double> x, Span<double> votes)
    {
        _tree.Vote(_tree.Route(x), x, votes);
        Kernels.Scale(_accuracy.Value, votes);
    }

    /// <inheritdoc/>
    public void VoteThenLearn(ReadOnlySpan<double> x, int label, double weight, bool isCounted, Span<double> votes)
    {
        var times = _bootstrap.Next(ref _rng);
        var challengerWasRight = false;
        if (_trial.IsOn)
        {
            _background.TestThenTrain(x, label, weight * times, votes);
            challengerWasRight = Tally.Most(votes) == label;
        }
        _tree.TestThenTrain(x, label, weight * times, votes);
        var wasRight = Tally.Most(votes) == label;
        Kernels.Scale(_accuracy.Value, votes);
        if (isCounted)
            Judge(wasRight, challengerWasRight);
    }

    private void Judge(bool wasRight, bool challengerWasRight)
    {
        _accuracy.Add(wasRight);
        var level = _detector.Update(wasRight ? 0 : 1);
        if (_trial.IsOn)
        {
            _trial.Count(wasRight, challengerWasRight);
            if (_trial.IsWon(level == DriftLevel.Drift))
                TakeOver();
        }
        if (level != DriftLevel.None && !_isWarned && !_trial.IsYoung)
        {
            _background.Reset();
            _trial = Trial.Begin();
        }
        _isWarned = level == DriftLevel.Warning;
    }

    private void TakeOver()
    {
        (_tree, _background) = (_background, _tree);
        _accuracy = default;
        _detector.Reset();
        _trial = default;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("forest-member", 1);
        _rng.Save(writer);
        _detector.Save(writer);
        _accuracy.Save(writer);
        writer.Write(_isWarned);
        _trial.Save(writer);
        _tree.Save(writer);
        _background.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("forest-member", 1);
        _rng = Rng.Load(reader);
        _detector.Load(reader);
        _accuracy = RecentAccuracy.Load(reader);
        _isWarned = reader.ReadBool();
        _trial = Trial.Load(reader);
        _tree.Load(reader);
        _background.Load(reader);
    }
}
