using System.Diagnostics;
using Hone.Adapters.Streams;
using Hone.Learning.Drift;

namespace Hone.Host.Streams;

/// <summary>
/// Progressive validation of one learner: predict, score, then learn. The same loop runs twice on fresh learners, once scored and
/// once timed, and both must end in the same state.
/// </summary>
/// <param name="stream">The stream.</param>
/// <param name="schedule">When labels are known.</param>
/// <param name="warmUpSeconds">Seconds that other copies of the learner run before one is timed.</param>
/// <param name="progress">Is told the share that is done.</param>
/// <param name="cancel">Stops it between two blocks.</param>
internal sealed class StreamEvaluation(StreamTable stream, LabelSchedule schedule, double warmUpSeconds, Action<double> progress, CancellationToken cancel)
{
    /// <summary>Rows that a learner of parts takes at once, and between two looks at the clock.</summary>
    public const int BlockRows = 256;

    private const double RepeatSeconds = 0.5;
    private const int RepeatsMax = 5;

    /// <summary>Evaluates one learner.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">Its options as given.</param>
    /// <param name="make">Makes a fresh one.</param>
    /// <param name="score">An empty score.</param>
    /// <param name="detector">Watches its losses; null where it has none.</param>
    /// <param name="coverage">Runs beside it; null for nothing.</param>
    /// <param name="allThreads">Whether other threads than the calling one work for it.</param>
    public LearnerResult Run(string name, string options, Func<StreamLearner> make, StreamScore score, (string Name, IDriftDetector Detector)? detector, CoverageScore? coverage, bool allThreads)
    {
        var drifts = detector is { } d ? new DriftWatch(d.Name, d.Detector, isScaled: stream.Task == StreamTask.Regression) : null;
        var scored = make();
        var predictions = new double[BlockRows * scored.Outputs];
        var losses = new double[stream.Rows];
        var warm = Scored(name, scored, predictions, score, losses, drifts, coverage);
        WarmUp(make, predictions, warmUpSeconds - warm);
        var (seconds, loopBytes, memoryBytes, hash) = Timed(make, predictions, allThreads);
        var scoredHash = scored.StateHash();
        if (hash != scoredHash)
            throw new Cli.VerbException($"{name}: two passes over the same rows end in the states {scoredHash} and {hash}; results of this learner cannot be trusted. This is a defect of the learner.", 1);
        return new()
        {
            Learner = name,
            IsBaseline = scored.IsBaseline,
            Options = options,
            Score = score,
            Curve = score is AnomalyScore ? null : new LearningCurve(stream.Rows).Means(losses),
            Coverage = coverage,
            Seconds = seconds,
            AllocatedBytesPerInstance = (double)loopBytes / stream.Rows,
            MemoryBytes = memoryBytes,
            Drifts = drifts?.Drifts ?? [],
            StateHash = hash,
            LimitReached = scored.LimitReached,
        };
    }

    /// <summary>The pass that is scored.</summary>
    /// <returns>Seconds that the learner itself took.</returns>
    private double Scored(string name, StreamLearner learner, double[] predictions, StreamScore score, double[] losses, DriftWatch? drifts, CoverageScore? coverage)
    {
        var conformal = coverage is null ? [] : new double[stream.Rows];
        var known = 0;
        long ticks = 0;
        for (var from = 0; from < stream.Rows; from += BlockRows)
        {
            cancel.ThrowIfCancellationRequested();
            var to = Math.Min(from + BlockRows, stream.Rows);
            var start = Stopwatch.GetTimestamp();
            learner.Block(from, to, predictions);
            ticks += Stopwatch.GetTimestamp() - start;
            for (var t = from; t < to; t++)
            {
                try
                {
                    var value = score.Add(t, predictions.AsSpan((t - from) * learner.Outputs, learner.Outputs), coverage);
                    losses[t] = score.Loss;
                    if (coverage is not null)
                        conformal[t] = value;
                }
                catch (ArgumentOutOfRangeException e)
                {
                    throw new Cli.VerbException($"{name}: its prediction for row {t} is none: {e.Message.ReplaceLineEndings(" ")} This is a defect of the learner.", 1);
                }
                for (var until = schedule.Until(t); known < until; known++)
                {
                    var row = schedule.Row(known);
                    drifts?.Add(t, losses[row]);
                    coverage?.Know(conformal[row]);
                }
            }
            progress(0.5 * to / stream.Rows);
        }
        return Stopwatch.GetElapsedTime(0, ticks).TotalSeconds;
    }

    private void WarmUp(Func<StreamLearner> make, double[] predictions, double seconds)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            var learner = make();
            for (var from = 0; from < stream.Rows && watch.Elapsed.TotalSeconds < seconds; from += BlockRows)
            {
                cancel.ThrowIfCancellationRequested();
                learner.Block(from, Math.Min(from + BlockRows, stream.Rows), predictions);
            }
        }
    }

    /// <summary>The passes that are timed: several of a fast learner, whose median counts, because a millisecond alone says little.</summary>
    private (double Seconds, long LoopBytes, long MemoryBytes, string Hash) Timed(Func<StreamLearner> make, double[] predictions, bool allThreads)
    {
        List<(double Seconds, long LoopBytes, long MemoryBytes)> passes = [];
        var hash = "";
        var total = 0.0;
        do
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var before = Allocated(allThreads);
            var learner = make();
            var built = Allocated(allThreads);
            long ticks = 0, progressBytes = 0;
            for (var from = 0; from < stream.Rows; from += BlockRows)
            {
                cancel.ThrowIfCancellationRequested();
                var to = Math.Min(from + BlockRows, stream.Rows);
                var start = Stopwatch.GetTimestamp();
                learner.Block(from, to, predictions);
                ticks += Stopwatch.GetTimestamp() - start;
                if (passes.Count > 0 || from / BlockRows % 64 != 63)
                    continue;
                var said = GC.GetAllocatedBytesForCurrentThread();
                progress(0.5 + 0.5 * to / stream.Rows);
                progressBytes += GC.GetAllocatedBytesForCurrentThread() - said;
            }
            var after = Allocated(allThreads) - progressBytes;
            passes.Add((Stopwatch.GetElapsedTime(0, ticks).TotalSeconds, after - built, after - before));
            hash = learner.StateHash();
            total += passes[^1].Seconds;
        }
        while (passes.Count < RepeatsMax && (total < RepeatSeconds || passes.Count % 2 == 0));
        passes.Sort((a, b) => a.Seconds.CompareTo(b.Seconds));
        // A collection that somebody else starts makes the runtime count a rest of memory as allocated: the least is what the loop itself took.
        return (passes[passes.Count / 2].Seconds, passes.Min(p => p.LoopBytes), passes.Min(p => p.MemoryBytes), hash);
    }

    private static long Allocated(bool allThreads) => allThreads ? GC.GetTotalAllocatedBytes(precise: true) : GC.GetAllocatedBytesForCurrentThread();
}
