using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;
using Hone.Learning.Trees;

namespace Hone.Learning.Ensembles;

/// <summary>
/// Trees one after the other: what one gets wrong, the next one learns more often. Each votes with the log-odds of being right; one whose error has risen
/// starts anew.
/// </summary>
/// <remarks>Oza, Russell, "Online bagging and boosting", AISTATS 2001 (OzaBoost), for several classes as in AdaBoost.M1; the replacement as in ADWIN bagging.</remarks>
public sealed class OnlineAdaBoost : IClassifier, ILimited
{
    private readonly OnlineAdaBoostOptions _options;
    private readonly Booster[] _members;
    private readonly double[] _votes;
    private WholeExamples _whole;
    private Rng _rng;

    /// <summary>An ensemble that has seen nothing.</summary>
    public OnlineAdaBoost(LearnerShape shape, OnlineAdaBoostOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _rng = new(shape.Seed, "online-adaboost");
        _members = new Booster[options.Members];
        for (var i = 0; i < _members.Length; i++)
            _members[i] = new(new HoeffdingCore(Features, Classes, options.Growth, new Rng(shape.Seed, $"online-adaboost/{i}").NextUInt64()), options);
        _votes = new double[_members.Length * Classes];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public string? LimitReached
    {
        get
        {
            foreach (var member in _members)
                if (member.Tree.LimitReached is { } reached)
                    return reached;
            return null;
        }
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _members.Length * Classes);
        Ask(x, scratch.Span);
        Merge(scratch.Span, probabilities);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        Ask(x, _votes);
        Step(x, label, weight);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        Ask(x, _votes);
        Merge(_votes, probabilities);
        Step(x, label, 1);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("online-adaboost", 1);
        writer.Write(Features);
        writer.Write(Classes);
        writer.Write(_members.Length);
        _whole.Save(writer);
        _rng.Save(writer);
        foreach (var member in _members)
            member.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("online-adaboost", 1);
        reader.ReadInt32(Features, Features);
        reader.ReadInt32(Classes, Classes);
        reader.ReadInt32(_members.Length, _members.Length);
        _whole = WholeExamples.Load(reader);
        _rng = Rng.Load(reader);
        foreach (var member in _members)
            member.Load(reader);
    }

    private void Ask(ReadOnlySpan<double> x, Span<double> votes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        for (var i = 0; i < _members.Length; i++)
            _members[i].Tree.Vote(_members[i].Tree.Route(x), x, votes.Slice(i * Classes, Classes));
    }

    // The sum of the members' log-odds for each class is a score; the softmax of half of it is the probability that boosting minimises the loss of.
    private void Merge(ReadOnlySpan<double> votes, Span<double> probabilities)
    {
        probabilities = probabilities[..Classes];
        probabilities.Clear();
        for (var i = 0; i < _members.Length; i++)
        {
            var strength = _members[i].Strength;
            for (var k = 0; k < probabilities.Length; k++)
                probabilities[k] += strength * votes[i * Classes + k];
        }
        Scores.ToProbabilities(probabilities, probabilities);
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight)
    {
        var isCounted = _whole.Add(weight);
        var example = 1.0;
        for (var i = 0; i < _members.Length; i++)
        {
            var member = _members[i];
            var times = Poisson(Math.Min(_options.Lambda * example, 50));
            var wasRight = Tally.Most(_votes.AsSpan(i * Classes, Classes)) == label;
            if (times > 0)
                member.Tree.Learn(member.Tree.Route(x), x, label, weight * times);
            example = member.Judge(wasRight, example, Math.Min(weight, 1), isCounted);
        }
    }

    // The mean is another one for every example: counted down, at most a few dozen steps.
    private int Poisson(double mean)
    {
        var draw = _rng.NextDouble();
        double chance = Elementary.Exp(-mean), sum = chance;
        var k = 0;
        for (; draw > sum && k < 200; k++)
        {
            chance *= mean / (k + 1);
            sum += chance;
        }
        return k;
    }

    private sealed class Booster(HoeffdingCore tree, OnlineAdaBoostOptions options) : ISaved
    {
        private const double CountMax = 1e15;
        private readonly Adwin _detector = new(new() { Delta = options.DriftDelta, WarningDelta = options.DriftDelta });
        private readonly double _keep = 1 - 1 / options.Memory;
        private double _right;
        private double _wrong;

        public HoeffdingCore Tree => tree;

        // Nothing from a member that is no better than a coin, as in AdaBoost.M1; at most what a thousand right ones in a row prove.
        public double Strength
        {
            get
            {
                var error = (_wrong + 0.5) / (_right + _wrong + 1);
                return error < 0.5 ? Elementary.Log((1 - error) / error) : 0;
            }
        }

        /// <summary>Counts one vote and answers with the weight of the example for the next member.</summary>
        public double Judge(bool wasRight, double example, double weight, bool isCounted)
        {
            (_right, _wrong) = (_right * _keep, _wrong * _keep);
            if (wasRight)
                _right = Math.Min(_right + weight * example, CountMax);
            else
                _wrong = Math.Min(_wrong + weight * example, CountMax);
            var share = Math.Max((wasRight ? _right : _wrong) / (_right + _wrong), 1e-9);
            var next = Math.Min(Math.Max(example / (2 * share), 1e-3), 50);
            if (isCounted && _detector.Update(wasRight ? 0 : 1) == DriftLevel.Drift)
            {
                tree.Reset();
                (_right, _wrong) = (0, 0);
            }
            return next;
        }

        public void Save(StateWriter writer)
        {
            writer.Write(_right);
            writer.Write(_wrong);
            _detector.Save(writer);
            tree.Save(writer);
        }

        public void Load(StateReader reader)
        {
            _right = reader.ReadWithin(0, CountMax);
            _wrong = reader.ReadWithin(0, CountMax);
            _detector.Load(reader);
            tree.Load(reader);
        }
    }
}
