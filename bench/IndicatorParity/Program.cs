using System.Globalization;
using System.IO.Compression;
using Hone.Trading.Features.Indicators;

// Compares the indicators with published values: dotnet run --project bench/IndicatorParity -- DIR
// DIR holds quotes_default.csv.gz (timestamp,open,high,low,close,volume) and expected/NAME.csv.gz (timestamp, then columns).
if (args.Length != 1)
{
    Console.Error.WriteLine("usage: IndicatorParity DIR");
    return 2;
}

const double Allowed = 1e-9;
var quotes = Csv.Read(Path.Combine(args[0], "quotes_default.csv.gz"));
var bars = Enumerable.Range(0, quotes.Rows)
    .Select(i => new Quote(quotes["open"][i], quotes["high"][i], quotes["low"][i], quotes["close"][i], quotes["volume"][i])).ToArray();

Console.WriteLine($"{"column",-28} {"max difference",16} {"rows",6} {"only one side",14}");
var isGood = true;
foreach (var (file, column, compute) in Comparisons.All())
{
    var path = Path.Combine(args[0], "expected", file + ".csv.gz");
    if (!File.Exists(path))
    {
        Console.WriteLine($"{file + "." + column,-28} no published values");
        continue;
    }
    var expected = Csv.Read(path)[column];
    double worst = 0;
    int compared = 0, oneSided = 0;
    for (var i = 0; i < bars.Length; i++)
    {
        var found = compute(bars[i]);
        if (double.IsNaN(found) && double.IsNaN(expected[i]))
            continue;
        if (double.IsNaN(found) || double.IsNaN(expected[i]))
        {
            oneSided++;
            continue;
        }
        compared++;
        worst = Math.Max(worst, Math.Abs(found - expected[i]) / Math.Max(1, Math.Abs(expected[i])));
    }
    var isEqual = worst <= Allowed && oneSided == 0 && compared > 0;
    isGood &= isEqual;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file + "." + column,-28} {worst,16:e2} {compared,6} {oneSided,14}{(isEqual ? "" : "  DIFFERENT")}"));
}
Console.WriteLine(isGood ? "All equal." : $"Differences above {Allowed:e0}, or values that only one side has.");
return isGood ? 0 : 1;

internal readonly record struct Quote(double Open, double High, double Low, double Close, double Volume);

internal static class Comparisons
{
    public static IEnumerable<(string File, string Column, Func<Quote, double> Compute)> All()
    {
        var sma = new RollingMoments(20);
        yield return ("sma", "sma", q => { sma.Update(q.Close); return sma.Mean; });
        var ema = new Ema(20);
        yield return ("ema", "ema", q => ema.Update(q.Close));
        var smma = Ema.Wilder(20);
        yield return ("smma", "smma", q => smma.Update(q.Close));
        var dema = new TripleEma(14);
        yield return ("dema", "dema", q => { dema.Update(q.Close); return dema.Dema; });
        var tema = new TripleEma(20);
        yield return ("tema", "tema", q => { tema.Update(q.Close); return tema.Tema; });
        var kama = new Kama(10, 2, 30);
        yield return ("kama", "kama", q => kama.Update(q.Close));
        var efficiency = new Kama(10, 2, 30);
        yield return ("kama", "er", q => { efficiency.Update(q.Close); return efficiency.EfficiencyRatio; });
        var rsi = new Rsi(14);
        yield return ("rsi", "rsi", q => rsi.Update(q.Close));
        var macd = new Macd(12, 26, 9);
        yield return ("macd", "macd", q => { macd.Update(q.Close); return macd.Line; });
        var macdSignal = new Macd(12, 26, 9);
        yield return ("macd", "signal", q => { macdSignal.Update(q.Close); return macdSignal.Signal; });
        var macdHistogram = new Macd(12, 26, 9);
        yield return ("macd", "histogram", q => { macdHistogram.Update(q.Close); return macdHistogram.Histogram; });
        var bollinger = new RollingMoments(20);
        yield return ("bb", "zScore", q => { bollinger.Update(q.Close); return (q.Close - bollinger.Mean) / bollinger.StandardDeviation; });
        var band = new RollingMoments(20);
        yield return ("bb", "upperBand", q => { band.Update(q.Close); return band.Mean + 2 * band.StandardDeviation; });
        var width = new RollingMoments(20);
        yield return ("bb", "width", q => { width.Update(q.Close); return 4 * width.StandardDeviation / width.Mean; });
        var range = new TrueRange();
        yield return ("tr", "tr", q => range.Update(q.High, q.Low, q.Close));
        var atr = new Atr(14);
        yield return ("atr", "atr", q => atr.Update(q.High, q.Low, q.Close));
        var adx = new Adx(14);
        yield return ("adx", "adx", q => { adx.Update(q.High, q.Low, q.Close); return adx.Value; });
        var plus = new Adx(14);
        yield return ("adx", "pdi", q => { plus.Update(q.High, q.Low, q.Close); return plus.Plus; });
        var minus = new Adx(14);
        yield return ("adx", "mdi", q => { minus.Update(q.High, q.Low, q.Close); return minus.Minus; });
        var k = new Stochastic(14);
        yield return ("stoch", "oscillator", q => { k.Update(q.High, q.Low, q.Close); return k.K; });
        var d = new Stochastic(14);
        yield return ("stoch", "signal", q => { d.Update(q.High, q.Low, q.Close); return d.D; });
        var williams = new Stochastic(14);
        yield return ("willr", "williamsR", q => { williams.Update(q.High, q.Low, q.Close); return williams.Raw - 100; });
        var cci = new Cci(20);
        yield return ("cci", "cci", q => cci.Update(q.High, q.Low, q.Close));
        var mfi = new Mfi(14);
        yield return ("mfi", "mfi", q => mfi.Update(q.High, q.Low, q.Close, q.Volume));
        var obv = new OnBalanceVolume();
        yield return ("obv", "obv", q => { obv.Update(q.Close, q.Volume); return obv.Value; });
        var cmf = new Cmf(20);
        yield return ("cmf", "cmf", q => { cmf.Update(q.High, q.Low, q.Close, q.Volume); return cmf.Value; });
        RollingSum turnover = new(14), volume = new(14);
        yield return ("vwma", "vwma", q => turnover.Update(q.Close * q.Volume) / volume.Update(q.Volume));
        var force = new ForceIndex(2);
        yield return ("force", "forceIndex", q => { force.Update(q.High, q.Low, q.Close, q.Volume); return force.Value; });
        var aroonUp = new Aroon(25);
        yield return ("aroon", "aroonUp", q => { aroonUp.Update(q.High, q.Low); return aroonUp.Up; });
        var aroonDown = new Aroon(25);
        yield return ("aroon", "aroonDown", q => { aroonDown.Update(q.High, q.Low); return aroonDown.Down; });
        var oscillator = new Aroon(25);
        yield return ("aroon", "oscillator", q => { oscillator.Update(q.High, q.Low); return oscillator.Oscillator; });
        var high = new RollingRange(20);
        yield return ("donchian", "upperBand", q => { var before = high.High; high.Update(q.High, q.Low); return before; });
        var low = new RollingRange(20);
        yield return ("donchian", "lowerBand", q => { var before = low.Low; low.Update(q.High, q.Low); return before; });
        var keltnerMiddle = new Ema(20);
        var keltnerAtr = new Atr(10);
        yield return ("keltner", "upperBand", q => keltnerMiddle.Update(q.Close) + 2 * keltnerAtr.Update(q.High, q.Low, q.Close));
        var supertrend = new Supertrend(10, 3);
        yield return ("supertrend", "superTrend", q => supertrend.Update(q.High, q.Low, q.Close));
        var tsi = new Tsi(25, 13);
        yield return ("tsi", "tsi", q => tsi.Update(q.Close));
        var cmo = new Cmo(14);
        yield return ("cmo", "cmo", q => cmo.Update(q.Close));
        var hurst = new Hurst(100, 1);
        var last = double.NaN;
        yield return ("hurst", "hurstExponent", q => { Next(ref hurst, ref last, q.Close); return hurst.Value; });
        var corrected = new Hurst(100, 1);
        var lastCorrected = double.NaN;
        yield return ("hurst", "hurstExponentAL", q => { Next(ref corrected, ref lastCorrected, q.Close); return corrected.Corrected; });
    }

    private static void Next(ref Hurst hurst, ref double last, double close)
    {
        if (!double.IsNaN(last))
            hurst.Update(Ratios.Log(close, last));
        last = close;
    }
}

internal sealed class Csv
{
    private readonly Dictionary<string, double[]> _columns = [];

    public int Rows { get; private init; }

    public double[] this[string column] => _columns[column];

    public static Csv Read(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var names = reader.ReadLine()!.Split(',');
        var rows = new List<string[]>();
        while (reader.ReadLine() is { } line)
            rows.Add(line.Split(','));
        var csv = new Csv { Rows = rows.Count };
        for (var c = 1; c < names.Length; c++)
            csv._columns[names[c]] = [.. rows.Select(r => double.TryParse(r[c], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN)];
        return csv;
    }
}
