using Hone.Learning.Numerics;

namespace Hone.Trading.Sessions;

/// <summary>
/// Looks for look-ahead from outside: a session that is built beside a history whose future was truncated, poisoned or shuffled must emit
/// the same up to the cut. A component that peeks at the whole history (a label, a feature, a scaler, a cost model) is caught, because its session is built
/// with the changed one.
/// </summary>
/// <param name="build">Builds a new session beside a history; its observer is replaced.</param>
/// <param name="cuts">Cuts that are tried, 1 or more.</param>
/// <param name="seed">Seed of the cuts.</param>
public sealed class LeakProbe(Func<BarHistory, TradingSession> build, int cuts = 50, ulong seed = 1)
{
    /// <summary>Shorter histories are not probed: nothing is ready in them.</summary>
    public const int BarsMin = 8;

    private static readonly LeakProbeKind[] Futures = [LeakProbeKind.Truncated, LeakProbeKind.Poisoned, LeakProbeKind.Shuffled];

    /// <summary>Probes a history.</summary>
    /// <param name="history">At least 100 bars more than the warm-up makes the probes meaningful.</param>
    /// <param name="progress">Told the share that is done, 0…1.</param>
    /// <param name="cancel">Stops between two replays.</param>
    public LeakReport Run(BarHistory history, Action<double>? progress = null, CancellationToken cancel = default)
    {
        var bars = history.Bars.Length;
        var findings = new List<LeakFinding>();
        if (bars < BarsMin)
            return new LeakReport(bars, 0, 0, findings);
        var rng = new Rng(seed, "leak-probe");
        var truth = new LeakTrace(build(history), bars);
        var marketFills = new List<int>();
        for (var i = 0; i < bars; i++)
        {
            truth.Keep(i, history.Bars[i], history.ExtrasOf(i));
            if (truth.OpenFillsOf(i) != 0)
                marketFills.Add(i);
        }
        var probes = 0;
        for (var c = 0; c < cuts; c++)
        {
            // Cuts lie in the later three quarters: before, everything warms up.
            var cut = bars / 4 + rng.NextInt32(bars - bars / 4 - 1);
            foreach (var kind in Futures)
            {
                cancel.ThrowIfCancellationRequested();
                probes++;
                Add(findings, Replay(truth, Changed(history, cut, kind, ref rng), kind, cut));
            }
            if (marketFills.Count > 0)
            {
                cancel.ThrowIfCancellationRequested();
                probes++;
                Add(findings, ReplayFill(truth, history, marketFills[rng.NextInt32(marketFills.Count)]));
            }
            progress?.Invoke((c + 1.0) / cuts);
        }
        return new LeakReport(bars, cuts, probes, findings);
    }

    private static void Add(List<LeakFinding> findings, LeakFinding? found)
    {
        // A leak shows at nearly every cut; once is enough.
        if (found is not null && !findings.Exists(f => f.Kind == found.Kind && f.What == found.What))
            findings.Add(found);
    }

    private LeakFinding? Replay(LeakTrace truth, BarHistory history, LeakProbeKind kind, int cut)
    {
        var i = 0;
        try
        {
            var trace = new LeakTrace(build(history), 0);
            for (; i <= cut; i++)
                if (trace.Compare(truth, i, history.Bars[i], history.ExtrasOf(i)) is { } what)
                    return new LeakFinding(kind, cut, i, what);
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // With its own future it did not fail: something has looked for what is not there.
            return Failed(kind, cut, i, e);
        }
    }

    private LeakFinding? ReplayFill(LeakTrace truth, BarHistory history, int bar)
    {
        var i = 0;
        try
        {
            var moved = Moved(history, bar);
            var session = build(moved);
            for (; i <= bar; i++)
                session.On(moved.Bars[i], moved.ExtrasOf(i));
            return new LeakTrace(session, 0).OpenFills() != truth.OpenFillsOf(bar)
                ? new LeakFinding(LeakProbeKind.OpenFill, bar, bar, "a market fill at the open depends on the same bar's high, low or close")
                : null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Failed(LeakProbeKind.OpenFill, bar, i, e);
        }
    }

    private static LeakFinding Failed(LeakProbeKind kind, int cut, int bar, Exception e) => new(kind, cut, bar, $"the session fails on the changed history: {e.Message}");

    private static BarHistory Changed(BarHistory history, int cut, LeakProbeKind kind, ref Rng rng)
    {
        var columns = history.ExtraCount;
        if (kind == LeakProbeKind.Truncated)
            return new BarHistory(history.Bars[..(cut + 1)], history.Extras[..((cut + 1) * columns)], columns);
        var bars = history.Bars.ToArray();
        var extras = history.Extras.ToArray();
        if (kind == LeakProbeKind.Poisoned)
        {
            for (var i = cut + 1; i < bars.Length; i++)
                bars[i] = bars[i] with { Open = double.NaN, High = double.NaN, Low = double.NaN, Close = double.NaN, Volume = double.NaN };
            extras.AsSpan((cut + 1) * columns).Fill(double.NaN);
        }
        else
        {
            for (var i = bars.Length - 1; i > cut + 1; i--)
            {
                // Prices and extra columns move, stamps stay: time never goes back.
                var j = cut + 1 + rng.NextInt32(i - cut);
                var (a, b) = (bars[i], bars[j]);
                bars[i] = b with { CloseTimeUs = a.CloseTimeUs };
                bars[j] = a with { CloseTimeUs = b.CloseTimeUs };
                for (var c = 0; c < columns; c++)
                    (extras[i * columns + c], extras[j * columns + c]) = (extras[j * columns + c], extras[i * columns + c]);
            }
        }
        return new BarHistory(bars, extras, columns);
    }

    private static BarHistory Moved(BarHistory history, int index)
    {
        var bars = history.Bars.ToArray();
        var bar = bars[index];
        var top = Math.Max(bar.Open, bar.High) * 1.01;
        var bottom = Math.Min(bar.Open, bar.Low) * 0.99;
        bars[index] = bar with { High = top, Low = bottom, Close = bar.Close < bar.Open ? bar.Open + (top - bar.Open) / 2 : bar.Open - (bar.Open - bottom) / 2 };
        return history with { Bars = bars };
    }
}
