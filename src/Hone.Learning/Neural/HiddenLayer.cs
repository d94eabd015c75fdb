using Hone.Learning.Numerics;

namespace Hone.Learning.Neural;

/// <summary>
/// A hidden layer. Its matrix has one row per input with the weights to every unit side by side, so that the forward pass
/// and the step run along whole rows; units are padded to whole lanes with units that stay 0. Behind the last unit's output
/// stands the constant 1, the intercept's input for the next layer.
/// </summary>
internal sealed class HiddenLayer
{
    private const double GradientMax = 4;
    private readonly MlpActivation _activation;
    private readonly int _inputs;
    private readonly int _stride;
    private readonly double[] _gradients;

    /// <summary>A layer with random weights.</summary>
    public HiddenLayer(int inputs, int units, MlpActivation activation, bool adam, ref Rng rng)
    {
        (_inputs, Units, _activation) = (inputs, units, activation);
        _stride = Kernels.Padded(units);
        _gradients = new double[Kernels.Padded(units + 1)];
        Weights = new(inputs * _stride, adam);

        // The last input is the constant; its weights, the intercepts, start at 0.
        var deviation = Math.Sqrt((activation == MlpActivation.Relu ? 2.0 : 1.0) / Math.Max(1, inputs - 1));
        for (var i = 0; i < inputs - 1; i++)
            for (var j = 0; j < units; j++)
                Weights.Values[i * _stride + j] = deviation * rng.NextGaussian();
    }

    /// <summary>Units without padding.</summary>
    public int Units { get; }

    /// <summary>The units, the constant 1 and the padding.</summary>
    public int Length => _gradients.Length;

    /// <summary>The matrix.</summary>
    public NetworkWeights Weights { get; }

    /// <summary>First the slope of the loss with the units' outputs, after <see cref="Backward"/> with their inputs; written by learning only.</summary>
    public Span<double> Gradients => _gradients;

    /// <summary>The units' outputs, the constant 1 and the padding.</summary>
    public void Forward(ReadOnlySpan<double> inputs, Span<double> activations)
    {
        var units = activations[..Units];
        activations.Clear();
        Kernels.AddRows(inputs, Weights.Values, activations[.._stride]);
        if (_activation == MlpActivation.Tanh)
            foreach (ref var unit in units)
                unit = Elementary.Tanh(unit);
        else
            foreach (ref var unit in units)
                unit = Math.Max(unit, 0);
        activations[Units] = 1;
    }

    /// <summary>From the slope with the outputs to the slope with the inputs of the units.</summary>
    public void Backward(ReadOnlySpan<double> activations)
    {
        for (var j = 0; j < Units; j++)
        {
            var a = activations[j];
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

    /// <summary>A step of gradient descent.</summary>
    public void Descend(ReadOnlySpan<double> inputs, double rate, double keep)
    {
        Kernels.Scale(-rate, _gradients);
        Kernels.AddOuter(inputs, _gradients.AsSpan(0, _stride), keep, Weights.Values);
    }

    /// <summary>A step of Adam.</summary>
    public void StepByAdam(ReadOnlySpan<double> inputs, double rate, double keep)
    {
        for (var i = 0; i < _inputs; i++)
            Kernels.AdamStep(_gradients.AsSpan(0, _stride), inputs[i], rate, keep, Row(Weights.Values, i), Row(Weights.First, i), Row(Weights.Second, i));
    }

    private Span<double> Row(double[] matrix, int input) => matrix.AsSpan(input * _stride, _stride);
}
