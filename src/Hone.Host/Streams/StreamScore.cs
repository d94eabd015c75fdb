using Hone.Adapters.Streams;
using Hone.Learning.Calibration;
using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;

namespace Hone.Host.Streams;

/// <summary>How good the predictions of one learner on a stream were. NaN is a figure that does not exist.</summary>
internal abstract class StreamScore(StreamTable stream)
{
    protected StreamTable Stream { get; } = stream;

    /// <summary>What the last row cost: 0 or 1 for classes, the absolute error for numbers; NaN where a single row says nothing.</summary>
    public double Loss { get; protected set; } = double.NaN;

    /// <summary>Predicted probabilities against what came true; null where nothing is a probability.</summary>
    public virtual ReliabilityDiagram? Reliability => null;

    /// <summary>Takes the prediction of the next row and its label.</summary>
    /// <returns>The score for a conformal method, or NaN without one.</returns>
    public abstract double Add(int row, ReadOnlySpan<double> prediction, CoverageScore? coverage);
}

/// <summary>The score of class probabilities.</summary>
internal sealed class ClassesScore(StreamTable stream) : StreamScore(stream)
{
    private readonly MultiClassAuc _auc = new(stream.Classes.Count);
    private readonly bool[] _seen = new bool[stream.Classes.Count];

    public ClassificationScore Score { get; } = new(stream.Classes.Count);

    public override ReliabilityDiagram Reliability { get; } = new();

    /// <summary>Area under the ROC curve of class 1; of more than two classes the mean over those that came up, each against the rest.</summary>
    public double Auc => _seen.Count(s => s) > 1 ? _auc.Value : double.NaN;

    public override double Add(int row, ReadOnlySpan<double> prediction, CoverageScore? coverage)
    {
        var label = Stream.Labels[row];
        var score = Score.Add(prediction, label);
        Loss = score.Predicted == label ? 0 : 1;
        _seen[label] = true;
        _auc.Add(prediction, label);
        if (prediction.Length == 2)
            Reliability.Add(prediction[1], label == 1);
        else
            Reliability.Add(score.Confidence, score.Predicted == label);
        return coverage?.AddClasses(prediction, label) ?? double.NaN;
    }
}

/// <summary>The score of numbers.</summary>
internal sealed class NumbersScore(StreamTable stream, LabelSchedule schedule) : StreamScore(stream)
{
    private double _coldSquared;

    private Welford _targets;
    private Welford _absolute;
    private Welford _squared;

    /// <summary>Mean absolute error.</summary>
    public double Mae => _absolute.Mean;

    /// <summary>Rows that are predicted before any target is known.</summary>
    public int ColdRows { get; private set; }

    /// <summary>Their share of the squared error.</summary>
    public double ColdShare => _coldSquared > 0 ? _coldSquared / (_squared.Mean * _squared.Weight) : 0;

    /// <summary>Root of the mean squared error.</summary>
    public double Rmse => Math.Sqrt(_squared.Mean);

    /// <summary>One minus the squared error over that of the targets' own mean; NaN where the targets do not vary.</summary>
    public double R2 => _targets.Variance > 0 ? 1 - _squared.Mean / _targets.Variance : double.NaN;

    public override double Add(int row, ReadOnlySpan<double> prediction, CoverageScore? coverage)
    {
        if (!double.IsFinite(prediction[0]))
            throw new ArgumentOutOfRangeException(nameof(prediction), prediction[0], "A predicted number is finite.");
        var target = Stream.Targets[row];
        var error = Math.Abs(target - prediction[0]);
        Loss = error;
        _targets.Add(target);
        _absolute.Add(error);
        _squared.Add(error * error);
        if (row == 0 || schedule.Until(row - 1) == 0)
        {
            ColdRows++;
            _coldSquared += error * error;
        }
        return coverage?.AddNumber(prediction[0], target) ?? double.NaN;
    }
}

/// <summary>The score of how unlike the others a row is: the higher of two classes should be the more unlike.</summary>
internal sealed class AnomalyScore(StreamTable stream) : StreamScore(stream)
{
    private readonly AucScore _auc = new();
    private long _positives;

    /// <summary>Area under the ROC curve of class 1.</summary>
    public double Auc => _positives > 0 && _positives < Stream.Rows ? _auc.Value : double.NaN;

    public override double Add(int row, ReadOnlySpan<double> prediction, CoverageScore? coverage)
    {
        _auc.Add(prediction[0], Stream.Labels[row]);
        _positives += Stream.Labels[row];
        return double.NaN;
    }
}
