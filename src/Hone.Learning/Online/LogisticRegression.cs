using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>How logistic regression turns gradients into steps.</summary>
public enum LogisticOptimizer
{
    /// <summary>Slow averaged and fast descent, mixed by their likelihood: needs no choice of a step.</summary>
    Averaged,

    /// <summary>Gradient descent with a step that stays.</summary>
    Sgd,

    /// <summary>Adam.</summary>
    Adam,

    /// <summary>AdaGrad.</summary>
    AdaGrad,

    /// <summary>FTRL-proximal.</summary>
    Ftrl,

    /// <summary>Coin betting, which has no step to choose.</summary>
    CoinBetting,
}

/// <summary>Options of <see cref="LogisticRegression"/> and <see cref="GradientLogisticRegression"/>. The defaults are for weak edges under heavy label noise.</summary>
public sealed record LogisticRegressionOptions
{
    /// <summary>averaged, sgd, adam, ada-grad, ftrl or coin-betting. All but averaged use learning_rate, l1 (ftrl), l2, clip and scaling_memory only.</summary>
    public LogisticOptimizer Optimizer { get; init; } = LogisticOptimizer.Averaged;

    /// <summary>
    /// Step. Left out: averaged 0.005, the first step of the slow weights, which falls as initial / √(1 + examples / rate_decay); sgd 0.1; adam 0.02;
    /// ada-grad 0.5; ftrl 0.5 (the α of the paper); coin-betting has none.
    /// </summary>
    [Range(1e-9, 10.0)]
    public double? LearningRate { get; init; }

    /// <summary>Examples after which the slow step is 1/√2 of the first one.</summary>
    [Range(1.0, 1e12)]
    public double RateDecay { get; init; } = 10;

    /// <summary>The slow step never falls below this.</summary>
    [Range(0.0, 1.0)]
    public double RateFloor { get; init; } = 1e-4;

    /// <summary>Examples over which the slow weights are averaged at most.</summary>
    [Range(1.0, 1e9)]
    public double AverageMemory { get; init; } = 20_000;

    /// <summary>Step of the fast weights, which stays; 0 leaves them and their average out. Overlapping labels leave them out too.</summary>
    [Range(0.0, 10.0)]
    public double FastRate { get; init; } = 0.3;

    /// <summary>Examples over which the average of the fast weights goes at most.</summary>
    [Range(1.0, 1e9)]
    public double FastAverageMemory { get; init; } = 1000;

    /// <summary>How readily the mixture of slow and fast changes its mind, per example.</summary>
    [Range(0.0, 0.5)]
    public double MixtureShare { get; init; } = 1e-4;

    /// <summary>ftrl only: what a weight must be worth to be anything but 0.</summary>
    [Range(0.0, 1e6)]
    public double L1 { get; init; }

    /// <summary>Decay of the weights towards zero, in units of the step.</summary>
    [Range(0.0, 1.0)]
    public double L2 { get; init; } = 1e-4;

    /// <summary>Largest standardised feature, in standard deviations.</summary>
    [Range(1.0, 100.0)]
    public double Clip { get; init; } = 5;

    /// <summary>Examples after which the features' means and deviations are forgotten exponentially.</summary>
    [Range(100.0, 1e12)]
    public double ScalingMemory { get; init; } = 10_000;
}

/// <summary>
/// Class probabilities that are linear in the log-odds: stochastic gradient descent on log-loss over features that it
/// standardises itself. Softmax for more than two classes.
/// </summary>
/// <remarks>
/// <para>Three sets of weights answer together. The slow ones are the running average of descent with falling steps: among coin
/// flips the noise of the last step would drown an edge of a few per cent. The fast ones keep a large step and follow a world
/// that is easy or moves; their average over a thousand examples follows one that moves slowly or has many classes. Their probabilities
/// are mixed by how likely each made the labels, near what was learned last and far from it (<see cref="NearnessMixture"/>): nobody has to choose a step size.</para>
/// <para>Of overlapping labels the slow set answers alone: the fast weights have just seen most of the next label and would be flattered.</para>
/// <para>An example of weight w counts as w examples in the step, the falling of the steps and the average, so that h overlapping
/// labels of weight 1/h are one.</para>
/// <para>A step is rate·w / (1 + ¼·rate·w·(1 + ‖z‖²)), the implicit update's bound: no example, whatever its weight w or
/// features, moves its own score further than an exact solution would.</para>
/// <para>Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J. Control Optim. 30(4), 1992;
/// Herbster, Warmuth, "Tracking the best expert", Machine Learning 32, 1998; Toulis, Airoldi, "Asymptotic and finite-sample
/// properties of estimators based on stochastic gradients", Annals of Statistics 45(4), 2017.</para>
/// </remarks>
public sealed class LogisticRegression : IClassifier, IRateBoost
{
    private const double FastShareInitial = 0.05, AverageGain = 0.05;

    // The four models: descent with falling steps, its average, descent with the fast step, and fourth the average of that.
    private const int Descent = 0, Slow = 1, Fast = 2;

    private readonly LogisticRegressionOptions _options;
    private readonly RunningScaler _scaler;
    private readonly StepSchedule _schedule;
    private readonly QuadModel _models;

    // Null where the slow set answers alone.
    private readonly NearnessMixture? _mixture;
    private double _averaged;
    private double _fastAveraged;

    // Without a mixture: how far the slow set's answers are drawn towards "equally likely", since the rate was last boosted.
    private double _doubt;

    // Written by learning only, and not state: what the last forward pass left behind. The number behind the last feature is the constant 1.
    private readonly double[] _z;
    private readonly double[] _probabilities;
    private readonly double[] _past;
    private readonly double[] _likelihoods = new double[QuadKernels.Models];

    /// <summary>A learner that has seen nothing: every class is equally likely.</summary>
    public LogisticRegression(LearnerShape shape, LogisticRegressionOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _scaler = new(Features, options.Clip, options.ScalingMemory);
        _schedule = new(options.LearningRate ?? 0.005, options.RateDecay, options.RateFloor);
        if (shape.Overlap == 1 && options.FastRate > 0)
            _mixture = new(Features, [0, 1 - 2 * FastShareInitial, FastShareInitial, FastShareInitial], options.MixtureShare);
        _models = new(Scores.Count(Classes), Features, _mixture is not null);
        _z = new double[Kernels.Padded(Features + 1)];
        _z[Features] = 1;
        _probabilities = new double[_models.Rows * QuadKernels.Models];
        _past = new double[_models.Rows * QuadKernels.Models];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _z.Length + _probabilities.Length);
        var z = scratch.Span[.._z.Length];
        var quads = scratch.Span[_z.Length..];
        z[Features..].Clear();
        z[Features] = 1;
        Forward(x, z, quads);
        Mix(quads, Place(z), probabilities);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        Forward(x, _z, _probabilities);
        Step(x, label, weight, Place(_z));
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        Forward(x, _z, _probabilities);
        var place = Place(_z);
        Mix(_probabilities, place, probabilities);
        Step(x, label, 1, place);
    }

    /// <inheritdoc/>
    public void BoostRate(double factor)
    {
        _schedule.Boost(factor);
        _averaged /= factor;

        // The fast weights get a hearing again; if they have nothing to say, that costs a row's twentieth. Where there are none,
        // a world that has just turned deserves that much doubt.
        if (_mixture is not null)
            _mixture.Hear(FastShareInitial);
        else if (_options.FastRate > 0)
            _doubt = FastShareInitial;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("logistic-regression", _mixture is null ? 1 : 2);
        writer.Write(Classes);
        _scaler.Save(writer);
        _schedule.Save(writer);
        if (_mixture is null)
        {
            _models.SaveOne(writer, Descent);
            _models.SaveOne(writer, Slow);
            _models.SaveOne(writer, Fast);
            writer.Write(_averaged);
            writer.Write(_doubt);
            return;
        }
        _models.Save(writer);
        _mixture.Save(writer);
        writer.Write(_averaged);
        writer.Write(_fastAveraged);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        var format = reader.Section("logistic-regression", 2);
        if (format == 1 != _mixture is null)
            throw new CorruptStateException("The state of a logistic regression was written with other options, or before it averaged its fast weights.");
        reader.ReadInt32(Classes, Classes);
        _scaler.Load(reader);
        _schedule.Load(reader);
        if (_mixture is null)
        {
            _models.LoadOne(reader, Descent);
            _models.LoadOne(reader, Slow);
            _models.LoadOne(reader, Fast);
            _averaged = reader.ReadWithin(0, 1e18);
            _doubt = reader.ReadWithin(0, 1);
            return;
        }
        _models.Load(reader);
        _mixture.Load(reader);
        _averaged = reader.ReadWithin(0, 1e18);
        _fastAveraged = reader.ReadWithin(0, 1e18);
    }

    private void Forward(ReadOnlySpan<double> x, Span<double> z, Span<double> quads)
    {
        _scaler.Apply(x, z);
        _models.Scores(z, quads);
        QuadKernels.ToProbabilities(quads, Scores.DistanceMax);
    }

    // Where the mixture looks up its shares.
    private int Place(ReadOnlySpan<double> z) => _mixture is null ? 0 : _mixture.Place(z);

    private void Mix(ReadOnlySpan<double> quads, int place, Span<double> probabilities)
    {
        if (_mixture is null)
            ProbabilityQuads.One(quads, Slow, _doubt, probabilities[..Classes]);
        else
            ProbabilityQuads.Mixed(quads, _mixture.Shares(place), probabilities[..Classes]);
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight, int place)
    {
        var curvature = 0.25 * Kernels.Dot(_z, _z);
        var rate = Bounded(_schedule.Rate, weight, curvature);
        var counted = Math.Min(weight, 1);
        var gain = counted * Math.Max(1 / (1 + AverageGain * _averaged), 1 / _options.AverageMemory);
        if (_mixture is null)
        {
            Descend(label, rate, gain, 0, 0);
        }
        else
        {
            Judge(_mixture, label, counted, place);
            Descend(label, rate, gain, Bounded(_options.FastRate, weight, curvature), counted * Math.Max(1 / (1 + AverageGain * _fastAveraged), 1 / _options.FastAverageMemory));
            if (_mixture.Advance(_z, counted))
                _models.Remember();
            _fastAveraged = Math.Min(_fastAveraged + weight, 1e18);
        }
        _averaged = Math.Min(_averaged + weight, 1e18);
        _schedule.Advance(weight);
        _scaler.Learn(x);
    }

    private void Descend(int label, double rate, double gain, double fastRate, double fastGain)
    {
        var keep = 1 - rate * _options.L2;
        var z = _z.AsSpan(0, _models.Inputs);
        for (var row = 0; row < _models.Rows; row++)
        {
            var target = label == (_models.Rows == 1 ? 1 : row) ? 1.0 : 0.0;
            var said = _probabilities.AsSpan(row * QuadKernels.Models, QuadKernels.Models);
            QuadKernels.StepAndAverage(z, keep, rate * (target - said[Descent]), gain, fastRate * (target - said[Fast]), fastGain, _models.Row(row));
        }
    }

    private void Judge(NearnessMixture mixture, int label, double gain, int place)
    {
        if (mixture.JudgesPast)
        {
            _models.PastScores(_z, _past);
            QuadKernels.ToProbabilities(_past, Scores.DistanceMax);
            ProbabilityQuads.OfLabel(_past, label, _likelihoods);
            mixture.JudgePast(_z, _likelihoods, gain);
        }
        ProbabilityQuads.OfLabel(_probabilities, label, _likelihoods);
        mixture.Judge(place, _likelihoods, gain);
    }

    // Computed as 1 / (1 / (rate·weight) + curvature), so that no weight overflows.
    private static double Bounded(double rate, double weight, double curvature) => rate > 0 ? 1 / (1 / rate / weight + curvature) : 0;
}
