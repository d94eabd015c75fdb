using Hone.Learning.Sessions;
using Hone.Trading.Broker;
using Hone.Trading.Labels;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Bench;

/// <summary>
/// Three regimes with planted drifts: does the panel keep its edge where a frozen one loses it? Edge is the correlation of the panel's probability with the
/// return that the simulator's truth expects over the label's horizon. The adaptation phase after each drift is shown apart.
/// </summary>
internal static class DriftBench
{
    public static int Run(string[] arguments)
    {
        var regime = arguments.Length > 0 ? long.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture) : 500_000;
        ulong[] seeds = arguments.Length > 1 ? [.. arguments[1].Split(',').Select(ulong.Parse)] : [7, 8, 9];
        var phase = regime * 3 / 10;
        Console.WriteLine($"Three regimes of {regime:N0} hourly bars; adaptation phase: the first {phase:N0} bars of each. Edge: correlation with the expected 12-bar return.\n");
        var kept = new List<double[]>();
        foreach (var seed in seeds)
        {
            var options = new SimulatorOptions { Bars = 3 * regime, Seed = seed, DriftEveryBars = regime };
            var (bars, expected) = World.Simulate(options);
            Console.WriteLine($"### Seed {seed}\n");
            Console.WriteLine("| panel | edge, regime 1 | regime 2, adapting | regime 2 | regime 3, adapting | regime 3 | accuracy 1 | 2 | 3 |");
            Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
            var adaptive = Measure("adaptive", bars, expected, regime, phase, freezeAt: -1);
            var frozen = Measure("frozen after the first regime", bars, expected, regime, phase, freezeAt: regime);
            var reference = new double[3];
            reference[0] = adaptive.Edges[0];
            for (var r = 1; r < 3; r++)
            {
                // A panel that has never known another concept: what there is to be had in this regime.
                var part = Part(options, r, regime);
                reference[r] = Measure($"fresh, regime {r + 1} alone", part.Bars, part.Expected, regime, phase, -1, single: true).Edges[0];
            }
            Console.WriteLine();
            Console.WriteLine($"- edge kept against regime 1: regime 2 {adaptive.Edges[1] / adaptive.Edges[0]:P1}, regime 3 {adaptive.Edges[2] / adaptive.Edges[0]:P1}");
            Console.WriteLine($"- edge kept against a fresh panel on the same regime: regime 2 {adaptive.Edges[1] / reference[1]:P1}, regime 3 {adaptive.Edges[2] / reference[2]:P1}");
            kept.Add([adaptive.Edges[1] / adaptive.Edges[0], adaptive.Edges[2] / adaptive.Edges[0], adaptive.Edges[1] / reference[1], adaptive.Edges[2] / reference[2], frozen.Edges[1] / frozen.Edges[0], frozen.Edges[2] / frozen.Edges[0]]);
            for (var r = 1; r < 3; r++)
                Console.WriteLine($"- drift at bar {r * regime:N0}: first alarm or warning after {Text(adaptive.FirstAlarm[r])}; edge back above 80 % of regime {r + 1}'s own after {Text(adaptive.Recovered[r])}");
            Console.WriteLine($"- alarms of voting members outside the adaptation phases: {adaptive.FalseAlarms} ({adaptive.FalseAlarms * 10_000.0 / (3 * (regime - phase)):0.000} per 10,000 bars); swaps {adaptive.Swaps}, boosts {adaptive.Boosts}, lost votes {adaptive.Lost}\n");
        }
        double Mean(int column) => kept.Average(k => k[column]);
        Console.WriteLine($"### Mean of {kept.Count} seeds\n");
        Console.WriteLine("| | regime 2 | regime 3 |");
        Console.WriteLine("|---|---:|---:|");
        Console.WriteLine($"| edge kept, adaptive, against regime 1 | {Mean(0):P1} | {Mean(1):P1} |");
        Console.WriteLine($"| edge kept, adaptive, against a fresh panel on the same regime | {Mean(2):P1} | {Mean(3):P1} |");
        Console.WriteLine($"| edge kept, frozen, against regime 1 | {Mean(4):P1} | {Mean(5):P1} |");
        return 0;
    }

    private static string Text(long bars) => bars < 0 ? "never" : $"{bars:N0} bars";

    private static (Bar[] Bars, float[] Expected) Part(SimulatorOptions options, int index, long regime)
    {
        // The same world with its drift points moved to the start: concept `index` from (almost) the first bar on.
        var (bars, expected) = World.Simulate(options with { Bars = regime, DriftBars = [.. Enumerable.Range(1, index).Select(i => (long)i)] });
        return (bars, expected);
    }

    private static Outcome Measure(string name, Bar[] bars, float[] expected, long regime, long phase, long freezeAt, bool single = false)
    {
        var session = World.Session();
        var watcher = new Watcher(session, regime, phase);
        session.Observer = watcher;
        var settled = new Pairs[3];
        var adapting = new Pairs[3];
        var correct = new long[3];
        var counted = new long[3];
        // Edge in steps of 2 % of a regime, for the time to recovery.
        var step = Math.Max(1, regime / 50);
        var steps = new Pairs[bars.Length / step + 1];
        watcher.OnAnswered = (bar, right) =>
        {
            var r = Math.Min(2, (int)(bar / regime));
            counted[r]++;
            if (right)
                correct[r]++;
        };
        for (var i = 0; i < bars.Length; i++)
        {
            if (i == freezeAt)
                session.Learning.Frozen = true;
            session.On(bars[i]);
            if (!session.Asked)
                continue;
            var r = Math.Min(2, (int)(i / regime));
            var up = session.UpProbability();
            (i - r * regime < phase ? ref adapting[r] : ref settled[r]).Add(up, expected[i]);
            steps[i / step].Add(up, expected[i]);
        }
        double Accuracy(int r) => (double)correct[r] / Math.Max(1, counted[r]);
        if (single)
            Console.WriteLine($"| {name} | {settled[0].Correlation:0.000} | | | | | {Accuracy(0):P2} | | |");
        else
            Console.WriteLine($"| {name} | {settled[0].Correlation:0.000} | {adapting[1].Correlation:0.000} | {settled[1].Correlation:0.000} | {adapting[2].Correlation:0.000} | {settled[2].Correlation:0.000} | {Accuracy(0):P2} | {Accuracy(1):P2} | {Accuracy(2):P2} |");
        var recovered = new long[] { -1, -1, -1 };
        for (var r = 1; r < 3 && !single; r++)
            for (long s = 0; s < 50; s++)
                if (steps[(r * regime + s * step) / step].Correlation >= 0.8 * settled[r].Correlation)
                {
                    recovered[r] = (s + 1) * step;
                    break;
                }
        return new Outcome([.. settled.Select(p => p.Correlation)], recovered, watcher.FirstAlarm, watcher.FalseAlarms, watcher.Swaps, watcher.Boosts, watcher.Lost);
    }

    private sealed record Outcome(double[] Edges, long[] Recovered, long[] FirstAlarm, int FalseAlarms, int Swaps, int Boosts, int Lost);

    private sealed class Watcher(TradingSession session, long regime, long phase) : ITradingObserver
    {
        public long[] FirstAlarm { get; } = [-1, -1, -1];

        public int FalseAlarms { get; private set; }

        public int Swaps { get; private set; }

        public int Boosts { get; private set; }

        public int Lost { get; private set; }

        public Action<long, bool>? OnAnswered { get; set; }

        public void OnBar(TradingSession s, in Bar bar)
        {
        }

        public void OnAnswer(TradingSession s, in ReleasedLabel label, in Verdict verdict) => OnAnswered?.Invoke(label.Id, verdict.Correct);

        public void OnTrade(TradingSession s, in Trade trade, TradeEntry entry)
        {
        }

        public void OnDrift(in DriftEvent drift)
        {
            if (drift.Member is "input" or "no-change")
                return;
            Note();
            if (session.Bars % regime >= phase)
                FalseAlarms++;
        }

        public void OnAdaptation(in AdaptationEvent adaptation)
        {
            switch (adaptation.Action)
            {
                case "swap": Swaps++; break;
                case "rate-boost": Boosts++; break;
                case "lose-vote": Lost++; break;
                case "warn" when adaptation.Member != "input": Note(); break;
            }
        }

        private void Note()
        {
            var r = Math.Min(2, (int)(session.Bars / regime));
            if (FirstAlarm[r] < 0)
                FirstAlarm[r] = session.Bars - r * regime;
        }
    }
}
