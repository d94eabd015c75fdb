using Hone.Adapters.Streams;
using Hone.Learning;
using Hone.Learning.Anomaly;
using Hone.Learning.State;

namespace Hone.Host.Streams;

/// <summary>One learner on its way through a stream: it predicts rows in order and learns every label as soon as it is known.</summary>
internal abstract class StreamLearner(StreamTable stream, LabelSchedule schedule, ISaved model)
{
    protected StreamTable Stream { get; } = stream;

    protected LabelSchedule Schedule { get; } = schedule;

    /// <summary>Labels learned so far.</summary>
    protected int Learned { get; set; }

    /// <summary>Numbers that it predicts for a row.</summary>
    public abstract int Outputs { get; }

    /// <summary>Whether it is there to be compared with.</summary>
    public bool IsBaseline => model is IBaseline;

    /// <summary>What it says about a limit that it has reached; null when it has not.</summary>
    public string? LimitReached => (model as ILimited)?.LimitReached;

    /// <summary>Goes through the rows from <paramref name="from"/> up to <paramref name="to"/>: predicts each, then learns what is known after it.</summary>
    /// <param name="from">First row; the one after the last block's.</param>
    /// <param name="to">Row after the last.</param>
    /// <param name="predictions">Receives the predictions, one row behind the other.</param>
    public abstract void Block(int from, int to, Memory<double> predictions);

    /// <summary>Hash of everything it knows.</summary>
    public string StateHash()
    {
        var writer = new StateWriter();
        model.Save(writer);
        return Learning.State.StateHash.Of(writer.Written);
    }
}

/// <summary>A learner of classes.</summary>
internal sealed class ClassifierOnStream(StreamTable stream, LabelSchedule schedule, IClassifier model, ILanes lanes) : StreamLearner(stream, schedule, model)
{
    private readonly IBlockClassifier? _parts = schedule.IsImmediate && lanes.Count > 1 ? model as IBlockClassifier : null;

    public override int Outputs => model.Classes;

    public override void Block(int from, int to, Memory<double> predictions)
    {
        var width = Stream.Features.Count;
        if (_parts is not null)
        {
            _parts.TestThenTrain(Stream.Values.AsMemory(from * width, (to - from) * width), Stream.Labels.AsMemory(from, to - from), predictions[..((to - from) * model.Classes)], lanes);
            return;
        }
        var labels = Stream.Labels;
        var rest = predictions.Span;
        if (Schedule.IsImmediate)
        {
            for (var t = from; t < to; t++, rest = rest[model.Classes..])
                model.TestThenTrain(Stream.Row(t), labels[t], rest[..model.Classes]);
            return;
        }
        for (var t = from; t < to; t++, rest = rest[model.Classes..])
        {
            model.Predict(Stream.Row(t), rest[..model.Classes]);
            for (var until = Schedule.Until(t); Learned < until; Learned++)
            {
                var row = Schedule.Row(Learned);
                model.Learn(Stream.Row(row), labels[row]);
            }
        }
    }
}

/// <summary>A learner of a number.</summary>
internal sealed class RegressorOnStream(StreamTable stream, LabelSchedule schedule, IRegressor model) : StreamLearner(stream, schedule, model)
{
    public override int Outputs => 1;

    public override void Block(int from, int to, Memory<double> predictions)
    {
        var targets = Stream.Targets;
        var numbers = predictions.Span;
        if (Schedule.IsImmediate)
        {
            for (var t = from; t < to; t++)
                numbers[t - from] = model.TestThenTrain(Stream.Row(t), targets[t]);
            return;
        }
        for (var t = from; t < to; t++)
        {
            numbers[t - from] = model.Predict(Stream.Row(t));
            for (var until = Schedule.Until(t); Learned < until; Learned++)
            {
                var row = Schedule.Row(Learned);
                model.Learn(Stream.Row(row), targets[row]);
            }
        }
    }
}

/// <summary>A detector of anomalies: it learns from the features alone, which are known at once whatever the labels do.</summary>
internal sealed class AnomalyOnStream(StreamTable stream, LabelSchedule schedule, IAnomalyDetector model) : StreamLearner(stream, schedule, model)
{
    public override int Outputs => 1;

    public override void Block(int from, int to, Memory<double> predictions)
    {
        var scores = predictions.Span;
        for (var t = from; t < to; t++)
        {
            scores[t - from] = model.Score(Stream.Row(t));
            model.Learn(Stream.Row(t));
        }
    }
}
