using System.Globalization;
using Hone.Learning;

namespace Hone.Adapters.Feeds.Live;

/// <summary>What stands behind a feed's name, taken apart: a source, then <c>name=value</c> with commas between.</summary>
internal sealed class LiveFeedText
{
    private readonly Dictionary<string, string> _values = [];
    private readonly LiveFeedKind _kind;

    /// <summary>Takes a text apart. Options are found from the end, so that a file's name may have commas.</summary>
    /// <exception cref="InvalidOptionsException">An option is unknown, or said twice.</exception>
    public LiveFeedText(LiveFeedKind kind, string whole, string rest)
    {
        (_kind, Whole) = (kind, whole);
        while (rest.Length > 0)
        {
            var comma = rest.LastIndexOf(',');
            var part = rest[(comma + 1)..];
            var equals = part.IndexOf('=');
            var name = equals > 0 ? part[..equals] : "";
            if (kind.Options.All(o => o.Name != name))
            {
                // Without a source there is nothing else that it could be.
                if (kind.Form.StartsWith($"{kind.Name}[", StringComparison.Ordinal))
                    throw Invalid(part, $"is no option of it; it has {string.Join(", ", kind.Options.Select(o => $"{o.Name}={o.Values}"))}");
                break;
            }
            if (!_values.TryAdd(name, part[(equals + 1)..]))
                throw Invalid(part, $"names {name} a second time; say it once");
            rest = comma < 0 ? "" : rest[..comma];
        }
        Source = rest;
    }

    /// <summary>The text as it was given.</summary>
    public string Whole { get; }

    /// <summary>The file or market; empty when there is none.</summary>
    public string Source { get; }

    /// <summary>An option's text; null when it was not given.</summary>
    public string? Value(string name) => _values.GetValueOrDefault(name);

    /// <summary>A pace.</summary>
    public FeedPace Pace(string name, FeedPace otherwise)
        => Value(name) is not { } text ? otherwise
            : FeedPace.TryParse(text, out var pace) ? pace
            : throw Invalid($"{name}={text}", "is no pace; write bars per second (20), 0 for as fast as possible, or a factor of real time (60x)");

    /// <summary>A whole number.</summary>
    public long? Integer(string name, long min, long max)
        => Value(name) is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number
            : throw Invalid($"{name}={text}", $"is not a whole number from {min} to {max}");

    /// <summary>A seed.</summary>
    public ulong? Seed(string name)
        => Value(name) is not { } text ? null
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed
            : throw Invalid($"{name}={text}", $"is no seed; write a whole number from 0 to {ulong.MaxValue}");

    /// <summary>A number.</summary>
    public double? Number(string name, double min, double max)
        => Value(name) is not { } text ? null
            : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number
            : throw Invalid($"{name}={text}", string.Create(CultureInfo.InvariantCulture, $"is not a number from {min} to {max}"));

    /// <summary>What is wrong with a part, in one line.</summary>
    public InvalidOptionsException Invalid(string part, string what) => new($"--feed '{FeedProblem.Short(Whole)}': '{FeedProblem.Short(part)}' {what}. Form: {_kind.Form}");
}
