using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>How far a passive-aggressive learner goes to satisfy an example.</summary>
public enum PassiveAggressiveVariant
{
    /// <summary>All the way, whatever it costs. For labels without noise.</summary>
    [JsonStringEnumMemberName("pa")]
    Pa,

    /// <summary>At most C per example.</summary>
    [JsonStringEnumMemberName("pa-i")]
    PaI,

    /// <summary>The further the cheaper: loss / (‖x‖² + 1 / (2·C)).</summary>
    [JsonStringEnumMemberName("pa-ii")]
    PaII,
}

/// <summary>Options of <see cref="PassiveAggressive"/>. The defaults are for noisy labels.</summary>
public sealed record PassiveAggressiveOptions
{
    /// <summary>How far to go for one example: pa, pa-i or pa-ii.</summary>
    public PassiveAggressiveVariant Variant { get; init; } = PassiveAggressiveVariant.PaI;

    /// <summary>
    /// Aggressiveness of pa-i and pa-ii. Clean labels like 0.1 and more; among coin flips that would only chase the last label. Left out, four
    /// separators from 0.0005 to 0.5 are mixed by how well each has done; of overlapping labels the one of 0.0005 answers alone.
    /// </summary>
    [Range(1e-9, 1e6)]
    public double? C { get; init; }

    /// <summary>Overlapping labels only: examples over which the weights that answer are averaged at most.</summary>
    [Range(1.0, 1e9)]
    public double AverageMemory { get; init; } = 20_000;

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
/// One linear separator that changes only when an example is inside the margin, and then just enough (or at most C). One
/// separator against the rest for each of more than two classes. Probabilities come from an inner calibration of the margin.
/// </summary>
/// <remarks>
/// <para>Of overlapping labels the running average of the weights answers: the newest weights have seen most of the next label and jump with
/// every coin flip, the average does neither, and the calibration of its margin stays honest.</para>
/// <para>Crammer, Dekel, Keshet, Shalev-Shwartz, Singer, "Online passive-aggressive algorithms", JMLR 7, 2006; Freund, Schapire, "Large margin classification using the
/// perceptron algorithm", Machine Learning 37, 1999 (averaging).</para>
/// </remarks>
public sealed class PassiveAggressive : IClassifier
{
    private const double WeightMax = 1e9, AverageGain = 0.05, CautiousC = 0.0005;

    private readonly PassiveAggressiveOptions _options;
    private readonly double _c;
    private readonly RunningScaler _scaler;
    private readonly int _rows;

    // One row per separator. The first feature behind the last one is the constant 1, whose weight is the intercept.
    private readonly int _length;
    private readonly double[] _weights;

    // The weights that answer; null when those are the newest ones.
    private readonly double[]? _average;
    private double _averaged;
    private readonly MarginCalibration[] _calibrations;

    // Written by learning only, and not state: what the last forward pass left behind.
    private readonly double[] _z;
    private readonly double[] _margins;
    private readonly double[] _chances;

    /// <summary>A learner that has seen nothing: every class is equally likely.</summary>
    public PassiveAggressive(LearnerShape shape, PassiveAggressiveOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _c = options.C ?? CautiousC;
        _scaler = new(Features, options.Clip, options.ScalingMemory);
        _rows = Scores.Count(Classes);
        _length = Kernels.Padded(Features + 1);
        _weights = new double[_rows * _length];
        _average = shape.Overlap > 1 ? new double[_rows * _length] : null;
        _calibrations = new MarginCalibration[_rows];
        for (var row = 0; row < _rows; row++)
            _calibrations[row] = new(options.CalibrationMemory);
        _z = new double[_length];
        _z[Features] = 1;
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
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _z.Length + 2 * _rows);
        var z = scratch.Span[.._z.Length];
        var chances = scratch.Span.Slice(_z.Length, _rows);
        z[Features..].Clear();
        z[Features] = 1;
        Forward(x, z, scratch.Span[(_z.Length + _rows)..], chances);
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
        writer.Section("passive-aggressive", 1);
        writer.Write(Classes);
        _scaler.Save(writer);
        writer.Write(_weights);
        if (_average is not null)
        {
            writer.Write(_average);
            writer.Write(_averaged);
        }
        foreach (var calibration in _calibrations)
            calibration.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("passive-aggressive", 1);
        reader.ReadInt32(Classes, Classes);
        _scaler.Load(reader);
        reader.ReadWithin(_weights, -WeightMax, WeightMax);
        if (_average is not null)
        {
            reader.ReadWithin(_average, -WeightMax, WeightMax);
            _averaged = reader.ReadWithin(0, 1e18);
        }
        foreach (var calibration in _calibrations)
            calibration.Load(reader);
    }

    private void Forward(ReadOnlySpan<double> x, Span<double> z, Span<double> margins, Span<double> chances)
    {
        _scaler.Apply(x, z);
        for (var row = 0; row < _rows; row++)
        {
            margins[row] = Kernels.Dot(z, Row(_average ?? _weights, row));
            var logOdds = _calibrations[row].LogOdds(margins[row]);
            chances[row] = Elementary.Sigmoid(Math.Min(Math.Max(logOdds, -Scores.DistanceMax), Scores.DistanceMax));
        }
    }

    private void Write(ReadOnlySpan<double> chances, Span<double> probabilities)
    {
        if (_rows == 1)
        {
            probabilities[0] = 1 - chances[0];
            probabilities[1] = chances[0];
            return;
        }
        var sum = Tally.Sum(chances);
        for (var k = 0; k < Classes; k++)
            probabilities[k] = chances[k] / sum;
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight)
    {
        var square = Kernels.Dot(_z, _z);
        var gain = Math.Min(weight, 1) * Math.Max(1 / (1 + AverageGain * _averaged), 1 / _options.AverageMemory);
        for (var row = 0; row < _rows; row++)
        {
            var positive = label == (_rows == 1 ? 1 : row);
            var sign = positive ? 1.0 : -1.0;
            _calibrations[row].Learn(_margins[row], _chances[row], positive ? 1 : 0, weight);
            var loss = 1 - sign * (_average is null ? _margins[row] : Kernels.Dot(_z, Row(_weights, row)));
            var step = loss > 0 ? sign * Tau(loss, square, weight) : 0;
            if (_average is not null)
                Kernels.StepAndAverage(_z, 1, step, Row(_weights, row), gain, Row(_average, row));
            else if (step != 0)
                Kernels.AddScaled(_z, step, Row(_weights, row));
        }
        _averaged = Math.Min(_averaged + weight, 1e18);
        _scaler.Learn(x);
    }

    private double Tau(double loss, double square, double weight) => _options.Variant switch
    {
        PassiveAggressiveVariant.Pa => loss / square * Math.Min(weight, 1),
        PassiveAggressiveVariant.PaI => Math.Min(_c * weight, loss / square),
        _ => loss / (square + 0.5 / _c / weight),
    };

    private Span<double> Row(double[] matrix, int row) => matrix.AsSpan(row * _length, _length);
}
