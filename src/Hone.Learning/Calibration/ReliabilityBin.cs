namespace Hone.Learning.Calibration;

/// <summary>One bin of a reliability diagram.</summary>
/// <param name="Count">Predictions in it.</param>
/// <param name="Confidence">Mean predicted probability.</param>
/// <param name="Frequency">Share that came true.</param>
/// <param name="NullLow">Lower end of the interval in which a perfectly calibrated model's share lies in 95 of 100 cases.</param>
/// <param name="NullHigh">Upper end of the interval.</param>
public readonly record struct ReliabilityBin(long Count, double Confidence, double Frequency, double NullLow, double NullHigh)
{
    /// <summary>Whether the share is outside the interval.</summary>
    public bool Off => Frequency < NullLow || Frequency > NullHigh;
}

/// <summary>Expected calibration error with what a perfectly calibrated model would show.</summary>
/// <param name="Value">Σ n_b/n·|share − confidence| over bins of equal mass.</param>
/// <param name="NullMean">Its mean for a perfectly calibrated model with the same predictions: never 0, and above 0.02 for fewer than about 5,000 outcomes.</param>
/// <param name="NullHigh">What a perfectly calibrated model exceeds in 5 of 100 cases.</param>
public readonly record struct CalibrationError(double Value, double NullMean, double NullHigh)
{
    /// <summary>Whether the error is more than chance explains.</summary>
    public bool Significant => Value > NullHigh;
}
