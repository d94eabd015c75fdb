using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Hone.Learning;
using Hone.Learning.Evaluation;

namespace Hone.Bench;

/// <summary>
/// Learners on a stream of a benchmark, test then train: accuracy, the learner's own loop in rows per second (a fresh learner after
/// a second of warm-up on another one, the median of the repeats) and what it allocates. The file's last column is the class, an integer from 0.
/// </summary>
internal static class StreamBench
{
    public static int Run(string[] arguments)
    {
        if (arguments.Length < 2)
        {
            Console.Error.WriteLine("stream FILE.csv.gz LEARNER[,LEARNER…]|all [repeats] [delay] [seeds] [options as JSON]");
            return 2;
        }
        var stream = Read(arguments[0]);
        var catalog = Catalog.BuiltIn();
        var names = arguments[1] == "all" ? [.. catalog.Learners.Select(e => e.Name)] : arguments[1].Split(',');
        var repeats = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 5;
        var delay = arguments.Length > 3 ? int.Parse(arguments[3], CultureInfo.InvariantCulture) : 0;
        var seeds = arguments.Length > 4 ? int.Parse(arguments[4], CultureInfo.InvariantCulture) : 1;
        JsonElement? options = arguments.Length > 5 ? JsonDocument.Parse(arguments[5]).RootElement : null;
        Console.WriteLine($"{Path.GetFileName(arguments[0])}: {stream.Rows} rows, {stream.Features} features, {stream.Classes} classes, delay {delay}, median of {repeats}, mean of {seeds} seeds");
        Console.WriteLine("| learner | accuracy | kappa | kappa temporal | log-loss | rows/s | ns/row | bytes/row | memory MiB |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var name in names)
        {
            double accuracy = 0, kappa = 0, temporal = 0, logLoss = 0;
            for (ulong seed = 1; seed <= (ulong)seeds; seed++)
            {
                var score = Score(stream, catalog.Learners[name].Create(new(stream.Features, stream.Classes, seed) { Delay = delay }, options), delay);
                (accuracy, kappa, temporal, logLoss) = (accuracy + score.Accuracy / seeds, kappa + score.Kappa / seeds, temporal + score.KappaTemporal / seeds, logLoss + score.LogLoss / seeds);
            }
            var (rowsPerSecond, bytesPerRow, memory) = Speed(stream, () => catalog.Learners[name].Create(new(stream.Features, stream.Classes, 1), options), repeats);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {accuracy:0.0000} | {kappa:0.000} | {temporal:0.000} | {logLoss:0.0000} | {rowsPerSecond:N0} | {1e9 / rowsPerSecond:0} | {bytesPerRow:0.##} | {memory / 1048576.0:0.0} |"));
        }
        return 0;
    }

    private static ClassificationScore Score(Stream stream, IClassifier learner, int delay)
    {
        var score = new ClassificationScore(stream.Classes, delay);
        var p = new double[stream.Classes];
        for (var t = 0; t < stream.Rows; t++)
        {
            if (t - delay - 1 >= 0)
                learner.Learn(stream.Row(t - delay - 1), stream.Labels[t - delay - 1]);
            learner.Predict(stream.Row(t), p);
            score.Add(p, stream.Labels[t]);
        }
        return score;
    }

    private static (double RowsPerSecond, double BytesPerRow, long Memory) Speed(Stream stream, Func<IClassifier> make, int repeats)
    {
        var p = new double[stream.Classes];
        var warm = Stopwatch.StartNew();
        for (var learner = make(); ; learner = make())
        {
            for (var t = 0; t < stream.Rows && warm.Elapsed.TotalSeconds < 1; t++)
                learner.TestThenTrain(stream.Row(t), stream.Labels[t], p);
            if (warm.Elapsed.TotalSeconds >= 1)
                break;
        }
        var rates = new double[repeats];
        long bytes = 0, memory = 0;
        for (var i = 0; i < repeats; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var learner = make();
            var built = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            for (var t = 0; t < stream.Rows; t++)
                learner.TestThenTrain(stream.Row(t), stream.Labels[t], p);
            rates[i] = stream.Rows / watch.Elapsed.TotalSeconds;
            var after = GC.GetAllocatedBytesForCurrentThread();
            (bytes, memory) = (after - built, after - before);
        }
        Array.Sort(rates);
        return (rates[repeats / 2], (double)bytes / stream.Rows, memory);
    }

    private static Stream Read(string path)
    {
        using var file = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var columns = file.ReadLine()!.Split(',').Length - 1;
        var values = new List<double>();
        var labels = new List<int>();
        while (file.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            for (var i = 0; i < columns; i++)
                values.Add(double.Parse(cells[i], CultureInfo.InvariantCulture));
            labels.Add((int)double.Parse(cells[columns], CultureInfo.InvariantCulture));
        }
        return new([.. values], [.. labels], columns, labels.Max() + 1);
    }

    private sealed record Stream(double[] Values, int[] Labels, int Features, int Classes)
    {
        public int Rows => Labels.Length;

        public ReadOnlySpan<double> Row(int t) => Values.AsSpan(t * Features, Features);
    }
}
