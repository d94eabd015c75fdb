using System.Diagnostics;
using System.Globalization;

namespace Hone.Host.Cli;

/// <summary>
/// How far something is and how long it will take, on standard error: one line that is overwritten where a person watches, a line every ten seconds in a log.
/// </summary>
/// <param name="context">Where to write.</param>
/// <param name="what">What is being done.</param>
/// <param name="logSeconds">Seconds between lines of a log.</param>
/// <param name="firstSeconds">Seconds before the first line of a log.</param>
internal sealed class ProgressLine(VerbContext context, string what, double logSeconds = 10, double firstSeconds = 10) : IDisposable
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TimeSpan _every = context.IsInteractive ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(logSeconds);
    private TimeSpan _next = context.IsInteractive ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(firstSeconds);
    private int _shown;

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Takes the share that is done, 0…1; NaN when it is unknown.</summary>
    /// <param name="share">The share.</param>
    /// <param name="detail">More to show, such as a rate.</param>
    public void Report(double share, string detail = "")
    {
        var elapsed = _watch.Elapsed;
        if (elapsed < _next)
            return;
        _next = elapsed + _every;
        var line = Line(what, share, elapsed, detail);
        if (!context.IsInteractive)
        {
            context.Error.WriteLine(line);
            return;
        }
        context.Error.Write($"\r{line.PadRight(_shown)}");
        _shown = line.Length;
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_shown > 0)
            context.Error.Write($"\r{new string(' ', _shown)}\r");
        _shown = 0;
    }

    /// <summary>The line as it is shown.</summary>
    internal static string Line(string what, double share, TimeSpan elapsed, string detail = "")
    {
        var more = detail.Length > 0 ? $", {detail}" : "";
        if (double.IsNaN(share))
            return string.Create(CultureInfo.InvariantCulture, $"{what}: {Duration(elapsed)}{more}");
        share = Math.Clamp(share, 0, 1);
        var left = share > 0 ? $", {Duration(elapsed * ((1 - share) / share))} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{what}: {Math.Floor(share * 100)} %{more}{left}");
    }

    private static string Duration(TimeSpan time)
        => time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min")
            : time.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds)} s");
}
