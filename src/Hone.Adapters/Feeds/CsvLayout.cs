namespace Hone.Adapters.Feeds;

/// <summary>What a column holds. Values from 0 on are slots of a row: the five of a bar, then the further columns.</summary>
internal static class ColumnRole
{
    public const int Open = 0, High = 1, Low = 2, Close = 3, Volume = 4, FirstExtra = 5;
    public const int Ignored = -1, Time = -2, Date = -3, TimeOfDay = -4;

    private static readonly string[] Bar = ["open", "high", "low", "close", "volume"];

    /// <summary>What a column of that role is called where the file gives no name.</summary>
    public static string Name(int role, int column) => role switch
    {
        >= 0 and < FirstExtra => Bar[role],
        Time => "time",
        Date => "date",
        TimeOfDay => "time-of-day",
        _ => $"column_{column + 1}",
    };
}

/// <summary>How the columns of a file are to be read.</summary>
internal sealed class CsvLayout
{
    /// <summary>Separator of columns.</summary>
    public required byte Separator { get; init; }

    /// <summary>Decimal point.</summary>
    public byte Point { get; set; } = (byte)'.';

    /// <summary>Lines before the first row: titles, comments, names.</summary>
    public required long LinesBefore { get; init; }

    /// <summary>Names by column, as in the file or given by role.</summary>
    public required string[] Names { get; init; }

    /// <summary>A <see cref="ColumnRole"/> by column.</summary>
    public required int[] Roles { get; init; }

    /// <summary>Names of further numeric columns by slot.</summary>
    public string[] Extras { get; set; } = [];

    /// <summary>Whether some column is the volume.</summary>
    public required bool HasVolume { get; init; }

    /// <summary>How times are written.</summary>
    public TimeForm Time { get; set; }

    /// <summary>Pattern of the times when <see cref="TimeKind.Pattern"/>.</summary>
    public string Pattern { get; set; } = "";

    /// <summary>Whether the time column is called after the bar's close.</summary>
    public bool IsNamedClose { get; init; }
}
