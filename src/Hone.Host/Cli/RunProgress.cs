using System.Globalization;
using Hone.Host.Runs;

namespace Hone.Host.Cli;

/// <summary>Progress of a run: the markets of all threads in one line.</summary>
internal sealed class RunProgress(VerbContext context, int markets) : IDisposable
{
    // A run of seconds says at least once in a log how far it is.
    private readonly ProgressLine _line = new(context, "run", logSeconds: 3, firstSeconds: 0.4);
    private readonly double[] _done = new double[markets];
    private readonly long[] _bars = new long[markets];
    private readonly Lock _lock = new();

    public void Report(int market, MarketRun run)
    {
        lock (_lock)
        {
            _done[market] = run.Progress;
            _bars[market] = run.Bars;
            _line.Report(_done.Sum() / markets, string.Create(CultureInfo.InvariantCulture, $"{_bars.Sum():N0} bars"));
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _line.Dispose();
    }
}
