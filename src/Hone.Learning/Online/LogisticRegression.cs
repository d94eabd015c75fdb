using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>Options of <see cref="LogisticRegression"/>. The defaults are for weak edges under heavy label noise.</summary>
public sealed record LogisticRegressionOptions
{
    /// <summary>First step of the slow weights; it falls as initial / √(1 + examples / rate_decay).</summary>
    [Range(1e-9, 10.0)]
    public double LearningRate { get; init; } = 0.005;

    /// <summary>Examples after which the slow step is 1/√2 of the first one.</summary>
    [Range(1.0, 1e12)]
    public double RateDecay { get; init; } = 10;

    /// <summary>The slow step never falls below this.</summary>
    [Range(0.0, 1.0)]
    public double RateFloor { get; init; } = 1e-4;

    /// <summary>Examples over which the slow weights are averaged at most.</summary>
    [Range(1.0, 1e9)]
    public double AverageMemory { get; init; } = 20_000;

    /// <summary>Step of the fast weights, which stays; 0 leaves them out.</summary>
    [Range(0.0, 10.0)]
    public double FastRate { get; init; } = 0.1;

    /// <summary>How readily the mixture of slow and fast changes its mind, per example.</summary>
    [Range(0.0, 0.5)]
    public double MixtureShare { get; init; } = 1e-5;

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
/// <para>Two sets of weights answer together. The slow ones are the running average of descent with falling steps: among coin
/// flips the noise of the last step would drown an edge of a few per cent. The fast ones keep a large step and follow a world
/// that is easy or moves. Their probabilities are mixed by how likely each made the labels (fixed-share): on weak edges the
/// mixture is the slow set, on easy streams the fast one, and nobody has to choose a step size.</para>
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
    private const double WeightMax = 1e9, FastShareInitial = 0.05, AverageGain = 0.05;

    private readonly LogisticRegressionOptions _options;
    private readonly RunningScaler _scaler;
    private readonly StepSchedule _schedule;
    private readonly int _rows;

    // One row per score. The first feature behind the last one is the constant 1, whose weight is the intercept.
    private readonly int _length;
    private readonly double[] _weights;
    private readonly double[] _average;
    private readonly double[] _fast;
    private readonly double _fastRate;
    private double _averaged;
    private double _fastShare;

    // What the last forward pass left behind; not state.
    private readonly double[] _z;
    private readonly double[] _scores;
    private readonly double[] _slowProbabilities;
    private readonly double[] _fastProbabilities;
    private readonly double[] _stepProbabilities;

    /// <summary>A learner that has seen nothing: every class is equally likely.</summary>
    public LogisticRegression(LearnerShape shape, LogisticRegressionOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _scaler = new(Features, options.Clip, options.ScalingMemory);
        _schedule = new(options.LearningRate, options.RateDecay, options.RateFloor);
        _rows = Scores.Count(Classes);
        _length = Kernels.Padded(Features + 1);
        _weights = new double[_rows * _length];
        _average = new double[_rows * _length];
        _fast = new double[_rows * _length];
        // Overlapping labels would flatter the fast weights, which have just seen most of the next label.
        _fastRate = shape.Overlap > 1 ? 0 : options.FastRate;
        _fastShare = _fastRate > 0 ? FastShareInitial : 0;
        _z = new double[_length];
        _z[Features] = 1;
        _scores = new double[2 * _rows];
        _slowProbabilities = new double[Classes];
        _fastProbabilities = new double[Classes];
        _stepProbabilities = new double[Classes];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        Forward(x);
        Mix(probabilities);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        Forward(x);
        Step(x, label, weight);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        Forward(x);
        Mix(probabilities);
        Step(x, label, 1);
    }

    /// <inheritdoc/>
    public void BoostRate(double factor)
    {
        _schedule.Boost(factor);
        _averaged /= factor;

        // The fast weights get a hearing again; if they have nothing to say, that costs one row's twentieth.
        if (_options.FastRate > 0)
            _fastShare = Math.Max(_fastShare, FastShareInitial);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("logistic-regression", 1);
        writer.Write(Classes);
        _scaler.Save(writer);
        _schedule.Save(writer);
        writer.Write(_weights);
        writer.Write(_average);
        writer.Write(_fast);
        writer.Write(_averaged);
        writer.Write(_fastShare);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("logistic-regression", 1);
        reader.ReadInt32(Classes, Classes);
        _scaler.Load(reader);
        _schedule.Load(reader);
        reader.ReadWithin(_weights, -WeightMax, WeightMax);
        reader.ReadWithin(_average, -WeightMax, WeightMax);
        reader.ReadWithin(_fast, -WeightMax, WeightMax);
        _averaged = reader.ReadWithin(0, 1e18);
        _fastShare = reader.ReadWithin(0, 1);
    }

    private void Forward(ReadOnlySpan<double> x)
    {
        _scaler.Apply(x, _z);
        for (var row = 0; row < _rows; row++)
            Kernels.Dots(_z, Row(_average, row), Row(_fast, row), out _scores[row], out _scores[_rows + row]);
        Scores.ToProbabilities(_scores.AsSpan(0, _rows), _slowProbabilities);
        Scores.ToProbabilities(_scores.AsSpan(_rows), _fastProbabilities);
    }

    private void Mix(Span<double> probabilities)
    {
        for (var k = 0; k < Classes; k++)
            probabilities[k] = _slowProbabilities[k] + _fastShare * (_fastProbabilities[k] - _slowProbabilities[k]);
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight)
    {
        for (var row = 0; row < _rows; row++)
            _scores[row] = Kernels.Dot(_z, Row(_weights, row));
        Scores.ToProbabilities(_scores.AsSpan(0, _rows), _stepProbabilities);

        var curvature = 0.25 * Kernels.Dot(_z, _z);
        var rate = Bounded(_schedule.Rate, weight, curvature);
        var fastRate = Bounded(_fastRate, weight, curvature);
        var keep = 1 - rate * _options.L2;
        var gain = Math.Min(weight, 1) * Math.Max(1 / (1 + AverageGain * _averaged), 1 / _options.AverageMemory);
        for (var row = 0; row < _rows; row++)
        {
            var k = _rows == 1 ? 1 : row;
            var target = label == k ? 1.0 : 0.0;
            Kernels.StepAndAverage(_z, keep, rate * (target - _stepProbabilities[k]), Row(_weights, row), gain, Row(_average, row));
            if (fastRate > 0)
                Kernels.AddScaled(_z, fastRate * (target - _fastProbabilities[k]), Row(_fast, row));
        }
        if (fastRate > 0)
            Share(_slowProbabilities[label], _fastProbabilities[label], Math.Min(weight, 1));
        _averaged = Math.Min(_averaged + weight, 1e18);
        _schedule.Advance(weight);
        _scaler.Learn(x);
    }

    private void Share(double slowLikelihood, double fastLikelihood, double weight)
    {
        var fast = _fastShare * fastLikelihood;
        var posterior = fast / (fast + (1 - _fastShare) * slowLikelihood);
        posterior += _options.MixtureShare * (1 - 2 * posterior);
        _fastShare = Math.Min(Math.Max(_fastShare + weight * (posterior - _fastShare), 0), 1);
    }

    // Computed as 1 / (1 / (rate·weight) + curvature), so that no weight overflows.
    private static double Bounded(double rate, double weight, double curvature) => rate > 0 ? 1 / (1 / rate / weight + curvature) : 0;

    private Span<double> Row(double[] matrix, int row) => matrix.AsSpan(row * _length, _length);
}
