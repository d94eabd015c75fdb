using System.Diagnostics;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Bench;

/// <summary>The whole loop: bars per second on one core, allocation per bar, and whether cost and memory grow with history.</summary>
internal static class LoopBench
{
    public static int Run(string[] arguments)
    {
        var repeats = arguments.Length > 0 ? int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture) : 5;
        Console.WriteLine($"CPU: {World.Cpu()}, one core; median of {repeats}\n");
        Console.WriteLine("| panel | bars | bars/s (median) | best | bytes/bar, later half |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        // Minutes, so that the one thing that grows (three records of a number a day) does not hide what a bar allocates.
        var (bars, _) = World.Simulate(new SimulatorOptions { Bars = 400_000, Seed = 3, StepMinutes = 1 });
        Measure("logistic-regression, passive-aggressive, no-change (default)", World.Panel("logistic-regression", "passive-aggressive", "no-change"), bars, repeats);
        Measure("default + mlp", World.Panel("logistic-regression", "passive-aggressive", "mlp", "no-change"), bars, repeats);

        Console.WriteLine("\nGrowth with history (default panel, fresh bars as they come):\n");
        Console.WriteLine("| bars so far | bars/s since the line before | working set, MiB |");
        Console.WriteLine("|---:|---:|---:|");
        var simulator = new MarketSimulator(new SimulatorOptions { Bars = 10_000_000, Seed = 4, StepMinutes = 1, DriftEveryBars = 500_000 });
        var session = World.Session(stepMinutes: 1);
        var watch = new Stopwatch();
        long done = 0, lineAt = 0;
        while (simulator.TryNext(out var bar, out _))
        {
            watch.Start();
            session.On(bar);
            watch.Stop();
            if (++done % 1_000_000 != 0 && done != 100_000)
                continue;
            using var process = Process.GetCurrentProcess();
            Console.WriteLine($"| {done:N0} | {(done - lineAt) / watch.Elapsed.TotalSeconds:N0} | {process.WorkingSet64 / 1048576.0:N0} |");
            lineAt = done;
            watch.Reset();
        }
        return 0;
    }

    private static void Measure(string name, SessionSetup setup, Bar[] bars, int repeats)
    {
        var speeds = new List<double>();
        double allocated = 0;
        for (var r = 0; r <= repeats; r++)
        {
            var session = World.Session(setup, stepMinutes: 1);
            var watch = Stopwatch.StartNew();
            long before = 0;
            for (var i = 0; i < bars.Length; i++)
            {
                if (i == bars.Length / 2)
                    before = GC.GetAllocatedBytesForCurrentThread();
                session.On(bars[i]);
            }
            watch.Stop();
            allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / (bars.Length / 2.0);
            // The first round warms up the JIT.
            if (r > 0)
                speeds.Add(bars.Length / watch.Elapsed.TotalSeconds);
        }
        Console.WriteLine($"| {name} | {bars.Length:N0} | {World.Median(speeds):N0} | {speeds.Max():N0} | {allocated:0.00} |");
    }
}
