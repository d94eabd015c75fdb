using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>
/// Turns the margin of a linear separator into a probability: sigmoid(slope · margin / its root mean square + intercept), with
/// both learned from every label. On noise the slope falls to 0 and the probability to the class's frequency.
/// </summary>
/// <remarks>
/// Platt, "Probabilistic outputs for support vector machines", 1999, here online: each coefficient moves by its gradient over
/// its own accumulated curvature (a diagonal Newton step), which is forgotten exponentially so that it can follow.
/// </remarks>
internal sealed class MarginCalibration(double memory) : ISaved
{
    private const double Prior = 10, MarginMax = 20, SlopeMax = 100;
    private double _slope;
    private double _intercept;
    private double _slopeCurvature;
    private double _interceptCurvature;
    private double _square = 1;
    private double _age;

    /// <summary>The log-odds for a margin.</summary>
    public double LogOdds(double margin) => _slope * Normalised(margin) + _intercept;

    /// <summary>Learns from the margin and the probability it was turned into, before the label was known.</summary>
    public void Learn(double margin, double probability, double target, double weight)
    {
        var normal = Normalised(margin);
        var keep = 1 - 1 / memory;
        var bounded = Math.Min(weight, 1);
        var curvature = bounded * (probability * (1 - probability) + 1e-3);
        _slopeCurvature = _slopeCurvature * keep + curvature * normal * normal;
        _interceptCurvature = _interceptCurvature * keep + curvature;
        var error = bounded * (target - probability);

        // A negative slope would turn every prediction round; a separator that is worse than chance is worth nothing, not minus something.
        _slope = Math.Min(Math.Max(_slope + normal * error / (Prior + _slopeCurvature), 0), SlopeMax);
        _intercept = Math.Min(Math.Max(_intercept + error / (Prior + _interceptCurvature), -Scores.DistanceMax), Scores.DistanceMax);
        var size = Math.Min(margin * margin, 1e200);
        _square = Math.Max(_square + (size - _square) * Math.Max(1 / (1 + 0.05 * _age), 1e-3), 1e-12);
        _age = Math.Min(_age + 1, 1e9);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_slope);
        writer.Write(_intercept);
        writer.Write(_slopeCurvature);
        writer.Write(_interceptCurvature);
        writer.Write(_square);
        writer.Write(_age);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _slope = reader.ReadWithin(0, SlopeMax);
        _intercept = reader.ReadWithin(-Scores.DistanceMax, Scores.DistanceMax);
        _slopeCurvature = reader.ReadWithin(0, 1e18);
        _interceptCurvature = reader.ReadWithin(0, 1e18);
        _square = reader.ReadWithin(1e-12, 1e201);
        _age = reader.ReadWithin(0, 1e9);
    }

    private double Normalised(double margin) => Math.Min(Math.Max(margin / Math.Sqrt(_square), -MarginMax), MarginMax);
}
