using System.Globalization;
using Hone.Learning.Numerics;
using Hone.Trading.Market;

namespace Hone.Adapters.Tests.Feeds.Live;

/// <summary>A market as it was: one-minute candles, written as the wire writes them.</summary>
public sealed class KlineTruth
{
    public const long StepMs = 60_000;
    private readonly List<Row> _rows = [];

    public KlineTruth(int candles, ulong seed = 1)
    {
        var random = new Rng(seed, "kline-truth");
        var price = 61_685.99m;
        for (var i = 0; i < candles; i++)
        {
            var open = price;
            price = Math.Max(1, price + (random.NextInt32(2001) - 1000) / 100m);
            var high = Math.Max(open, price) + random.NextInt32(500) / 100m;
            var low = Math.Min(open, price) - random.NextInt32(500) / 100m;
            _rows.Add(new(StartMs + i * StepMs, Text(open), Text(high), Text(low), Text(price), Text(random.NextInt32(1_000_000) / 1000m)));
        }
    }

    // 2024-08-09T00:00:00Z, a multiple of a minute.
    public static long StartMs => 1_723_161_600_000;

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>Candles that do not exist at the exchange either.</summary>
    public HashSet<int> Missing { get; } = [];

    /// <summary>The bars of candles [from, to) as a feed should hand them out.</summary>
    public List<Bar> Bars(int from, int to) => [.. Enumerable.Range(from, to - from).Where(i => !Missing.Contains(i)).Select(i => _rows[i].Bar)];

    private static string Text(decimal value) => value.ToString("0.00000000", CultureInfo.InvariantCulture);

    public sealed record Row(long OpenMs, string Open, string High, string Low, string Close, string Volume)
    {
        public Bar Bar => new((OpenMs + StepMs) * 1000, Number(Open), Number(High), Number(Low), Number(Close), Number(Volume));

        public string Json => $"""[{OpenMs},"{Open}","{High}","{Low}","{Close}","{Volume}",{OpenMs + StepMs - 1},"1.00000000",308,"1.0","2.0","0"]""";

        public string Frame(bool isClosed, string symbol = "BTCUSDT") =>
            $$$"""{"e":"kline","E":{{{OpenMs + StepMs}}},"s":"{{{symbol}}}","k":{"t":{{{OpenMs}}},"T":{{{OpenMs + StepMs - 1}}},"s":"{{{symbol}}}","i":"1m","f":100,"L":200,"o":"{{{Open}}}","c":"{{{Close}}}","h":"{{{High}}}","l":"{{{Low}}}","v":"{{{Volume}}}","n":100,"x":{{{(isClosed ? "true" : "false")}}},"q":"1.0000","V":"500","Q":"0.500","B":"123456"}}""";

        /// <summary>The same candle while it is under way: it has only opened.</summary>
        public Row Opening => this with { High = Open, Low = Open, Close = Open, Volume = "0.00100000" };

        private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
