namespace Hone.Learning.Conformal;

/// <summary>The interval around a predicted number that a conformal bound allows. Its score is |target − prediction|.</summary>
/// <param name="Prediction">What was predicted.</param>
/// <param name="Bound">The bound of an <see cref="IConformal"/>: half the width; infinite where everything, below 0 where nothing is inside.</param>
public readonly record struct PredictionInterval(double Prediction, double Bound)
{
    /// <summary>Lower end; above <see cref="High"/> where nothing is inside.</summary>
    public double Low => Prediction - Bound;

    /// <summary>Upper end.</summary>
    public double High => Prediction + Bound;

    /// <summary>Whether nothing is inside.</summary>
    public bool IsEmpty => !(Bound >= 0);

    /// <summary>Upper less lower end; 0 where nothing is inside.</summary>
    public double Width => IsEmpty ? 0 : 2 * Bound;

    /// <summary>Whether a target is covered: its score is at most the bound.</summary>
    public bool Contains(double target) => Score(Prediction, target) <= Bound;

    /// <summary>What an <see cref="IConformal"/> is told of an outcome: |target − prediction|.</summary>
    public static double Score(double prediction, double target) => Math.Abs(target - prediction);
}
