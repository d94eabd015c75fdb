namespace Hone.Adapters.Streams;

/// <summary>What is predicted on a stream.</summary>
public enum StreamTask
{
    /// <summary>One of several classes.</summary>
    Classification = 0,

    /// <summary>A number.</summary>
    Regression = 1,
}

/// <summary>What to read of a file of rows.</summary>
public sealed record StreamOptions
{
    /// <summary>Name of the column that is predicted.</summary>
    public required string Target { get; init; }

    /// <summary>Name of the column that says how late the label of a row is known: whole rows, or the moment; null when it is known at once or after the same number of rows everywhere.</summary>
    public string? DelayColumn { get; init; }

    /// <summary>Names of columns that are left out.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>What is predicted; null: classes when the target is text or has at most <see cref="StreamTable.IntegerClassesMax"/> different whole numbers, else a number.</summary>
    public StreamTask? Task { get; init; }

    /// <summary>Rows that are read at most, 1 or more; null for all.</summary>
    public long? RowsMax { get; init; }

    /// <summary>Bytes that the features of all rows may take.</summary>
    public long BytesMax { get; init; } = 2L << 30;
}
