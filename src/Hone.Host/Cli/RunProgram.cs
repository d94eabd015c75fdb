using System.Globalization;
using System.Text.Json.Nodes;
using Hone.Adapters.Feeds;
using Hone.Host.Configuration;
using Hone.Host.Reports;
using Hone.Host.Runs;
using Hone.Trading.Market;
using Spectre.Console;

namespace Hone.Host.Cli;

/// <summary>What `hone run` does once its options are read: feeds, the loop, results, files, the summary.</summary>
internal sealed class RunProgram(VerbContext context, HoneConfig config, RunArguments arguments, bool json)
{
    public int Execute()
    {
        var sources = Sources();
        if (sources.Count > 1 && (arguments.SaveState ?? arguments.LoadState) is not null)
            throw new VerbException("--save-state and --load-state work with one market; run the files one by one.");
        if (arguments.PortfolioLimits && sources.Count < 2)
            throw new VerbException("--portfolio-limits needs several files after --data.");

        var folder = arguments.Out ?? Path.Combine("out",
            $"{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{(sources.Count == 1 ? sources[0].Symbol : "portfolio")}");
        var runs = new MarketRun[sources.Count];
        var progress = new RunProgress(context, sources.Count);
        try
        {
            for (var i = 0; i < runs.Length; i++)
                runs[i] = new MarketRun(sources[i].Open(), config, context.Catalog, arguments, FolderOf(folder, sources, i));
            if (arguments.PortfolioLimits)
                new SharedLimits(config, runs).Run(progress.Report, context.Cancel);
            else
                Lanes.For(runs.Length, config.Threads, context.Cancel, i =>
                {
                    runs[i].Open();
                    runs[i].Finish(run => progress.Report(i, run), context.Cancel);
                });
            progress.Dispose();

            var results = new MarketResult[runs.Length];
            Lanes.For(runs.Length, config.Threads, context.Cancel, i => results[i] = new MarketResult(runs[i], config, sources[i].Open, context.Catalog));
            return Publish(results, folder);
        }
        finally
        {
            progress.Dispose();
            foreach (var run in runs)
                run?.Dispose();
        }
    }

    private int Publish(MarketResult[] results, string folder)
    {
        var portfolio = results.Length > 1
            ? new Portfolio(results, config, arguments.PortfolioLimits
                ? FormattableString.Invariant($"shared limits: exposure {config.Portfolio.ExposureMax:P0}, drawdown stop {config.Portfolio.DrawdownStop:P0}")
                : "no shared limits")
            : null;
        var summary = portfolio is null ? RunSummary.Of(results[0], config) : RunSummary.Of(results, portfolio, config);
        AtomicFile.WriteText(Path.Combine(folder, "summary.json"), RunSummary.Text(summary) + "\n");
        HtmlReport.WriteFile(ReportBuilder.Build(results, portfolio, config, arguments.Command), Path.Combine(folder, "report.html"));
        if (json)
        {
            context.Out.WriteLine(RunSummary.Text(summary));
            context.Error.WriteLine($"report: {Path.Combine(folder, "report.html")}");
        }
        else
        {
            new RunConsole(context).Print(results, portfolio, folder, arguments.Predictions != PredictionRows.None);
        }
        // A suspect leak that the probes confirm is a problem that the run found.
        return results.Any(r => r.Probes is { Holds: false }) ? 1 : 0;
    }

    private List<Source> Sources()
    {
        if (arguments.Data.Count == 0)
        {
            var symbol = config.Data.Symbol ?? "SIM";
            return [new Source(symbol, () => new RangeFeed(new SimulatedFeed(config.Simulator, symbol), config.Data.From, config.Data.To))];
        }
        if (config.Data.Symbol is not null && arguments.Data.Count > 1)
            throw new VerbException("--symbol names one market; there are several files. Without it each file's name is used.");
        var sources = new List<Source>();
        foreach (var path in arguments.Data)
        {
            using var probe = new CsvBarFeed(path, config.Data);
            sources.Add(new Source(probe.Symbol, () => new CsvBarFeed(path, config.Data)));
        }
        return sources;
    }

    private static string FolderOf(string folder, List<Source> sources, int index)
    {
        if (sources.Count == 1)
            return folder;
        var same = sources.Take(index).Count(s => s.Symbol == sources[index].Symbol);
        return Path.Combine(folder, same == 0 ? sources[index].Symbol : $"{sources[index].Symbol}-{same + 1}");
    }

    private sealed record Source(string Symbol, Func<IBarFeed> Open);
}
