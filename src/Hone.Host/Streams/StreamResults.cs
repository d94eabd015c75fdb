using System.Globalization;
using Hone.Adapters.Streams;

namespace Hone.Host.Streams;

/// <summary>What came of all learners on one stream, best first, with what they are compared with.</summary>
internal sealed record StreamResults
{
    private const double RoundingShare = 1e-9;
    private const double ColdShareMax = 0.25;
    private const int OverconfidentRowsMin = 500;

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

    /// <summary>Threads that were asked for.</summary>
    public int ThreadsWanted { get; init; } = 1;

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
        .. !IsClassification && LabelsKnown > 0 && BeatsBaselines == false && Baselines.Last <= Baselines.Frequent
            ? ["learners are given the features of a row and no earlier target, which here says more: put one that is known by then into a column"] : Array.Empty<string>(),
        .. ColdStart is { } cold ? [cold] : Array.Empty<string>(),
        .. Overconfident is { } overconfident ? [overconfident] : Array.Empty<string>(),
        .. ThreadsWanted > Threads ? ["--threads is not used: only where labels are known at once may parts of a learner run side by side"] : Array.Empty<string>(),
        .. Results.Where(r => r.LimitReached is not null).Select(r => $"{r.Learner}: {r.LimitReached}"),
    ];

    /// <summary>The accuracy of the label known last.</summary>
    public double AccuracyNoChange => Baselines.LastAccuracy;

    /// <summary>The accuracy of the most frequent label.</summary>
    public double AccuracyMajority => Baselines.FrequentAccuracy;

    /// <summary>Whether a learner is worse than the label or the target known last.</summary>
    public bool IsBelowLast(LearnerResult result) => result.Score switch
    {
        ClassesScore classes => classes.Score.Accuracy < AccuracyNoChange,
        NumbersScore numbers => IsNearer(Baselines.Last, numbers.Mae),
        _ => false,
    };

    /// <summary>How far an accuracy is above that of a baseline, 1 for perfect; NaN where the baseline is perfect itself.</summary>
    public static double Over(double accuracy, double baseline) => baseline < 1 ? (accuracy - baseline) / (1 - baseline) : double.NaN;

    /// <summary>The best of those that are judged by their predictions and are no baselines themselves; null where there is none.</summary>
    private LearnerResult? Best => Ranked.FirstOrDefault(r => !r.IsBaseline && r.Score is not AnomalyScore);

    /// <summary>Whether the best learner is better than both baselines; null where only baselines and detectors of anomalies ran.</summary>
    public bool? BeatsBaselines => Best?.Score switch
    {
        ClassesScore classes => classes.Score.Accuracy > Math.Max(AccuracyNoChange, AccuracyMajority),
        NumbersScore numbers => IsNearer(numbers.Mae, Math.Min(Baselines.Last, Baselines.Frequent)),
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
                return Results.Any(r => r.Score is AnomalyScore) ? "Detectors of anomalies are judged by their AUC: 0.5 is chance."
                    : !IsClassification ? $"Only baselines ran: the last value is off by {Number(Baselines.Last)} on average, the running mean by {Number(Baselines.Frequent)}."
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

    // Two ways to add up the same errors differ in their last digits.
    private static bool IsNearer(double error, double other) => error < other * (1 - RoundingShare);

    /// <summary>Predictions before any target is known are 0, which says nothing about a learner and may be most of its squared error.</summary>
    private string? ColdStart
    {
        get
        {
            if (LabelsKnown == 0 || Best?.Score is not NumbersScore { ColdShare: > ColdShareMax } numbers)
                return null;
            return string.Create(CultureInfo.InvariantCulture,
                $"{(numbers.ColdRows == 1 ? "the first row is" : $"the first {numbers.ColdRows:N0} rows are")} predicted before any target is known and {(numbers.ColdRows == 1 ? "makes" : "make")} {numbers.ColdShare:P0} of the squared error of {Best.Learner}: RMSE and R² say little here");
        }
    }

    /// <summary>Learners whose probabilities cost more than no opinion would.</summary>
    private string? Overconfident
    {
        get
        {
            // The first rows cost every learner much: of a short stream this says nothing.
            if (!IsClassification || Stream.Rows < OverconfidentRowsMin)
                return null;
            var even = Math.Log(Stream.Classes.Count);
            string[] names = [.. Ranked.Where(r => !r.IsBaseline && r.Score is ClassesScore { Score.LogLoss: var loss } && loss > even).Select(r => r.Learner)];
            return names.Length == 0 ? null : string.Create(CultureInfo.InvariantCulture,
                $"log-loss above {even:0.0000}, that of equal probabilities for all classes: {string.Join(", ", names)}; they are too sure of themselves, so calibrate before you size bets with them");
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
