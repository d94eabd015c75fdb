using Hone.Learning.Numerics;
using Hone.Learning.Online.Optimizers;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>
/// Logistic regression, softmax for more than two classes, by one optimiser of the user's choice over features that it standardises itself.
/// <see cref="LogisticRegression"/> is the default that needs no choice.
/// </summary>
public sealed class GradientLogisticRegression : IClassifier
{
    // The second derivative of log-loss with a score is at most this.
    private const double Curvature = 0.25;

    private readonly RunningScaler _scaler;
    private readonly GradientOptimizer _optimizer;
    private readonly int _rows;

    // Written by learning only, and not state. The number behind the last feature is the constant 1.
    private readonly double[] _z;
    private readonly double[] _scores;
    private readonly double[] _probabilities;

    /// <summary>A learner that has seen nothing: every class is equally likely.</summary>
    public GradientLogisticRegression(LearnerShape shape, LogisticRegressionOptions options)
    {
        Scores.Check(shape);
        (Features, Classes) = (shape.Features, shape.Classes);
        _scaler = new(Features, options.Clip, options.ScalingMemory);
        _rows = Scores.Count(Classes);
        var length = Kernels.Padded(Features + 1);
        _optimizer = options.Optimizer switch
        {
            LogisticOptimizer.Sgd => new SgdOptimizer(_rows, length, options.LearningRate ?? 0.1, options.L2),
            LogisticOptimizer.Adam => new AdamOptimizer(_rows, length, options.LearningRate ?? 0.02, options.L2),
            LogisticOptimizer.AdaGrad => new AdaGradOptimizer(_rows, length, options.LearningRate ?? 0.5, options.L2),
            LogisticOptimizer.Ftrl => new FtrlOptimizer(_rows, length, options.LearningRate ?? 0.5, options.L1, options.L2),
            LogisticOptimizer.CoinBetting => new CoinBettingOptimizer(_rows, length),
            _ => throw new InvalidOptionsException($"logistic-regression: {options.Optimizer} is not one optimiser by itself."),
        };
        _z = new double[length];
        _z[Features] = 1;
        _scores = new double[_rows];
        _probabilities = new double[Classes];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _z.Length + _rows);
        var z = scratch.Span[.._z.Length];
        z[Features..].Clear();
        z[Features] = 1;
        Forward(x, z, scratch.Span[_z.Length..], probabilities[..Classes]);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        Forward(x, _z, _scores, _probabilities);
        Step(x, label, weight);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        Forward(x, _z, _scores, _probabilities);
        _probabilities.CopyTo(probabilities);
        Step(x, label, 1);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("gradient-logistic-regression", 1);
        writer.Write(Classes);
        _scaler.Save(writer);
        _optimizer.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("gradient-logistic-regression", 1);
        reader.ReadInt32(Classes, Classes);
        _scaler.Load(reader);
        _optimizer.Load(reader);
    }

    private void Forward(ReadOnlySpan<double> x, Span<double> z, Span<double> scores, Span<double> probabilities)
    {
        _scaler.Apply(x, z);
        for (var row = 0; row < _rows; row++)
            scores[row] = Kernels.Dot(z, _optimizer.Row(row));
        Scores.ToProbabilities(scores, probabilities);
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight)
    {
        _optimizer.Begin(_z, weight, Curvature);
        for (var row = 0; row < _rows; row++)
        {
            var k = _rows == 1 ? 1 : row;
            _optimizer.Step(row, _z, _probabilities[k] - (label == k ? 1 : 0), weight);
        }
        _scaler.Learn(x);
    }
}
