using System.Globalization;
using Hone.Adapters.Streams;

namespace Hone.Host.Streams;

/// <summary>What came of all learners on one stream, best first, with what they are compared with.</summary>
internal sealed record StreamResults
{
    /// <summary>The stream.</summary>
    public required StreamTable Stream { get; init; }

    /// <summary>When labels are known, in words.</summary>
    public required string Delay { get; init; }

    /// <summary>Labels that became known within the stream.</summary>
    public required int LabelsKnown { get; init; }

    /// <summary>What the trivial predictors get right.</summary>
    public required StreamBaselines Baselines { get; init; }

    /// <summary>One result per learner, in the order in which they were named.</summary>
    public required IReadOnlyList<LearnerResult> Results { get; init; }

    /// <summary>Seed of everything random.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads that a learner of parts may use.</summary>
    public required int Threads { get; init; }

    /// <summary>The command line as typed.</summary>
    public required string Command { get; init; }

    /// <summary>Whether classes are predicted.</summary>
    public bool IsClassification => Stream.Task == StreamTask.Classification;

    /// <summary>The results, the best first: by accuracy or mean absolute error, then by name; detectors of anomalies behind the learners, by AUC.</summary>
    public IReadOnlyList<LearnerResult> Ranked => [.. Results.OrderBy(Rank).ThenBy(r => r.Learner, StringComparer.Ordinal)];

    /// <summary>What should make its reader careful, one sentence each.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. LabelsKnown == 0 ? ["no label becomes known within the stream: nothing was learned"] : Array.Empty<string>(),
        .. Results.Where(r => r.LimitReached is not null).Select(r => $"{r.Learner}: {r.LimitReached}"),
    ];

    /// <summary>The accuracy of the label known last.</summary>
    public double AccuracyNoChange => Baselines.LastAccuracy;

    /// <summary>The accuracy of the most frequent label.</summary>
    public double AccuracyMajority => Baselines.FrequentAccuracy;

    /// <summary>How far an accuracy is above that of a baseline, 1 for perfect; NaN where the baseline is perfect itself.</summary>
    public static double Over(double accuracy, double baseline) => baseline < 1 ? (accuracy - baseline) / (1 - baseline) : double.NaN;

    /// <summary>The best of those that are judged by their predictions and are no baselines themselves; null where there is none.</summary>
    private LearnerResult? Best => Ranked.FirstOrDefault(r => !r.IsBaseline && r.Score is not AnomalyScore);

    /// <summary>Whether the best learner is better than both baselines; null where only baselines and detectors of anomalies ran.</summary>
    public bool? BeatsBaselines => Best?.Score switch
    {
        ClassesScore classes => classes.Score.Accuracy > Math.Max(AccuracyNoChange, AccuracyMajority),
        NumbersScore numbers => numbers.Mae < Math.Min(Baselines.Last, Baselines.Frequent),
        _ => null,
    };

    /// <summary>The sentence that says whether anything was learned.</summary>
    public string Verdict
    {
        get
        {
            string Share(double value) => value.ToString("P2", CultureInfo.InvariantCulture);
            string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
            if (Best is not { } best)
                return Results.Any(r => r.Score is AnomalyScore)
                    ? "Detectors of anomalies are judged by their AUC: 0.5 is chance."
                    : $"Only baselines ran: no-change is right in {Share(AccuracyNoChange)} of the rows, majority in {Share(AccuracyMajority)}.";
            if (best.Score is ClassesScore { Score.Accuracy: var accuracy })
            {
                var (name, baseline) = AccuracyNoChange >= AccuracyMajority ? ("no-change", AccuracyNoChange) : ("majority", AccuracyMajority);
                return BeatsBaselines == true
                    ? $"{best.Learner} is right in {Share(accuracy)} of the rows; the better baseline, {name}, in {Share(baseline)}."
                    : $"No learner is above {name}: {best.Learner} is right in {Share(accuracy)} of the rows, {name} in {Share(baseline)}.";
            }
            var mae = ((NumbersScore)best.Score).Mae;
            var (simple, error) = Baselines.Last <= Baselines.Frequent ? ("the last value", Baselines.Last) : ("the running mean", Baselines.Frequent);
            return BeatsBaselines == true
                ? $"{best.Learner} is off by {Number(mae)} on average; the better baseline, {simple}, by {Number(error)}."
                : $"No learner is better than {simple}: {best.Learner} is off by {Number(mae)} on average, {simple} by {Number(error)}.";
        }
    }

    private static double Rank(LearnerResult result) => result.Score switch
    {
        ClassesScore classes => -classes.Score.Accuracy,
        NumbersScore numbers => numbers.Mae,
        AnomalyScore anomalies => double.IsNaN(anomalies.Auc) ? 3 : 2 - anomalies.Auc,
        _ => double.PositiveInfinity,
    };
}
