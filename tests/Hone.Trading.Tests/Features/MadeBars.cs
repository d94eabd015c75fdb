using Hone.Learning.Numerics;
using Hone.Trading.Features;
using Hone.Trading.Market;

namespace Hone.Trading.Tests.Features;

/// <summary>Bars made by formula or by the seeded generator.</summary>
internal static class MadeBars
{
    public const long HourUs = EventTime.HourUs;

    // 2021-03-01 00:00 UTC, a Monday.
    public const long StartUs = 1_614_556_800_000_000;

    public static FeatureContext Hourly { get; } = new(HourUs, []);

    /// <summary>A random walk with gaps, wicks and changing volume.</summary>
    public static Bar[] Walk(int count, ulong seed = 7, double price = 100, double volume = 1000)
    {
        var rng = new Rng(seed, "bars");
        var bars = new Bar[count];
        var size = 0.004;
        for (var i = 0; i < count; i++)
        {
            size = Math.Clamp(size * (1 + 0.05 * rng.NextGaussian()), 0.001, 0.02);
            var open = price * (1 + 0.1 * size * rng.NextGaussian());
            var close = open * (1 + size * rng.NextGaussian());
            var high = Math.Max(open, close) * (1 + size * rng.NextDouble());
            var low = Math.Min(open, close) * (1 - size * rng.NextDouble());
            bars[i] = new(StartUs + (i + 1) * HourUs, open, high, low, close, volume * (0.2 + rng.NextDouble()));
            price = close;
        }
        return bars;
    }

    public static Bar At(int index, double open, double high, double low, double close, double volume = 1)
        => new(StartUs + (index + 1) * HourUs, open, high, low, close, volume);

    public static Bar Flat(int index, double price, double volume = 0) => At(index, price, price, price, price, volume);

    public static FeatureEngine Engine() => new(TradingCatalog.BuiltIn(), Hourly);

    public static double[] Run(FeatureEngine engine, ReadOnlySpan<Bar> bars)
    {
        foreach (ref readonly var bar in bars)
            engine.Update(bar, default);
        return engine.Values.ToArray();
    }

    public static long[] Bits(ReadOnlySpan<double> values)
    {
        var bits = new long[values.Length];
        for (var i = 0; i < bits.Length; i++)
            bits[i] = BitConverter.DoubleToInt64Bits(double.IsNaN(values[i]) ? double.NaN : values[i]);
        return bits;
    }
}
