using Hone.Learning.Drift;

namespace Hone.Host.Streams;

/// <summary>A change in the losses of a learner.</summary>
/// <param name="Row">The row, counted from 0, after whose prediction the label was known that gave the alarm.</param>
/// <param name="Detector">The detector's name.</param>
/// <param name="Statistic">Its statistic, in its own unit.</param>
internal readonly record struct StreamDrift(int Row, string Detector, double Statistic);

/// <summary>Watches the losses of a learner in the order in which they become known: errors as 0 or 1, absolute errors of numbers on a scale from the first of them.</summary>
internal sealed class DriftWatch(string name, IDriftDetector detector, bool isScaled)
{
    private readonly LossScaler? _scaler = isScaled ? new(new LossScalerOptions()) : null;
    private readonly List<StreamDrift> _drifts = [];

    public IReadOnlyList<StreamDrift> Drifts => _drifts;

    public void Add(int row, double loss)
    {
        if (_scaler is not null && !_scaler.TryScale(loss, out loss))
            return;
        if (detector.Update(loss) != DriftLevel.Drift)
            return;
        _drifts.Add(new(row, name, detector.Statistic));
        // The world has changed, and with it what a usual error is.
        _scaler?.Reset();
    }
}
