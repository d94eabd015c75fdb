using Hone.Learning.Sessions;
using Hone.Trading;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Bench;

/// <summary>Simulated bars with their truth, and sessions over them.</summary>
internal static class World
{
    public static (Bar[] Bars, float[] Expected) Simulate(SimulatorOptions options)
    {
        var simulator = new MarketSimulator(options);
        var bars = new Bar[options.Bars];
        var expected = new float[options.Bars];
        for (var i = 0; simulator.TryNext(out var bar, out var truth); i++)
            (bars[i], expected[i]) = (bar, (float)truth.ExpectedReturn12);
        return (bars, expected);
    }

    public static TradingSession Session(SessionSetup? setup = null, int stepMinutes = 60)
        => new(TradingCatalog.BuiltIn(), setup ?? new SessionSetup(), new MarketInfo("SIM", AssetClass.Crypto, stepMinutes * 60_000_000L, [], true, 100));

    public static SessionSetup Panel(params string[] learners)
        => new() { Learning = new SessionOptions { Members = [.. learners.Select(l => new MemberOptions { Learner = l })] } };

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    public static string Cpu()
        => File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?"
            : "?";
}

/// <summary>Correlation of two series, taken pair by pair.</summary>
internal struct Pairs
{
    private double _n, _x, _y, _xx, _yy, _xy;

    public void Add(double x, double y)
    {
        _n++;
        _x += x;
        _y += y;
        _xx += x * x;
        _yy += y * y;
        _xy += x * y;
    }

    public readonly double Correlation => (_xy / _n - _x / _n * (_y / _n)) / Math.Sqrt((_xx / _n - _x / _n * (_x / _n)) * (_yy / _n - _y / _n * (_y / _n)));
}
