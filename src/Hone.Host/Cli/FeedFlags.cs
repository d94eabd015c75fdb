using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Hone.Adapters.Feeds;
using Hone.Host.Configuration;
using Hone.Learning;
using Hone.Trading.Market;

namespace Hone.Host.Cli;

/// <summary>The flags of every verb that reads files of bars. What is not told is recognised from the file.</summary>
internal sealed class FeedFlags
{
    private static readonly string[] Roles = ["time", "date", "time-of-day", "open", "high", "low", "close", "volume"];

    private readonly Option<string?> _symbol = new("--symbol") { HelpName = "NAME", Description = "Name of the market; otherwise the file's name up to the first _ or dot." };
    private readonly Option<string?> _from = new("--from") { HelpName = "TIME", Description = "Only bars that start then or later (ISO, UTC)." };
    private readonly Option<string?> _to = new("--to") { HelpName = "TIME", Description = "Only bars that start before (ISO, UTC)." };
    private readonly Option<string?> _stamp = new("--stamp") { HelpName = "start|close", Description = "Which moment of its bar a stamp marks." };
    private readonly Option<string?> _separator = new("--separator") { HelpName = "CHAR", Description = "Separator of columns: , ; | or tab." };
    private readonly Option<string?> _header = new("--header") { HelpName = "true|false", Description = "Whether the first line has names." };
    private readonly Option<string?> _timeColumn = new("--time-column") { HelpName = "COLUMN", Description = "Time column: its name, or #3 for the third." };
    private readonly Option<string?> _timeFormat = new("--time-format") { HelpName = "FORMAT", Description = "iso, epoch-s, epoch-ms, epoch-us, epoch-ns, or a pattern such as 'dd/MM/yyyy HH:mm' (UTC)." };
    private readonly Option<string[]> _columns = new("--column") { HelpName = "ROLE=COLUMN", Description = $"Which column is what, several times if needed: {string.Join(", ", Roles)}; the column by name or #3." };
    private readonly Option<string?> _assetClass = new("--asset-class") { HelpName = "CLASS", Description = "crypto, fx or equity; otherwise guessed from the hours of the bars." };
    private readonly Option<string?> _step = new("--step") { HelpName = "DURATION", Description = "Length of a bar, such as 1m, 15m, 1h, 1d; otherwise the usual distance of two bars." };
    private readonly Option<string?> _gaps = new("--gap-policy") { HelpName = "POLICY", Description = "Missing bars: keep, fill (flat bars without volume) or refuse." };
    private readonly Option<int?> _gapFillMax = new("--gap-fill-bars-max") { HelpName = "N", Description = "Longest gap in bars that is filled." };
    private readonly Option<string?> _duplicates = new("--duplicate-policy") { HelpName = "POLICY", Description = "A second bar of one stamp: drop-identical, keep-first or refuse." };

    /// <summary>Adds the flags to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])
            [_symbol, _from, _to, _stamp, _separator, _header, _timeColumn, _timeFormat, _columns, _assetClass, _step, _gaps, _gapFillMax, _duplicates])
            command.Add(option);
    }

    /// <summary>Writes what was given into the config's flags, under <c>data.</c>.</summary>
    /// <exception cref="VerbException">A value cannot be read.</exception>
    public void WriteTo(IDictionary<string, JsonNode?> flags, ParseResult parse)
    {
        Text("data.symbol", parse.GetValue(_symbol));
        Node("data.from", Instant("--from", parse.GetValue(_from)));
        Node("data.to", Instant("--to", parse.GetValue(_to)));
        Text("data.stamp", Name<BarStamp>("--stamp", parse.GetValue(_stamp)));
        Text("data.separator", Separator(parse.GetValue(_separator)));
        Node("data.has_header", Header(parse.GetValue(_header)));
        Text("data.time_column", parse.GetValue(_timeColumn));
        Text("data.time_format", parse.GetValue(_timeFormat));
        Node("data.columns", Columns(parse.GetValue(_columns) ?? []));
        Text("data.asset_class", Name<AssetClass>("--asset-class", parse.GetValue(_assetClass)));
        Node("data.step_us", Step(parse.GetValue(_step)));
        Text("data.gap_policy", Name<GapPolicy>("--gap-policy", parse.GetValue(_gaps)));
        Node("data.gap_fill_bars_max", parse.GetValue(_gapFillMax) is { } bars ? JsonValue.Create(bars) : null);
        Text("data.duplicate_policy", Name<DuplicatePolicy>("--duplicate-policy", parse.GetValue(_duplicates)));

        void Text(string path, string? value) => Node(path, value is null ? null : JsonValue.Create(value));
        void Node(string path, JsonNode? value)
        {
            if (value is not null)
                flags[path] = value;
        }
    }

    /// <summary>A moment as a config holds it; refuses what is not one.</summary>
    private static JsonNode? Instant(string flag, string? text)
    {
        if (text is null)
            return null;
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? JsonValue.Create(time)
            : throw new VerbException($"{flag} is '{text}'; write a time as 2020-01-31 or 2020-01-31T14:00:00Z.");
    }

    private static string? Name<TEnum>(string flag, string? text)
        where TEnum : struct, Enum
    {
        var names = ConfigPath.Values(typeof(TEnum))!;
        return text is null || names.Contains(text) ? text : throw new VerbException($"{flag} is '{text}'; it must be {string.Join(", ", names.SkipLast(1))} or {names[^1]}.");
    }

    // As text: a flag of type bool takes its value only sometimes, and what follows would be taken for a file.
    private static JsonNode? Header(string? text) => text switch
    {
        null => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ => throw new VerbException($"--header is '{text}'; it must be true or false."),
    };

    private static string? Separator(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" => "\t",
        { Length: 1 } => text,
        _ => throw new VerbException($"--separator is '{text}'; it must be one character, or tab."),
    };

    private static JsonNode? Columns(string[] pairs)
    {
        if (pairs.Length == 0)
            return null;
        var columns = new JsonObject();
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=');
            var role = equals > 0 ? pair[..equals] : "";
            if (!Roles.Contains(role) || equals == pair.Length - 1)
                throw new VerbException($"--column is '{pair}'; write ROLE=COLUMN, for example close=last_price. Roles: {string.Join(", ", Roles)}.");
            if (!columns.TryAdd(role, JsonValue.Create(pair[(equals + 1)..])))
                throw new VerbException($"--column names '{role}' twice; say it once.");
        }
        return columns;
    }

    private static JsonNode? Step(string? text)
    {
        if (text is null)
            return null;
        return DurationConverter.TryParse(text, out var step)
            ? JsonValue.Create(step.Ticks / TimeSpan.TicksPerMicrosecond)
            : throw new VerbException($"--step is '{text}'; write the length of a bar as a number with s, m, h or d, for example 15m.");
    }
}
