using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Hone.Learning.State;

namespace Hone.Learning.Numerics;

/// <summary>
/// Turns the margins of four separators side by side into probabilities: each separator has a slope for its margins over their root mean square,
/// and an intercept per score, learned from every label. One score is the log-odds of class 1; more are compared by softmax.
/// On noise the slope falls to 0 and the probability to the class's frequency.
/// </summary>
/// <remarks>
/// Platt, "Probabilistic outputs for support vector machines", 1999, here online and for softmax: each coefficient moves by its gradient over
/// its own accumulated curvature (a diagonal Newton step), which is forgotten exponentially so that it can follow.
/// </remarks>
internal sealed class QuadCalibration : ISaved
{
    private const int Models = QuadKernels.Models;
    private const double Prior = 10, MarginMax = 20, SlopeMax = 100, DistanceMax = 30, CurvatureFloor = 1e-3, SquareMax = 1e200, AgeMax = 1e9;
    private readonly double _keep;
    private readonly int _rows;
    private readonly double[] _slope = new double[Models];
    private readonly double[] _slopeCurvature = new double[Models];
    private readonly double[] _square = [1, 1, 1, 1];

    // The reciprocal roots of _square: they follow from it, and are worked out when nobody waits for them.
    private readonly double[] _scale = [1, 1, 1, 1];
    private readonly double[] _intercepts;
    private readonly double[] _interceptCurvatures;
    private double _age;

    /// <summary>A calibration that answers "equally likely" whatever the margins.</summary>
    /// <param name="rows">Scores; 1 for two classes.</param>
    /// <param name="memory">Examples over which it forgets.</param>
    public QuadCalibration(int rows, double memory)
    {
        (_rows, _keep) = (rows, 1 - 1 / memory);
        _intercepts = new double[rows * Models];
        _interceptCurvatures = new double[rows * Models];
    }

    /// <summary>Probabilities for margins: four per score, as <see cref="QuadKernels.ToProbabilities"/> leaves them.</summary>
    public void ToProbabilities(ReadOnlySpan<double> margins, Span<double> probabilities)
    {
        var scale = QuadKernels.Load(_scale);
        var slope = QuadKernels.Load(_slope);
        for (var i = 0; i < _rows * Models; i += Models)
            Store(slope * Normal(margins, i, scale) + QuadKernels.Load(_intercepts.AsSpan(i)), probabilities[i..]);
        QuadKernels.ToProbabilities(probabilities[..(_rows * Models)], DistanceMax);
    }

    /// <summary>Learns from margins and the probabilities they were turned into, before the label was known.</summary>
    public void Learn(ReadOnlySpan<double> margins, ReadOnlySpan<double> probabilities, int label, double weight)
    {
        var bounded = Math.Min(weight, 1);
        var scale = QuadKernels.Load(_scale);
        var size = Vector256<double>.Zero;
        Vector256<double> slope, curvature;
        if (_rows == 1)
        {
            var p = QuadKernels.Load(probabilities);
            var normal = Normal(margins, 0, scale);
            var error = Vector256.Create((double)label) - p;
            (slope, curvature) = (normal * error, (p * (Vector256.Create(1.0) - p) + Vector256.Create(CurvatureFloor)) * normal * normal);
            MoveIntercept(0, p, error, bounded);
            size = Square(margins, 0);
        }
        else
        {
            var mean = Vector256<double>.Zero;
            for (var i = 0; i < _rows * Models; i += Models)
                mean += QuadKernels.Load(probabilities[i..]) * Normal(margins, i, scale);
            curvature = Vector256.Create(CurvatureFloor);
            for (var i = 0; i < _rows * Models; i += Models)
            {
                var p = QuadKernels.Load(probabilities[i..]);
                var distance = Normal(margins, i, scale) - mean;
                curvature += p * distance * distance;
                MoveIntercept(i, p, Vector256.Create(i == label * Models ? 1.0 : 0.0) - p, bounded);
                size += Square(margins, i);
            }
            slope = Normal(margins, label * Models, scale) - mean;
            size /= _rows;
        }

        // A negative slope would turn every prediction round; a separator that is worse than chance is worth nothing, not minus something.
        var total = QuadKernels.Load(_slopeCurvature) * _keep + curvature * bounded;
        Store(total, _slopeCurvature);
        var moved = QuadKernels.Load(_slope) + slope * bounded / (total + Vector256.Create(Prior));
        Store(Vector256.MinNative(Vector256.MaxNative(moved, default), Vector256.Create(SlopeMax)), _slope);
        var square = QuadKernels.Load(_square);
        square += (size - square) * Math.Max(1 / (1 + 0.05 * _age), 1e-3);
        Store(Vector256.MaxNative(square, Vector256.Create(1e-12)), _square);
        Rescale();
        _age = Math.Min(_age + 1, AgeMax);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_slope);
        writer.Write(_slopeCurvature);
        writer.Write(_square);
        writer.Write(_intercepts);
        writer.Write(_interceptCurvatures);
        writer.Write(_age);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadWithin(_slope, 0, SlopeMax);
        reader.ReadWithin(_slopeCurvature, 0, 1e18);
        reader.ReadWithin(_square, 1e-12, SquareMax * 10);
        reader.ReadWithin(_intercepts, -DistanceMax, DistanceMax);
        reader.ReadWithin(_interceptCurvatures, 0, 1e18);
        _age = reader.ReadWithin(0, AgeMax);
        Rescale();
    }

    private void Rescale() => Store(Vector256.Create(1.0) / Vector256.Sqrt(QuadKernels.Load(_square)), _scale);

    private void MoveIntercept(int i, Vector256<double> p, Vector256<double> error, double bounded)
    {
        var curvature = QuadKernels.Load(_interceptCurvatures.AsSpan(i)) * _keep + (p * (Vector256.Create(1.0) - p) + Vector256.Create(CurvatureFloor)) * bounded;
        Store(curvature, _interceptCurvatures.AsSpan(i));
        var moved = QuadKernels.Load(_intercepts.AsSpan(i)) + error * bounded / (curvature + Vector256.Create(Prior));
        Store(Vector256.MinNative(Vector256.MaxNative(moved, Vector256.Create(-DistanceMax)), Vector256.Create(DistanceMax)), _intercepts.AsSpan(i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Normal(ReadOnlySpan<double> margins, int i, Vector256<double> scale)
        => Vector256.MinNative(Vector256.MaxNative(QuadKernels.Load(margins[i..]) * scale, Vector256.Create(-MarginMax)), Vector256.Create(MarginMax));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Square(ReadOnlySpan<double> margins, int i)
    {
        var margin = QuadKernels.Load(margins[i..]);
        return Vector256.MinNative(margin * margin, Vector256.Create(SquareMax));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<double> four, Span<double> to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to.Length, Models);
        four.StoreUnsafe(ref MemoryMarshal.GetReference(to));
    }
}
