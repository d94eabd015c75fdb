using Hone.Learning.Sessions;
using Hone.Trading.Market;
using Hone.Trading.Performance;

namespace Hone.Bench;

/// <summary>Random walks with costs: what does Hone say about a market in which there is nothing to find?</summary>
internal static class NoiseBench
{
    public static int Run(string[] arguments)
    {
        var worlds = arguments.Length > 0 ? int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture) : 40;
        var bars = arguments.Length > 1 ? int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture) : 50_000;
        Console.WriteLine($"{worlds} random walks of {bars:N0} hourly bars, crypto costs, default panel.\n");
        Console.WriteLine("| seed | verdict | PSR | DSR | IC ± s.e. | net | gross | costs | accuracy | majority |");
        Console.WriteLine("|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        int edges = 0, significant = 0, worse = 0;
        double net = 0, gross = 0, costs = 0, squares = 0;
        for (var seed = 1; seed <= worlds; seed++)
        {
            var (history, _) = World.Simulate(new SimulatorOptions { Bars = bars, Seed = (ulong)(1000 + seed), PureNoise = true });
            var session = World.Session(new() { Seed = (ulong)seed });
            foreach (ref readonly var bar in history.AsSpan())
                session.On(bar);
            var statistics = PerformanceStatistics.Compute(session.Real.Performance, 365, new TrialCount(session.Learning.MemberCount + 2, null), (ulong)seed);
            var baselines = session.Baselines.Compute(365, (ulong)seed);
            var ic = session.InformationCoefficient;
            var verdict = EdgeVerdict.Judge(new EdgeEvidence
            {
                Net = statistics.Net, Trades = statistics.Trades.Trades, ShiftPValue = baselines.RandomSameTurnover?.PValue,
                Ic = ic.Value, IcSamples = ic.Count, LabelBars = session.HorizonBars,
            });
            var before = statistics.Net.NetProfit + statistics.TotalFees ?? 0;
            Console.WriteLine($"| {seed} | {verdict.Conclusion} | {statistics.Net.ProbabilisticSharpe:0.000} | {statistics.Net.DeflatedSharpe:0.000} | {ic.Value:+0.0000;-0.0000} ± {EdgeVerdict.IcStandardError(ic.Count, session.HorizonBars):0.0000} | {statistics.Net.NetProfit:P1} | {before:P1} | {statistics.TotalFees:P1} | {session.Learning.Score.Accuracy:P2} | {session.Learning.Score.MajorityAccuracy:P2} |");
            edges += verdict.Conclusion == EdgeConclusion.Edge ? 1 : 0;
            significant += statistics.Net.ProbabilisticSharpe > 0.95 ? 1 : 0;
            worse += Math.Abs(ic.Value) > 3 * EdgeVerdict.IcStandardError(ic.Count, session.HorizonBars) ? 1 : 0;
            net += statistics.Net.NetProfit ?? 0;
            gross += before;
            squares += before * before;
            costs += statistics.TotalFees;
        }
        var error = Math.Sqrt((squares / worlds - gross / worlds * (gross / worlds)) / worlds);
        Console.WriteLine($"\n- \"edge\" said in {edges} of {worlds} worlds; PSR above 0.95 in {significant}; |IC| above three standard errors in {worse}");
        Console.WriteLine($"- mean net {net / worlds:P2} = gross {gross / worlds:P2} (standard error {error:P2}) − costs {costs / worlds:P2}");
        return 0;
    }
}
