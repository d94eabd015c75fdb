using System.Globalization;
using Hone.Learning.Numerics;
using Hone.Trading.Market;

namespace MyStrategy;

/// <summary>Data to try the strategy on: the built-in market with one more column, a mood that overshoots what the market is about to do and is sometimes missing.</summary>
public static class SentimentData
{
    public static string WriteOnce(string path, int bars = 8_000)
    {
        if (File.Exists(path))
            return path;
        var market = new MarketSimulator(new SimulatorOptions { Bars = bars, Seed = 7, DriftEveryBars = 3_000 });
        var noise = new Rng(7, "sentiment");
        var mood = 0.0;
        var lines = new List<string> { "timestamp,open,high,low,close,volume,sentiment" };
        while (market.TryNext(out var bar, out var truth))
        {
            // Made of what the simulator knows at the close: greed builds up before falls.
            mood = 0.9 * mood - 0.5 * truth.ExpectedReturn / truth.Sigma + 0.05 * noise.NextGaussian();
            var start = EventTime.ToDateTime(bar.CloseTimeUs - market.StepUs);
            var text = noise.NextDouble() < 0.01 ? "" : mood.ToString("0.0000", CultureInfo.InvariantCulture);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{start:yyyy-MM-ddTHH:mm:ssZ},{bar.Open},{bar.High},{bar.Low},{bar.Close},{bar.Volume},{text}"));
        }
        File.WriteAllLines(path, lines);
        return path;
    }
}
