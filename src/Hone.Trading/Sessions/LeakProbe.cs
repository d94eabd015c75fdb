using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Trading.Broker;
using Hone.Trading.Market;

namespace Hone.Trading.Sessions;

/// <summary>Bars with their extra columns, in memory.</summary>
/// <param name="Bars">The bars.</param>
/// <param name="Extras">Extra columns, bar by bar; empty without any.</param>
/// <param name="ExtraCount">Extra columns per bar.</param>
public sealed record BarHistory(Bar[] Bars, double[] Extras, int ExtraCount)
{
    /// <summary>A history without extra columns.</summary>
    public BarHistory(Bar[] bars)
        : this(bars, [], 0)
    {
    }

    /// <summary>Extra columns of one bar.</summary>
    public ReadOnlySpan<double> ExtrasOf(int bar) => Extras.AsSpan(bar * ExtraCount, ExtraCount);
}

/// <summary>What was done to the future.</summary>
public enum LeakProbeKind
{
    /// <summary>Bars after the cut do not exist.</summary>
    Truncated,

    /// <summary>Bars after the cut are NaN.</summary>
    Poisoned,

    /// <summary>Bars after the cut are in another order.</summary>
    Shuffled,

    /// <summary>High, low and close of one bar are changed: no market fill at its open may move.</summary>
    OpenFill,
}

/// <summary>A leak that was found.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="CutBar">Last bar that was left as it is, or the bar that was changed.</param>
/// <param name="Bar">First bar whose emissions differ.</param>
/// <param name="What">What differs: a feature by name, the prediction, a fill.</param>
public sealed record LeakFinding(LeakProbeKind Kind, int CutBar, int Bar, string What);

/// <summary>Result of all probes.</summary>
/// <param name="Bars">Bars of the history.</param>
/// <param name="Cuts">Cuts that were tried.</param>
/// <param name="Probes">Replays that were compared.</param>
/// <param name="Findings">Leaks; empty when none was found.</param>
public sealed record LeakReport(int Bars, int Cuts, int Probes, IReadOnlyList<LeakFinding> Findings)
{
    /// <summary>Whether nothing leaks.</summary>
    public bool Holds => Findings.Count == 0;
}

/// <summary>
/// Looks for look-ahead from outside: a session that is built beside a history whose future was truncated, poisoned or shuffled must emit
/// the same up to the cut. A component that peeks at the whole history (a label, a feature, a scaler, a cost model) is caught, because its session is built
/// with the changed one.
/// </summary>
public sealed class LeakProbe(Func<BarHistory, TradingSession> build, int cuts = 50, ulong seed = 1)
{
    /// <summary>Leaks that are described; further ones are only counted by the probe stopping.</summary>
    public const int FindingsMax = 20;

    /// <summary>Probes a history.</summary>
    /// <param name="history">At least 100 bars more than the warm-up makes the probes meaningful.</param>
    /// <param name="progress">Told the share that is done, 0…1.</param>
    /// <param name="cancel">Stops between two replays.</param>
    public LeakReport Run(BarHistory history, Action<double>? progress = null, CancellationToken cancel = default)
    {
        var bars = history.Bars.Length;
        var findings = new List<LeakFinding>();
        var rng = new Rng(seed, "leak-probe");
        var truth = Record(history, bars, keepFeatures: true);
        var marketFills = new List<int>();
        for (var i = 0; i < bars; i++)
            if (truth.FillsAtOpen[i] != 0)
                marketFills.Add(i);
        var probes = 0;
        for (var c = 0; c < cuts && findings.Count < FindingsMax; c++)
        {
            // Cuts lie in the later three quarters: before, everything warms up.
            var cut = bars / 4 + rng.NextInt32(Math.Max(1, bars - bars / 4 - 1));
            foreach (var kind in (LeakProbeKind[])[LeakProbeKind.Truncated, LeakProbeKind.Poisoned, LeakProbeKind.Shuffled])
            {
                cancel.ThrowIfCancellationRequested();
                probes++;
                Compare(truth, Record(Changed(history, cut, kind, ref rng), cut + 1, keepFeatures: true), kind, cut, cut + 1, findings);
            }
            if (marketFills.Count > 0)
            {
                cancel.ThrowIfCancellationRequested();
                probes++;
                var bar = marketFills[rng.NextInt32(marketFills.Count)];
                var moved = Record(Moved(history, bar), bar + 1, keepFeatures: false);
                if (moved.FillsAtOpen[bar] != truth.FillsAtOpen[bar])
                    findings.Add(new LeakFinding(LeakProbeKind.OpenFill, bar, bar, "a market fill at the open depends on the same bar's high, low or close"));
            }
            progress?.Invoke((c + 1.0) / cuts);
        }
        return new LeakReport(bars, cuts, probes, findings);
    }

    private Recording Record(BarHistory history, int count, bool keepFeatures)
    {
        var session = build(history);
        var features = session.Features.Values.Length;
        var recording = new Recording(
            [.. session.Features.Schema.Features.Select(f => f.Name)], new string[count], new ulong[count], keepFeatures ? new double[count * features] : []);
        for (var i = 0; i < count; i++)
        {
            session.On(history.Bars[i], history.ExtrasOf(i));
            recording.Emissions[i] = session.EmissionHash;
            recording.FillsAtOpen[i] = FillsAtOpen(session);
            if (keepFeatures)
                session.Features.Values.CopyTo(recording.Features.AsSpan(i * features));
        }
        return recording;
    }

    private static ulong FillsAtOpen(TradingSession session)
    {
        var chain = new HashChain();
        var any = false;
        foreach (ref readonly var fill in session.Real.Broker.Fills)
        {
            if (fill.Kind != OrderKind.Market)
                continue;
            chain.Add(fill.Price);
            chain.Add(fill.Quantity);
            any = true;
        }
        return any ? Convert.ToUInt64(chain.ToString()[..16], 16) | 1 : 0;
    }

    private static void Compare(Recording truth, Recording probe, LeakProbeKind kind, int cut, int count, List<LeakFinding> findings)
    {
        var features = truth.Names.Length;
        for (var i = 0; i < count; i++)
        {
            for (var f = 0; f < features; f++)
            {
                var (a, b) = (truth.Features[i * features + f], probe.Features[i * features + f]);
                if (BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b) || double.IsNaN(a) && double.IsNaN(b))
                    continue;
                findings.Add(new LeakFinding(kind, cut, i, $"the feature '{truth.Names[f]}'"));
                return;
            }
            if (truth.Emissions[i] == probe.Emissions[i])
                continue;
            findings.Add(new LeakFinding(kind, cut, i, "what the session emits (labels, predictions, signals, fills)"));
            return;
        }
    }

    private static BarHistory Changed(BarHistory history, int cut, LeakProbeKind kind, ref Rng rng)
    {
        if (kind == LeakProbeKind.Truncated)
            return new BarHistory(history.Bars[..(cut + 1)], history.Extras[..((cut + 1) * history.ExtraCount)], history.ExtraCount);
        var bars = history.Bars.ToArray();
        var extras = history.Extras.ToArray();
        if (kind == LeakProbeKind.Poisoned)
        {
            for (var i = cut + 1; i < bars.Length; i++)
                bars[i] = bars[i] with { Open = double.NaN, High = double.NaN, Low = double.NaN, Close = double.NaN, Volume = double.NaN };
            extras.AsSpan((cut + 1) * history.ExtraCount).Fill(double.NaN);
        }
        else
        {
            for (var i = bars.Length - 1; i > cut + 1; i--)
            {
                // Prices move, stamps stay: time never goes back.
                var j = cut + 1 + rng.NextInt32(i - cut);
                var (a, b) = (bars[i], bars[j]);
                bars[i] = b with { CloseTimeUs = a.CloseTimeUs };
                bars[j] = a with { CloseTimeUs = b.CloseTimeUs };
            }
        }
        return new BarHistory(bars, extras, history.ExtraCount);
    }

    private static BarHistory Moved(BarHistory history, int index)
    {
        var bars = history.Bars.ToArray();
        var bar = bars[index];
        var top = Math.Max(bar.Open, bar.High) * 1.01;
        var bottom = Math.Min(bar.Open, bar.Low) * 0.99;
        bars[index] = bar with { High = top, Low = bottom, Close = bar.Close < bar.Open ? bar.Open + (top - bar.Open) / 2 : bar.Open - (bar.Open - bottom) / 2 };
        return new BarHistory(bars, history.Extras, history.ExtraCount);
    }

    private sealed record Recording(string[] Names, string[] Emissions, ulong[] FillsAtOpen, double[] Features);
}
