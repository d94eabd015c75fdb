using System.IO.Compression;
using System.Text.Json;
using Hone.Learning;
using Hone.Trading.Market;
using Hone.Trading.Regimes;

namespace Hone.Adapters.Feeds;

/// <summary>The files of a simulated market.</summary>
/// <param name="Bars">timestamp,open,high,low,close,volume; the stamp is the bar's start.</param>
/// <param name="Truth">Options, drift points and concepts as JSON.</param>
/// <param name="TruthByBar">timestamp,expected_return,expected_return_12,trend,concept; a row for each bar, with what is true at its close.</param>
/// <param name="BarCount">Bars that were written.</param>
public sealed record SimulatedMarketFiles(string Bars, string Truth, string TruthByBar, long BarCount)
{
    /// <summary>Simulates a market into FILE.csv, FILE.truth.json and FILE.truth.csv (both CSVs .csv.gz where the name ends so).</summary>
    /// <param name="options">What market.</param>
    /// <param name="path">Name of the bars' file. What is there is replaced, and only when all three files are complete.</param>
    /// <param name="progress">Told the share that is done, now and then.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    /// <exception cref="IOException">The files cannot be written.</exception>
    public static SimulatedMarketFiles Write(SimulatorOptions options, string path, Action<double>? progress = null)
    {
        var market = new MarketSimulator(options);
        var compressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        var stem = compressed ? path[..^3] : path;
        stem = stem.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? stem[..^4] : stem;
        var files = new SimulatedMarketFiles(path, stem + ".truth.json", stem + (compressed ? ".truth.csv.gz" : ".truth.csv"), options.Bars);
        string[] names = [files.Truth, files.TruthByBar, files.Bars];
        try
        {
            WriteRows(market, options, files, compressed, progress);
            WriteTruth(market, options, files.Truth);
            foreach (var name in names)
                File.Move(Temporary(name), name, overwrite: true);
        }
        finally
        {
            foreach (var name in names)
                Remove(Temporary(name));
        }
        return files;
    }

    private static void WriteRows(MarketSimulator market, SimulatorOptions options, SimulatedMarketFiles files, bool compressed, Action<double>? progress)
    {
        using var bars = new BarCsvWriter(Create(files.Bars, compressed));
        using var truths = new BarCsvWriter(Create(files.TruthByBar, compressed));
        bars.Line("timestamp,open,high,low,close,volume");
        truths.Line("timestamp,expected_return,expected_return_12,trend,concept");
        while (market.TryNext(out var bar, out var truth))
        {
            bars.Write(bar, market.StepUs);
            truths.Time(bar.CloseTimeUs - market.StepUs);
            truths.Number(truth.ExpectedReturn);
            truths.Number(truth.ExpectedReturn12);
            truths.Word(truth.Trend switch { TrendRegime.Bull => "bull"u8, TrendRegime.Bear => "bear"u8, _ => "sideways"u8 });
            truths.Number(truth.Concept);
            truths.EndRow();
            if (progress is not null && market.Bars % 65_536 == 0)
                progress((double)market.Bars / options.Bars);
        }
        progress?.Invoke(1);
    }

    private static void WriteTruth(MarketSimulator market, SimulatorOptions options, string path)
    {
        using var stream = Create(path, compressed: false);
        JsonSerializer.Serialize(stream, new { Options = options, market.DriftPoints, Concepts = SimulatedConcept.All }, Options.Json);
        stream.WriteByte((byte)'\n');
    }

    private static Stream Create(string path, bool compressed)
    {
        var file = new FileStream(Temporary(path), FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        return compressed ? new GZipStream(file, CompressionLevel.Optimal) : file;
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What prevented the writing is already on its way to the caller; a part that stays behind is harmless.
        }
    }

    // In the same folder, so that the move is a rename: a reader sees the old file or the new one, never half of one.
    private static string Temporary(string path) => path + ".part";
}
