using System.Diagnostics;
using Hone.Learning;
using Hone.Learning.Drift;
using Hone.Trading;
using Hone.Trading.Features;
using Hone.Trading.Market;

namespace Hone.Bench;

/// <summary>What the parts of a bar cost.</summary>
internal static class PartsBench
{
    private const int Rows = 200_000;

    public static int Run()
    {
        Console.WriteLine($"CPU: {World.Cpu()}, one core; median of 7\n");
        Console.WriteLine("| part | ns | bytes |");
        Console.WriteLine("|---|---:|---:|");
        var (bars, _) = World.Simulate(new SimulatorOptions { Bars = Rows, Seed = 3 });
        var engine = new FeatureEngine(TradingCatalog.BuiltIn(), new FeatureContext(EventTime.HourUs, []));
        var features = engine.Schema.Features.Count;
        Time($"feature vector, {features} features, per bar", Rows, () =>
        {
            var fresh = new FeatureEngine(TradingCatalog.BuiltIn(), new FeatureContext(EventTime.HourUs, []));
            return () =>
            {
                foreach (ref readonly var bar in bars.AsSpan())
                    fresh.Update(bar, default);
            };
        });

        var x = new double[4096 * features];
        for (var i = 0; i < 4096; i++)
        {
            engine.Update(bars[i], default);
            engine.Values.CopyTo(x.AsSpan(i * features));
        }
        foreach (var entry in Catalog.BuiltIn().Learners)
        {
            Time($"{entry.Name}, predict and learn, {features} features", Rows, () =>
            {
                var learner = entry.Create(new LearnerShape(features, 2, 1, 12));
                var p = new double[2];
                return () =>
                {
                    for (var i = 0; i < Rows; i++)
                    {
                        var row = x.AsSpan((i & 4095) * features, features);
                        learner.Predict(row, p);
                        learner.Learn(row, (i * 7919 >> 4) & 1);
                    }
                };
            });
        }
        foreach (var entry in Catalog.BuiltIn().Detectors)
        {
            Time($"{entry.Name}, update", Rows, () =>
            {
                var detector = entry.Create(1);
                var rng = new Learning.Numerics.Rng(1, "losses");
                var losses = new double[Rows];
                for (var i = 0; i < Rows; i++)
                    losses[i] = rng.NextDouble() < 0.3 ? 1 : 0;
                return () =>
                {
                    foreach (var loss in losses)
                        detector.Update(loss);
                };
            });
        }
        return 0;
    }

    private static void Time(string name, int count, Func<Action> prepare)
    {
        var times = new List<double>();
        double bytes = 0;
        for (var r = 0; r < 8; r++)
        {
            var action = prepare();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            action();
            watch.Stop();
            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count;
            if (r > 0)
                times.Add(watch.Elapsed.TotalNanoseconds / count);
        }
        Console.WriteLine($"| {name} | {World.Median(times):N0} | {bytes:0.00} |");
    }
}
