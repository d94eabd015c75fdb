using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Hone.Learning;
using Hone.Learning.Numerics;

namespace Hone.Bench;

/// <summary>
/// Regressors on a stream, test then train: mean absolute and root mean squared error, R² and the learner's own loop in rows per second. FILE is a CSV whose last column
/// is the target and whose other columns are features where the first row has a number; or <c>friedman</c>: 40,768 rows of Friedman's first function.
/// </summary>
/// <remarks>Friedman, "Multivariate adaptive regression splines", Annals of Statistics 19(1), 1991.</remarks>
internal static class RegressionBench
{
    public static int Run(string[] arguments)
    {
        if (arguments.Length < 2)
        {
            Console.Error.WriteLine("regression FILE.csv.gz|friedman REGRESSOR[,REGRESSOR…]|all [options as JSON]");
            return 2;
        }
        var (values, targets) = arguments[0] == "friedman" ? Friedman(40_768) : Read(arguments[0]);
        var features = values.Length / targets.Length;
        var catalog = Catalog.BuiltIn();
        var names = arguments[1] == "all" ? [.. catalog.Regressors.Select(e => e.Name)] : arguments[1].Split(',');
        JsonElement? options = arguments.Length > 2 ? JsonDocument.Parse(arguments[2]).RootElement : null;
        Console.WriteLine($"{Path.GetFileName(arguments[0])}: {targets.Length} rows, {features} features");
        Console.WriteLine("| regressor | MAE | RMSE | R² | rows/s | memory MiB |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var name in names)
        {
            var best = 0.0;
            double absolute = 0, squared = 0;
            long memory = 0;
            for (var repeat = 0; repeat < 3; repeat++)
            {
                (absolute, squared) = (0, 0);
                var before = GC.GetAllocatedBytesForCurrentThread();
                var learner = catalog.Regressors[name].Create(new(features, 1), options);
                memory = GC.GetAllocatedBytesForCurrentThread() - before;
                var watch = Stopwatch.StartNew();
                for (var t = 0; t < targets.Length; t++)
                {
                    var error = learner.TestThenTrain(values.AsSpan(t * features, features), targets[t]) - targets[t];
                    absolute += Math.Abs(error);
                    squared += error * error;
                }
                best = Math.Max(best, targets.Length / watch.Elapsed.TotalSeconds);
            }
            var mean = targets.Average();
            var variance = targets.Average(y => (y - mean) * (y - mean));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {absolute / targets.Length:0.0000} | {Math.Sqrt(squared / targets.Length):0.0000} | {1 - squared / targets.Length / variance:0.000} | {best:N0} | {memory / 1048576.0:0.0} |"));
        }
        return 0;
    }

    private static (double[] Values, double[] Targets) Friedman(int rows)
    {
        var rng = new Rng(1, "friedman");
        double[] values = new double[rows * 10], targets = new double[rows];
        for (var t = 0; t < rows; t++)
        {
            var x = values.AsSpan(t * 10, 10);
            foreach (ref var value in x)
                value = rng.NextDouble();
            targets[t] = 10 * Elementary.Sin(Math.PI * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4] + rng.NextGaussian();
        }
        return (values, targets);
    }

    private static (double[] Values, double[] Targets) Read(string path)
    {
        using var file = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        file.ReadLine();
        var values = new List<double>();
        var targets = new List<double>();
        int[]? columns = null;
        while (file.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            columns ??= [.. Enumerable.Range(0, cells.Length - 1).Where(i => double.TryParse(cells[i], CultureInfo.InvariantCulture, out _))];
            foreach (var i in columns)
                values.Add(double.TryParse(cells[i], CultureInfo.InvariantCulture, out var value) ? value : double.NaN);
            targets.Add(double.Parse(cells[^1], CultureInfo.InvariantCulture));
        }
        return ([.. values], [.. targets]);
    }
}
