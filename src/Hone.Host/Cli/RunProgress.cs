using System.Diagnostics;
using System.Globalization;
using Hone.Host.Runs;

namespace Hone.Host.Cli;

/// <summary>Progress of a run on standard error: one line that is overwritten on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class RunProgress(VerbContext context, int markets)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly double[] _done = new double[markets];
    private readonly long[] _bars = new long[markets];
    private readonly Lock _lock = new();
    private TimeSpan _next = TimeSpan.FromMilliseconds(400);
    private int _written;

    public void Report(int market, MarketRun run)
    {
        lock (_lock)
        {
            _done[market] = run.Progress;
            _bars[market] = run.Bars;
            if (_watch.Elapsed < _next)
                return;
            _next = _watch.Elapsed + TimeSpan.FromMilliseconds(context.IsInteractive ? 250 : 3000);
            var done = _done.Sum() / markets;
            var eta = done > 0.001 ? TimeSpan.FromSeconds(_watch.Elapsed.TotalSeconds * (1 - done) / done) : (TimeSpan?)null;
            var text = string.Create(CultureInfo.InvariantCulture,
                $"hone: {run.Session.Market.Symbol} {_bars.Sum():N0} bars, {(double.IsNaN(done) ? "" : $"{done:P0}, ")}{(eta is { } left ? $"about {left.TotalSeconds:0} s left" : "")}");
            if (context.IsInteractive)
                context.Error.Write($"\r{text.PadRight(_written)}");
            else
                context.Error.WriteLine(text);
            _written = text.Length;
        }
    }

    public void Done()
    {
        lock (_lock)
        {
            if (context.IsInteractive && _written > 0)
                context.Error.Write($"\r{new string(' ', _written)}\r");
            _written = 0;
        }
    }
}
