using System.ComponentModel.DataAnnotations;
using Hone.Trading.Market;

namespace Hone.Adapters.Feeds;

/// <summary>Which moment of a bar its stamp marks.</summary>
public enum BarStamp
{
    /// <summary>The start, as exchanges publish it.</summary>
    Start,

    /// <summary>The close.</summary>
    Close,
}

/// <summary>What to do where bars are missing.</summary>
public enum GapPolicy
{
    /// <summary>Leave the gap; it is counted.</summary>
    Keep,

    /// <summary>Fill gaps of up to <see cref="CsvFeedOptions.GapFillBarsMax"/> with flat bars at the last close, without volume; they are counted.</summary>
    Fill,

    /// <summary>Refuse the file.</summary>
    Refuse,
}

/// <summary>What to do with a second bar of the same stamp.</summary>
public enum DuplicatePolicy
{
    /// <summary>Drop and count it when all its values are the same; refuse it when they differ.</summary>
    DropIdentical,

    /// <summary>Drop and count it, whatever it says.</summary>
    KeepFirst,

    /// <summary>Refuse any.</summary>
    Refuse,
}

/// <summary>How to read a file of bars. Everything that is not said is recognised, and what was recognised stands in the notes.</summary>
public sealed record CsvFeedOptions
{
    /// <summary>The market's name; by default the file's name up to the first '_' or '.'.</summary>
    public string? Symbol { get; init; }

    /// <summary>What the stamp marks; by default the start, or the close where the column is called so.</summary>
    public BarStamp? Stamp { get; init; }

    /// <summary>Separator of columns: , ; | or a tab.</summary>
    public char? Separator { get; init; }

    /// <summary>Whether the first line has names.</summary>
    public bool? HasHeader { get; init; }

    /// <summary>Name of the time column, or #3 for the third one.</summary>
    public string? TimeColumn { get; init; }

    /// <summary>iso, epoch-s, epoch-ms, epoch-us, epoch-ns, or a .NET pattern such as dd/MM/yyyy HH:mm (in UTC).</summary>
    public string? TimeFormat { get; init; }

    /// <summary>Which column is what: time, date, time-of-day, open, high, low, close, volume → a column's name, or #3 for the third one.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Only bars that start then or later, in UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>Only bars that start before, in UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>What to do where bars are missing.</summary>
    public GapPolicy GapPolicy { get; init; } = GapPolicy.Keep;

    /// <summary>Longest gap in bars that is filled under <see cref="GapPolicy.Fill"/>; longer ones (nights, week-ends) stay.</summary>
    [Range(1, 100_000)]
    public int GapFillBarsMax { get; init; } = 12;

    /// <summary>What to do with a second bar of the same stamp.</summary>
    public DuplicatePolicy DuplicatePolicy { get; init; } = DuplicatePolicy.DropIdentical;

    /// <summary>What kind of market; by default guessed from the hours and days on which bars exist.</summary>
    public AssetClass? AssetClass { get; init; }

    /// <summary>Length of a bar in microseconds; by default the most common distance of the first 1,000 bars.</summary>
    [Range(1.0, 366.0 * 86_400e6)]
    public long? StepUs { get; init; }

    /// <summary>Bytes that a line may have.</summary>
    [Range(256, 1 << 24)]
    public int LineBytesMax { get; init; } = 64 * 1024;
}
