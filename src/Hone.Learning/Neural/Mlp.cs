using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Neural;

/// <summary>What a hidden unit does with its input.</summary>
public enum MlpActivation
{
    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>max(0, x).</summary>
    Relu,
}

/// <summary>How a network turns gradients into steps.</summary>
public enum MlpOptimizer
{
    /// <summary>Plain stochastic gradient descent with falling steps.</summary>
    Sgd,

    /// <summary>Adam with falling steps. About twice the time of sgd, and louder among coin flips.</summary>
    Adam,
}

/// <summary>Options of <see cref="Mlp"/>. The defaults are for weak edges under heavy label noise.</summary>
public sealed record MlpOptions
{
    /// <summary>Units of the first hidden layer.</summary>
    [Range(1, 4096)]
    public int Hidden { get; init; } = 16;

    /// <summary>Units of the second hidden layer; 0 for none.</summary>
    [Range(0, 4096)]
    public int SecondHidden { get; init; }

    /// <summary>tanh or relu.</summary>
    public MlpActivation Activation { get; init; } = MlpActivation.Tanh;

    /// <summary>sgd or adam.</summary>
    public MlpOptimizer Optimizer { get; init; } = MlpOptimizer.Sgd;

    /// <summary>First step; it falls as initial / √(1 + examples / rate_decay). Adam likes a tenth of it.</summary>
    [Range(1e-9, 10.0)]
    public double LearningRate { get; init; } = 0.02;

    /// <summary>Examples after which the step is 1/√2 of the first one.</summary>
    [Range(1.0, 1e12)]
    public double RateDecay { get; init; } = 100;

    /// <summary>The step never falls below this.</summary>
    [Range(0.0, 1.0)]
    public double RateFloor { get; init; } = 1e-4;

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
/// A neural network of one or two hidden layers with a softmax output, trained by back-propagation one example at a time, over
/// features that it standardises itself.
/// </summary>
/// <remarks>
/// <para>Hidden weights start random (Glorot for tanh, He for relu), output weights at zero: the first answers say nothing
/// instead of something made up. Steps have the bound of <see cref="LogisticRegression"/>, over all activations; the
/// gradients of hidden units are clipped, so that weights grow at most linearly and stay finite.</para>
/// <para>Rumelhart, Hinton, Williams, "Learning representations by back-propagating errors", Nature 323, 1986; Glorot, Bengio,
/// AISTATS 2010; He, Zhang, Ren, Sun, ICCV 2015.</para>
/// </remarks>
public sealed class Mlp : IClassifier, IRateBoost
{
    private const double WeightMax = 1e9, GradientMax = 4;

    private readonly MlpOptions _options;
    private readonly RunningScaler _scaler;
    private readonly StepSchedule _schedule;
    private readonly int _inputs;
    private readonly Layer _first;
    private readonly Layer? _second;
    private readonly Layer _last;
    private readonly int _rows;

    // One row of hidden weights per score.
    private readonly Weights _output;
    private double _firstDecay = 1;
    private double _secondDecay = 1;

    // What the last forward pass left behind; not state. The number behind the last feature is the constant 1.
    private readonly double[] _z;
    private readonly double[] _scores;
    private readonly double[] _probabilities;

    /// <summary>A network with random hidden weights whose every answer is that every class is equally likely.</summary>
    public Mlp(LearnerShape shape, MlpOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _scaler = new(Features, options.Clip, options.ScalingMemory);
        _schedule = new(options.LearningRate, options.RateDecay, options.RateFloor);
        _inputs = Features + 1;
        _rows = Scores.Count(Classes);
        var adam = options.Optimizer == MlpOptimizer.Adam;
        var rng = new Rng(shape.Seed, "mlp");
        _first = new(_inputs, options.Hidden, options.Activation, adam, ref rng);
        if (options.SecondHidden > 0)
            _second = new(_first.Units + 1, options.SecondHidden, options.Activation, adam, ref rng);
        _last = _second ?? _first;
        _output = new(_rows * _last.Activations.Length, adam);
        _z = new double[_inputs];
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
        Forward(x);
        _probabilities.CopyTo(probabilities);
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
        _probabilities.CopyTo(probabilities);
        Step(x, label, 1);
    }

    /// <inheritdoc/>
    public void BoostRate(double factor) => _schedule.Boost(factor);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("mlp", 1);
        writer.Write(Classes);
        _scaler.Save(writer);
        _schedule.Save(writer);
        _first.Weights.Save(writer);
        _second?.Weights.Save(writer);
        _output.Save(writer);
        writer.Write(_firstDecay);
        writer.Write(_secondDecay);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("mlp", 1);
        reader.ReadInt32(Classes, Classes);
        _scaler.Load(reader);
        _schedule.Load(reader);
        _first.Weights.Load(reader);
        _second?.Weights.Load(reader);
        _output.Load(reader);
        _firstDecay = reader.ReadWithin(0, 1);
        _secondDecay = reader.ReadWithin(0, 1);
    }

    private void Forward(ReadOnlySpan<double> x)
    {
        _scaler.Apply(x, _z);
        _first.Forward(_z);
        _second?.Forward(_first.Outputs);
        for (var row = 0; row < _rows; row++)
            _scores[row] = Kernels.Dot(_last.Activations, Row(_output.Values, row));
        Scores.ToProbabilities(_scores, _probabilities);
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight)
    {
        // Errors reach the hidden layers through the weights as they were when the answer was given.
        _last.Gradients.Clear();
        for (var row = 0; row < _rows; row++)
            Kernels.AddScaled(Row(_output.Values, row), Error(row, label), _last.Gradients);
        _last.Backward();
        if (_second is not null)
        {
            _second.BackwardInto(_first.Gradients);
            _first.Backward();
        }

        if (_options.Optimizer == MlpOptimizer.Adam)
            StepByAdam(label, weight);
        else
            StepByDescent(label, weight);
        _schedule.Advance(weight);
        _scaler.Learn(x);
    }

    private void StepByDescent(int label, double weight)
    {
        var square = Kernels.Dot(_z, _z) + Kernels.Dot(_last.Activations, _last.Activations);
        if (_second is not null)
            square += Kernels.Dot(_first.Activations, _first.Activations);
        var rate = 1 / (1 / _schedule.Rate / weight + 0.25 * square);
        var keep = 1 - rate * _options.L2;
        for (var row = 0; row < _rows; row++)
        {
            var weights = Row(_output.Values, row);
            Kernels.Scale(keep, weights);
            Kernels.AddScaled(_last.Activations, -rate * Error(row, label), weights);
        }
        _second?.Descend(_first.Outputs, rate, keep);
        _first.Descend(_z, rate, keep);
    }

    private void StepByAdam(int label, double weight)
    {
        _firstDecay *= 0.9;
        _secondDecay *= 0.999;
        var bounded = Math.Min(weight, 1 / _schedule.Rate);
        var rate = _schedule.Rate * bounded * Math.Sqrt(1 - _secondDecay) / (1 - _firstDecay);
        var keep = 1 - Math.Min(_schedule.Rate * bounded * _options.L2, 1);
        var length = _last.Activations.Length;
        for (var row = 0; row < _rows; row++)
            Kernels.AdamStep(_last.Activations, Error(row, label), rate, keep, Row(_output.Values, row), _output.First.AsSpan(row * length, length), _output.Second.AsSpan(row * length, length));
        _second?.StepByAdam(_first.Outputs, rate, keep);
        _first.StepByAdam(_z, rate, keep);
    }

    private double Error(int row, int label)
    {
        var k = _rows == 1 ? 1 : row;
        return _probabilities[k] - (label == k ? 1 : 0);
    }

    private Span<double> Row(double[] matrix, int row) => matrix.AsSpan(row * _last.Activations.Length, _last.Activations.Length);

    /// <summary>Trainable numbers with their two moments where Adam wants them.</summary>
    private sealed class Weights(int length, bool adam) : ISaved
    {
        public double[] Values { get; } = new double[length];

        public double[] First { get; } = new double[adam ? length : 0];

        public double[] Second { get; } = new double[adam ? length : 0];

        public void Save(StateWriter writer)
        {
            writer.Write(Values);
            writer.Write(First);
            writer.Write(Second);
        }

        public void Load(StateReader reader)
        {
            reader.ReadWithin(Values, -WeightMax, WeightMax);
            reader.ReadWithin(First, -WeightMax, WeightMax);
            reader.ReadWithin(Second, 0, WeightMax);
        }
    }

    /// <summary>
    /// A hidden layer. Its matrix has one row per input with the weights to every unit side by side, so that the forward pass
    /// and the step run along whole rows; units are padded to whole lanes with units that stay 0. Behind the last unit's output
    /// stands the constant 1, the intercept's input for the next layer.
    /// </summary>
    private sealed class Layer
    {
        private readonly MlpActivation _activation;
        private readonly int _inputs;
        private readonly int _stride;
        private readonly double[] _activations;
        private readonly double[] _gradients;

        public Layer(int inputs, int units, MlpActivation activation, bool adam, ref Rng rng)
        {
            (_inputs, Units, _activation) = (inputs, units, activation);
            _stride = Kernels.Padded(units);
            _activations = new double[Kernels.Padded(units + 1)];
            _gradients = new double[_activations.Length];
            Weights = new(inputs * _stride, adam);

            // The last input is the constant; its weights, the intercepts, start at 0.
            var deviation = Math.Sqrt((activation == MlpActivation.Relu ? 2.0 : 1.0) / Math.Max(1, inputs - 1));
            for (var i = 0; i < inputs - 1; i++)
                for (var j = 0; j < units; j++)
                    Weights.Values[i * _stride + j] = deviation * rng.NextGaussian();
        }

        public int Units { get; }

        public Weights Weights { get; }

        /// <summary>The units, the constant 1 and the padding.</summary>
        public ReadOnlySpan<double> Activations => _activations;

        /// <summary>The units and the constant 1.</summary>
        public ReadOnlySpan<double> Outputs => _activations.AsSpan(0, Units + 1);

        /// <summary>First the slope of the loss with the units' outputs, after <see cref="Backward"/> with their inputs.</summary>
        public Span<double> Gradients => _gradients;

        public void Forward(ReadOnlySpan<double> inputs)
        {
            var units = _activations.AsSpan(0, Units);
            Array.Clear(_activations);
            Kernels.AddRows(inputs, Weights.Values, _activations.AsSpan(0, _stride));
            if (_activation == MlpActivation.Tanh)
                foreach (ref var unit in units)
                    unit = Elementary.Tanh(unit);
            else
                foreach (ref var unit in units)
                    unit = Math.Max(unit, 0);
            _activations[Units] = 1;
        }

        public void Backward()
        {
            for (var j = 0; j < Units; j++)
            {
                var a = _activations[j];
                var slope = _activation == MlpActivation.Tanh ? 1 - a * a : a > 0 ? 1 : 0;
                _gradients[j] = Math.Min(Math.Max(_gradients[j] * slope, -GradientMax), GradientMax);
            }
            _gradients.AsSpan(Units).Clear();
        }

        /// <summary>Hands the slope on to the outputs of the layer below.</summary>
        public void BackwardInto(Span<double> below)
        {
            below.Clear();
            for (var i = 0; i < _inputs - 1; i++)
                below[i] = Kernels.Dot(_gradients.AsSpan(0, _stride), Weights.Values.AsSpan(i * _stride, _stride));
        }

        public void Descend(ReadOnlySpan<double> inputs, double rate, double keep)
        {
            Kernels.Scale(-rate, _gradients);
            Kernels.AddOuter(inputs, _gradients.AsSpan(0, _stride), keep, Weights.Values);
        }

        public void StepByAdam(ReadOnlySpan<double> inputs, double rate, double keep)
        {
            for (var i = 0; i < _inputs; i++)
                Kernels.AdamStep(_gradients.AsSpan(0, _stride), inputs[i], rate, keep, Row(Weights.Values, i), Row(Weights.First, i), Row(Weights.Second, i));
        }

        private Span<double> Row(double[] matrix, int input) => matrix.AsSpan(input * _stride, _stride);
    }
}
