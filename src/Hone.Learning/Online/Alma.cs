using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>Options of <see cref="Alma"/>.</summary>
public sealed record AlmaOptions
{
    /// <summary>How near to the largest margin the separator is to come: 1 accepts any margin, 0 wants the largest and takes longest.</summary>
    [Range(0.01, 1.0)]
    public double Alpha { get; init; } = 0.9;

    /// <summary>Size of a correction: C / √k for the k-th.</summary>
    [Range(1e-6, 100.0)]
    public double C { get; init; } = 1.4142135623730951;

    /// <summary>Margin asked for: (1 − α)·B / √k after k − 1 corrections. Left out, 1 / α.</summary>
    [Range(0.0, 1e6)]
    public double? B { get; init; }

    /// <summary>Examples over which the calibration of the margin forgets.</summary>
    [Range(100.0, 1e12)]
    public double CalibrationMemory { get; init; } = 10_000;

    /// <summary>Largest standardised feature, in standard deviations.</summary>
    [Range(1.0, 100.0)]
    public double Clip { get; init; } = 5;

    /// <summary>Examples after which the features' means and deviations are forgotten exponentially.</summary>
    [Range(100.0, 1e12)]
    public double ScalingMemory { get; init; } = 10_000;
}

/// <summary>
/// ALMA: an approximation of the separator with the largest margin. It is corrected when the margin of an example is too small, in steps that fall
/// with the number of corrections, and kept inside the unit ball. One separator against the rest for each of more than two classes.
/// </summary>
/// <remarks>
/// <para>Features are standardised and each row, with the constant 1, is brought to length one. Probabilities come from an inner calibration of the margin. An example of weight w below 1
/// is corrected by w of a step, and counts as w corrections.</para>
/// <para>Gentile, "A new approximate maximal margin classification algorithm", JMLR 2, 2001 (ALMA_p with p = 2).</para>
/// </remarks>
public sealed class Alma : IClassifier
{
    private readonly AlmaOptions _options;
    private readonly RunningScaler _scaler;
    private readonly double _marginAsked;
    private readonly int _rows;
    private readonly int _length;
    private readonly double[] _weights;
    private readonly double[] _corrections;
    private readonly MarginCalibration[] _calibrations;

    // Written by learning only, and not state. The number behind the last feature belongs to the constant 1.
    private readonly double[] _z;
    private readonly double[] _margins;
    private readonly double[] _chances;

    /// <summary>A learner that has seen nothing: every class is equally likely.</summary>
    public Alma(LearnerShape shape, AlmaOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _marginAsked = (1 - options.Alpha) * (options.B ?? 1 / options.Alpha);
        _scaler = new(Features, options.Clip, options.ScalingMemory);
        _rows = Scores.Count(Classes);
        _length = Kernels.Padded(Features + 1);
        _weights = new double[_rows * _length];
        _corrections = new double[_rows];
        _calibrations = new MarginCalibration[_rows];
        for (var row = 0; row < _rows; row++)
            (_calibrations[row], _corrections[row]) = (new(options.CalibrationMemory), 1);
        _z = new double[_length];
        _margins = new double[_rows];
        _chances = new double[_rows];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _length + 2 * _rows);
        var z = scratch.Span[.._length];
        z[Features..].Clear();
        var chances = scratch.Span.Slice(_length, _rows);
        Forward(x, z, scratch.Span[(_length + _rows)..], chances);
        Write(chances, probabilities);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        Forward(x, _z, _margins, _chances);
        Step(x, label, weight);
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        Forward(x, _z, _margins, _chances);
        Write(_chances, probabilities);
        Step(x, label, 1);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("alma", 1);
        writer.Write(Classes);
        _scaler.Save(writer);
        writer.Write(_weights);
        writer.Write(_corrections);
        foreach (var calibration in _calibrations)
            calibration.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("alma", 1);
        reader.ReadInt32(Classes, Classes);
        _scaler.Load(reader);
        reader.ReadWithin(_weights, -1.001, 1.001);
        reader.ReadWithin(_corrections, 1, 1e18);
        foreach (var calibration in _calibrations)
            calibration.Load(reader);
    }

    private void Forward(ReadOnlySpan<double> x, Span<double> z, Span<double> margins, Span<double> chances)
    {
        _scaler.Apply(x, z);
        z[Features] = 1;
        Kernels.Scale(1 / Math.Sqrt(Kernels.Dot(z, z)), z);
        for (var row = 0; row < _rows; row++)
        {
            margins[row] = Kernels.Dot(z, Row(row));
            chances[row] = Elementary.Sigmoid(Math.Min(Math.Max(_calibrations[row].LogOdds(margins[row]), -Scores.DistanceMax), Scores.DistanceMax));
        }
    }

    private void Write(ReadOnlySpan<double> chances, Span<double> probabilities)
    {
        if (_rows == 1)
        {
            (probabilities[0], probabilities[1]) = (1 - chances[0], chances[0]);
            return;
        }
        var sum = Tally.Sum(chances);
        for (var k = 0; k < Classes; k++)
            probabilities[k] = chances[k] / sum;
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight)
    {
        for (var row = 0; row < _rows; row++)
        {
            var positive = label == (_rows == 1 ? 1 : row);
            _calibrations[row].Learn(_margins[row], _chances[row], positive ? 1 : 0, weight);
            Correct(row, positive ? 1 : -1, Math.Min(weight, 1));
        }
        _scaler.Learn(x);
    }

    private void Correct(int row, double sign, double counted)
    {
        var k = Math.Sqrt(_corrections[row]);
        if (sign * _margins[row] > _marginAsked / k)
            return;
        var weights = Row(row);
        Kernels.AddScaled(_z, sign * counted * _options.C / k, weights);
        var square = Kernels.Dot(weights, weights);
        if (square > 1)
            Kernels.Scale(1 / Math.Sqrt(square), weights);
        _corrections[row] = Math.Min(_corrections[row] + counted, 1e18);
    }

    private Span<double> Row(int row) => _weights.AsSpan(row * _length, _length);
}
