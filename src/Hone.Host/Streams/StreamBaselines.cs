using Hone.Adapters.Streams;
using Hone.Learning.Numerics;

namespace Hone.Host.Streams;

/// <summary>
/// What the two trivial predictors of a stream get right, row by row, knowing no label before the schedule gives it out: the label known
/// last and the most frequent one; for numbers the target known last and the mean of those known. Before any label they say class 0 or the number 0, as learners do;
/// among equally frequent classes the lowest wins.
/// </summary>
internal sealed class StreamBaselines
{
    private StreamBaselines(double[] lastLoss, double[] frequentLoss) => (LastLoss, FrequentLoss) = (lastLoss, frequentLoss);

    /// <summary>Loss of the label known last: 0 or 1 for classes, the absolute error for numbers.</summary>
    public double[] LastLoss { get; }

    /// <summary>Loss of the most frequent label, or of the mean.</summary>
    public double[] FrequentLoss { get; }

    /// <summary>Mean loss of the label known last.</summary>
    public double Last => Sum(LastLoss) / LastLoss.Length;

    /// <summary>Mean loss of the most frequent label, or of the mean.</summary>
    public double Frequent => Sum(FrequentLoss) / FrequentLoss.Length;

    /// <summary>Share of the rows in which the label known last was right, of classes.</summary>
    public double LastAccuracy => (LastLoss.Length - Sum(LastLoss)) / LastLoss.Length;

    /// <summary>Share of the rows in which the most frequent label was right.</summary>
    public double FrequentAccuracy => (FrequentLoss.Length - Sum(FrequentLoss)) / FrequentLoss.Length;

    /// <summary>Goes through a stream once.</summary>
    public static StreamBaselines Of(StreamTable stream, LabelSchedule schedule)
        => stream.Task == StreamTask.Classification ? OfClasses(stream, schedule) : OfNumbers(stream, schedule);

    private static StreamBaselines OfClasses(StreamTable stream, LabelSchedule schedule)
    {
        double[] last = new double[stream.Rows], frequent = new double[stream.Rows];
        var counts = new long[stream.Classes.Count];
        int newest = 0, most = 0, known = 0;
        for (var t = 0; t < stream.Rows; t++)
        {
            last[t] = newest == stream.Labels[t] ? 0 : 1;
            frequent[t] = most == stream.Labels[t] ? 0 : 1;
            for (var until = schedule.Until(t); known < until; known++)
            {
                newest = stream.Labels[schedule.Row(known)];
                var count = ++counts[newest];
                if (count > counts[most] || (count == counts[most] && newest < most))
                    most = newest;
            }
        }
        return new(last, frequent);
    }

    private static StreamBaselines OfNumbers(StreamTable stream, LabelSchedule schedule)
    {
        double[] last = new double[stream.Rows], mean = new double[stream.Rows];
        var seen = default(Welford);
        double newest = 0;
        var known = 0;
        for (var t = 0; t < stream.Rows; t++)
        {
            last[t] = Math.Abs(stream.Targets[t] - newest);
            mean[t] = Math.Abs(stream.Targets[t] - seen.Mean);
            for (var until = schedule.Until(t); known < until; known++)
            {
                newest = stream.Targets[schedule.Row(known)];
                seen.Add(newest);
            }
        }
        return new(last, mean);
    }

    private static double Sum(double[] values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum;
    }
}
