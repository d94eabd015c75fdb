using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hone.Host.Configuration;
using Hone.Host.Serving.Json;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving;

/// <summary>Writes log lines as text or as JSON objects, one line each, whatever stands in them.</summary>
internal sealed partial class LogLines(TextWriter output, LogForm form, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _line = new();

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(LogLevel level, EventId id, string category, string message, Exception? problem)
    {
        var at = time.GetUtcNow().UtcDateTime;
        var line = form == LogForm.Json ? Json(at, level, id, category, message, problem) : Text(at, level, id, category, message, problem);
        // No line of ours names a key; this is for what others' exceptions may quote.
        if (line.Contains(Keys.ApiKey.Prefix, StringComparison.Ordinal))
            line = Key().Replace(line, Keys.ApiKey.Prefix + "…");
        lock (_line)
        {
            output.Write(line);
            output.Write('\n');
            output.Flush();
        }
    }

    private static string Text(DateTime at, LogLevel level, EventId id, string category, string message, Exception? problem)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{at:yyyy-MM-ddTHH:mm:ss.fffZ} {Name(level)} {id.Id} {category}: {message}");
        if (problem is not null)
            text.Append(" | ").Append(problem);
        // A line break in a path or a name must not begin a line that looks like another entry.
        for (var i = 0; i < text.Length; i++)
            if (char.IsControl(text[i]))
                text[i] = ' ';
        return text.ToString();
    }

    private static string Json(DateTime at, LogLevel level, EventId id, string category, string message, Exception? problem)
        => JsonSerializer.Serialize(new Line(at, Name(level), id.Id, category, message, problem?.ToString()), StrictJson.Options);

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        LogLevel.Critical => "critical",
        LogLevel.Debug => "debug",
        _ => "trace",
    };

    [GeneratedRegex("hone_[A-Za-z0-9_-]{16,}")]
    private static partial Regex Key();

    private sealed record Line(DateTime At, string Level, int EventId, string Category, string Message, string? Problem);

    private sealed class Category(LogLines lines, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => lines.Write(logLevel, eventId, name, formatter(state, exception), exception);
    }
}
