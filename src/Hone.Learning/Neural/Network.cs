using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Neural;

/// <summary>
/// One or two hidden layers under linear outputs, with back-propagation and its two ways to step. What the outputs mean, and what
/// their errors are, is the caller's.
/// </summary>
internal sealed class Network : ISaved
{
    /// <summary>No weight of a saved network is beyond this.</summary>
    public const double WeightMax = 1e9;

    private readonly bool _adam;
    private readonly HiddenLayer _first;
    private readonly HiddenLayer? _second;
    private readonly HiddenLayer _last;

    // One row of hidden weights per output.
    private readonly NetworkWeights _output;
    private double _firstDecay = 1;
    private double _secondDecay = 1;

    // The activations of the last forward pass that learning made; not state.
    private readonly double[] _activations;

    /// <summary>Random hidden weights and outputs that are 0 whatever comes in.</summary>
    /// <param name="inputs">Numbers that come in, the constant 1 behind the last feature among them.</param>
    /// <param name="outputs">Numbers that come out.</param>
    /// <param name="options">Its layers and steps.</param>
    /// <param name="seed">Seed of the hidden weights.</param>
    public Network(int inputs, int outputs, MlpOptions options, ulong seed)
    {
        Outputs = outputs;
        _adam = options.Optimizer == MlpOptimizer.Adam;
        var rng = new Rng(seed, "mlp");
        _first = new(inputs, options.Hidden, options.Activation, _adam, ref rng);
        if (options.SecondHidden > 0)
            _second = new(_first.Units + 1, options.SecondHidden, options.Activation, _adam, ref rng);
        _last = _second ?? _first;
        _output = new(outputs * _last.Length, _adam);
        _activations = new double[Workspace];
    }

    /// <summary>Numbers that come out.</summary>
    public int Outputs { get; }

    /// <summary>Working space of a forward pass.</summary>
    public int Workspace => _first.Length + (_second?.Length ?? 0);

    /// <summary>The outputs for an input, in working space of the caller; changes nothing.</summary>
    public void Forward(ReadOnlySpan<double> z, Span<double> workspace, Span<double> outputs)
    {
        var activations = workspace[.._first.Length];
        _first.Forward(z, activations);
        if (_second is not null)
        {
            var below = activations[..(_first.Units + 1)];
            activations = workspace[_first.Length..Workspace];
            _second.Forward(below, activations);
        }
        for (var row = 0; row < Outputs; row++)
            outputs[row] = Kernels.Dot(activations, Row(_output.Values, row));
    }

    /// <summary>The forward pass that <see cref="Step"/> goes back over.</summary>
    public void Forward(ReadOnlySpan<double> z, Span<double> outputs) => Forward(z, _activations, outputs);

    /// <summary>One step against the errors of the last forward pass.</summary>
    /// <param name="z">What came in.</param>
    /// <param name="errors">Slope of the loss with each output.</param>
    /// <param name="learningRate">The present step.</param>
    /// <param name="weight">What the example counts.</param>
    /// <param name="l2">Decay of the weights, in units of the step.</param>
    /// <param name="curvature">The largest second derivative of the loss with an output: bounds the step.</param>
    public void Step(ReadOnlySpan<double> z, ReadOnlySpan<double> errors, double learningRate, double weight, double l2, double curvature)
    {
        ReadOnlySpan<double> first = _activations.AsSpan(0, _first.Length);
        ReadOnlySpan<double> last = _second is null ? first : _activations.AsSpan(_first.Length);

        // Errors reach the hidden layers through the weights as they were when the answer was given.
        _last.Gradients.Clear();
        for (var row = 0; row < Outputs; row++)
            Kernels.AddScaled(Row(_output.Values, row), errors[row], _last.Gradients);
        _last.Backward(last);
        if (_second is not null)
        {
            _second.BackwardInto(_first.Gradients);
            _first.Backward(first);
        }

        if (_adam)
            StepByAdam(z, first, last, errors, learningRate, weight, l2);
        else
            StepByDescent(z, first, last, errors, learningRate, weight, l2, curvature);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        _first.Weights.Save(writer);
        _second?.Weights.Save(writer);
        _output.Save(writer);
        writer.Write(_firstDecay);
        writer.Write(_secondDecay);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _first.Weights.Load(reader);
        _second?.Weights.Load(reader);
        _output.Load(reader);
        _firstDecay = reader.ReadWithin(0, 1);
        _secondDecay = reader.ReadWithin(0, 1);
    }

    private void StepByDescent(
        ReadOnlySpan<double> z, ReadOnlySpan<double> first, ReadOnlySpan<double> last, ReadOnlySpan<double> errors, double learningRate, double weight, double l2, double curvature)
    {
        var square = Kernels.Dot(z, z) + Kernels.Dot(last, last);
        if (_second is not null)
            square += Kernels.Dot(first, first);
        var rate = 1 / (1 / learningRate / weight + curvature * square);
        var keep = 1 - rate * l2;
        for (var row = 0; row < Outputs; row++)
        {
            var weights = Row(_output.Values, row);
            Kernels.Scale(keep, weights);
            Kernels.AddScaled(last, -rate * errors[row], weights);
        }
        _second?.Descend(first[..(_first.Units + 1)], rate, keep);
        _first.Descend(z, rate, keep);
    }

    private void StepByAdam(ReadOnlySpan<double> z, ReadOnlySpan<double> first, ReadOnlySpan<double> last, ReadOnlySpan<double> errors, double learningRate, double weight, double l2)
    {
        _firstDecay *= 0.9;
        _secondDecay *= 0.999;
        var bounded = Math.Min(weight, 1 / learningRate);
        var rate = learningRate * bounded * Math.Sqrt(1 - _secondDecay) / (1 - _firstDecay);
        var keep = 1 - Math.Min(learningRate * bounded * l2, 1);
        var length = _last.Length;
        for (var row = 0; row < Outputs; row++)
            Kernels.AdamStep(last, errors[row], rate, keep, Row(_output.Values, row), _output.First.AsSpan(row * length, length), _output.Second.AsSpan(row * length, length));
        _second?.StepByAdam(first[..(_first.Units + 1)], rate, keep);
        _first.StepByAdam(z, rate, keep);
    }

    private Span<double> Row(double[] matrix, int row) => matrix.AsSpan(row * _last.Length, _last.Length);
}
