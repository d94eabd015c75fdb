using System.ComponentModel.DataAnnotations;
using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>Options of <see cref="AdaptiveRandomForestRegressor"/>.</summary>
public sealed record AdaptiveRandomForestRegressorOptions
{
    /// <summary>Trees.</summary>
    [Range(1, 1000)] public int Members { get; init; } = 10;

    /// <summary>Share of the features that a leaf may split on.</summary>
    [Range(0.01, 1.0)] public double FeatureShare { get; init; } = 0.6;

    /// <summary>Mean number of times that a tree sees an example.</summary>
    [Range(0.1, 100.0)] public double Lambda { get; init; } = 6;

    /// <summary>Leaves of a tree at most; all memory is taken at construction.</summary>
    [Range(2, 10_000)] public int LeavesMax { get; init; } = 256;

    /// <summary>Splits between the root and a leaf at most.</summary>
    [Range(1, 30)] public int DepthMax { get; init; } = 16;

    /// <summary>Examples between two attempts to split a leaf.</summary>
    [Range(1, 1_000_000)] public int GracePeriod { get; init; } = 50;

    /// <summary>Probability that the second best feature is the better one after all; 1 does not ask.</summary>
    [Range(1e-12, 1.0)] public double SplitConfidence { get; init; } = 0.05;

    /// <summary>Hoeffding bound under which two features are as good as each other.</summary>
    [Range(0.0, 1.0)] public double TieThreshold { get; init; } = 0.1;

    /// <summary>Probability that a split of pure noise passes for one.</summary>
    [Range(1e-12, 1.0)] public double NoiseProbability { get; init; } = 0.05;

    /// <summary>What a leaf answers with.</summary>
    public RegressionLeaf Leaf { get; init; } = RegressionLeaf.Adaptive;

    /// <summary>Examples after which the mean of a leaf forgets exponentially.</summary>
    [Range(10.0, 1e9)] public double Memory { get; init; } = 5000;

    /// <summary>Delta of the ADWIN on a tree's errors at which a background tree begins to grow.</summary>
    [Range(1e-12, 0.5)] public double WarningDelta { get; init; } = 0.01;

    /// <summary>Delta at which the background tree takes the tree's place.</summary>
    [Range(1e-12, 0.5)] public double DriftDelta { get; init; } = 0.001;
}

/// <summary>
/// A forest of incremental regression trees: each sees an example a random number of times, each leaf may split on a random part of the
/// features, and a tree whose errors rise is replaced by one that has grown in the background since the first warning.
/// </summary>
/// <remarks>
/// <para>Gomes, Barddal, Boiko Ferreira, Bifet, "Adaptive random forests for data stream regression", ESANN 2018. Answers are averaged with
/// weights inverse to the trees' squared errors of late. The detector sees the absolute error
/// divided by four times the forest's mean absolute error of late, at most 1.</para>
/// <para>Nothing allocates after construction.</para>
/// </remarks>
public sealed class AdaptiveRandomForestRegressor : IRegressor, ILimited
{
    private const int HistogramBytesMax = 32 << 20, DrawsMax = 64;
    private const double ErrorMemory = 500, ScaleMemory = 1000, MeasuredFrom = 200, SquareMax = 1e230;
    private readonly AdaptiveRandomForestRegressorOptions _options;
    private readonly ModelTrees _trees;
    private readonly double[] _row;
    private readonly double[] _poisson;
    private readonly Member[] _members;
    private double _scaleWeight;
    private double _absolute;
    private Rng _rng;

    /// <summary>A forest of trees of one leaf.</summary>
    /// <exception cref="InvalidOptionsException">The warning is stricter than the drift, or the leaf does not exist.</exception>
    public AdaptiveRandomForestRegressor(RegressorShape shape, AdaptiveRandomForestRegressorOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Features, 1);
        if (options.WarningDelta < options.DriftDelta)
            throw new InvalidOptionsException($"adaptive-random-forest: warning_delta is {options.WarningDelta}; it must be at least drift_delta, {options.DriftDelta}.");
        if (!Enum.IsDefined(options.Leaf))
            throw new InvalidOptionsException($"adaptive-random-forest: leaf {options.Leaf} does not exist.");
        (Features, _options) = (shape.Features, options);
        var candidates = Math.Max(1, (int)Math.Ceiling(options.FeatureShare * Features));
        var trees = 2 * options.Members;
        _trees = new(
            new()
            {
                Features = Features,
                Trees = trees,
                LeavesMax = options.LeavesMax,
                DepthMax = options.DepthMax,
                Candidates = candidates,
                CandidatesPerTree = false,
                HistogramsMax = Math.Max(trees, Math.Min(trees * options.LeavesMax, HistogramBytesMax / (candidates * QuantileBins.Bins * 8))),
                GracePeriod = options.GracePeriod,
                SplitConfidence = options.SplitConfidence,
                TieThreshold = options.TieThreshold,
                NoiseProbability = options.NoiseProbability,
                Memory = options.Memory,
                Shrinkage = 0,
                Seed = shape.Seed,
            },
            options.Leaf);
        _row = new double[_trees.RowLength];
        _members = new Member[options.Members];
        for (var m = 0; m < _members.Length; m++)
            _members[m] = new(2 * m, new(new() { Delta = options.DriftDelta, WarningDelta = options.WarningDelta }));
        _poisson = Cumulative(options.Lambda);
        _rng = new(shape.Seed, "adaptive-random-forest-regressor");
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <summary>Trees that have been replaced since the beginning.</summary>
    public long Replaced { get; private set; }

    /// <inheritdoc/>
    public string? LimitReached
        => _trees.Trees.FullTreeHits > 0 ? $"Trees have their {_options.LeavesMax} leaves; {_trees.Trees.FullTreeHits} times an example could not make one grow. Raise leaves_max."
            : _trees.Trees.FullMemoryHits > 0 ? $"The memory for splits is used up; {_trees.Trees.FullMemoryHits} times an example could not make a tree grow. Lower members or feature_share."
            : null;

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> x)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        using var row = new Scratch(stackalloc double[Scratch.StackMax], _trees.RowLength);
        using var answers = new Scratch(stackalloc double[Scratch.StackMax], _members.Length);
        _trees.Prepare(x, row.Span);
        for (var m = 0; m < _members.Length; m++)
            answers.Span[m] = _trees.Predict(_trees.Trees.Route(_members[m].Tree, row.Span), row.Span);
        return Vote(answers.Span);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0) => Step(x, target, weight);

    /// <inheritdoc/>
    public double TestThenTrain(ReadOnlySpan<double> x, double target) => Step(x, target, 1);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("adaptive-random-forest-regressor", 1);
        writer.Write(_members.Length);
        _rng.Save(writer);
        writer.Write(_scaleWeight);
        writer.Write(_absolute);
        writer.Write(Replaced);
        foreach (var member in _members)
            member.Save(writer);
        _trees.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("adaptive-random-forest-regressor", 1);
        reader.ReadInt32(_members.Length, _members.Length);
        _rng = Rng.Load(reader);
        _scaleWeight = reader.ReadWithin(0, 4 * ScaleMemory);
        _absolute = reader.ReadWithin(0, SquareMax);
        Replaced = reader.ReadInt64();
        foreach (var member in _members)
            member.Load(reader);
        _trees.Load(reader);
    }

    /// <summary>The cumulative probabilities of 0, 1, 2… draws.</summary>
    private static double[] Cumulative(double lambda)
    {
        var cumulative = new double[(int)lambda + DrawsMax];
        double sum = 0, logFactorial = 0;
        for (var k = 0; k < cumulative.Length; k++)
        {
            logFactorial += k > 0 ? Elementary.Log(k) : 0;
            sum += Elementary.Exp(k * Elementary.Log(lambda) - lambda - logFactorial);
            cumulative[k] = sum;
        }
        return cumulative;
    }

    private double Vote(ReadOnlySpan<double> answers)
    {
        double sum = 0, weights = 0, plain = 0;
        for (var m = 0; m < answers.Length; m++)
        {
            var weight = _members[m].Square > 0 ? 1 / _members[m].Square : 0;
            weights += weight;
            sum += weight * answers[m];
            plain += answers[m] / answers.Length;
        }
        var vote = sum / weights;
        return double.IsFinite(vote) ? vote : plain;
    }

    private double Step(ReadOnlySpan<double> x, double target, double weight)
    {
        Targets.Check(target, weight);
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Features);
        _trees.Prepare(x, _row);
        using var answers = new Scratch(stackalloc double[Scratch.StackMax], _members.Length);
        for (var m = 0; m < _members.Length; m++)
            answers.Span[m] = _trees.Predict(_trees.Trees.Route(_members[m].Tree, _row), _row);
        var prediction = Vote(answers.Span);
        _trees.Observe(x, target);
        var counted = Math.Min(weight, 1);
        for (var m = 0; m < _members.Length; m++)
        {
            var member = _members[m];
            var error = target - answers.Span[m];
            Judge(member, error, counted);
            var draws = Draw();
            if (draws == 0)
                continue;
            var times = weight * (draws / _options.Lambda);
            _trees.Learn(member.Tree, _trees.Trees.Route(member.Tree, _row), _row, target, times);
            if (member.HasBackground)
                _trees.Learn(member.Background, _trees.Trees.Route(member.Background, _row), _row, target, times);
        }

        // The mean over the last quarter of the rows, as long as there are few: one over all of them would lag behind the learning, and the errors would seem to rise.
        _scaleWeight = Math.Min(_scaleWeight + counted, 4 * ScaleMemory);
        _absolute += Math.Min(4 * counted / _scaleWeight, 1) * (Math.Abs(target - prediction) - _absolute);
        return prediction;
    }

    /// <summary>Tells a member's detector how it erred, and grows or swaps in its background tree.</summary>
    private void Judge(Member member, double error, double weight)
    {
        member.SquareWeight = Math.Min(member.SquareWeight + weight, ErrorMemory);
        member.Square += Math.Min(weight / member.SquareWeight, 1) * (error * error - member.Square);
        if (!(_absolute > 0) || _scaleWeight < MeasuredFrom)
            return;
        var level = member.Detector.Update(Math.Min(Math.Abs(error) / (4 * _absolute), 1));
        if (level == DriftLevel.Drift)
        {
            _trees.Reset(member.Tree);
            if (member.HasBackground)
                member.Swap();
            member.HasBackground = false;
            member.SquareWeight = Math.Min(member.SquareWeight, 1);
            Replaced++;
        }
        else if (level == DriftLevel.Warning && !member.HasBackground)
        {
            _trees.Reset(member.Background);
            member.HasBackground = true;
        }
    }

    private int Draw()
    {
        var u = _rng.NextDouble();
        var k = 0;
        while (k < _poisson.Length - 1 && u >= _poisson[k])
            k++;
        return k;
    }

    /// <summary>A tree, the one that may follow it, and how it has erred.</summary>
    private sealed class Member(int first, Adwin detector)
    {
        private bool _second;

        public Adwin Detector => detector;

        public int Tree => _second ? first + 1 : first;

        public int Background => _second ? first : first + 1;

        public bool HasBackground { get; set; }

        public double SquareWeight { get; set; }

        public double Square { get; set; }

        public void Swap() => _second = !_second;

        public void Save(StateWriter writer)
        {
            writer.Write(_second);
            writer.Write(HasBackground);
            writer.Write(SquareWeight);
            writer.Write(Square);
            detector.Save(writer);
        }

        public void Load(StateReader reader)
        {
            _second = reader.ReadBool();
            HasBackground = reader.ReadBool();
            SquareWeight = reader.ReadWithin(0, ErrorMemory);
            Square = reader.ReadWithin(0, SquareMax);
            detector.Load(reader);
        }
    }
}
