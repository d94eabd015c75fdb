using Hone.Learning.State;

namespace Hone.Learning.Calibration;

/// <summary>Maps a binary probability to one that holds in the long run, and learns the map from outcomes.</summary>
public interface ICalibrator : ISaved
{
    /// <summary>The calibrated probability, in (0, 1) and finite for every input in [0, 1]. Changes nothing.</summary>
    double Apply(double probability);

    /// <summary>Learns from one outcome (1 or 0) of a prediction that was made with the raw probability.</summary>
    void Learn(double probability, int outcome, double weight = 1.0);

    /// <summary>Back to the identity.</summary>
    void Reset();
}
