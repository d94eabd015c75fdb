namespace Hone.Adapters.Streams;

/// <summary>A whole stream in memory: the features of every row, what is to be predicted, and when that is known.</summary>
public sealed class StreamTable
{
    /// <summary>A target of so many different whole numbers or fewer is taken for classes.</summary>
    public const int IntegerClassesMax = 100;

    /// <summary>Classes of a target at most.</summary>
    public const int ClassesMax = 1_024;

    /// <summary>Different texts of a feature at most: each becomes a feature of its own.</summary>
    public const int NominalValuesMax = 64;

    /// <summary>Features of a row at most.</summary>
    public const int FeaturesMax = 10_000;

    /// <summary>The file as it was named.</summary>
    public required string Path { get; init; }

    /// <summary>The file's name without folder and without endings that only say how it is written.</summary>
    public required string Name { get; init; }

    /// <summary>Rows, in the order of the file; rows without a target are not among them.</summary>
    public required int Rows { get; init; }

    /// <summary>Names of the features; a feature made of a text is called column=text.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>The features of all rows, one row behind the other; NaN where a value is missing.</summary>
    public required double[] Values { get; init; }

    /// <summary>What is predicted.</summary>
    public required StreamTask Task { get; init; }

    /// <summary>Name of the target's column.</summary>
    public required string Target { get; init; }

    /// <summary>Names of the classes, in the order of their numbers; empty for a regression.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The class of every row; empty for a regression.</summary>
    public required int[] Labels { get; init; }

    /// <summary>The number to predict of every row; empty for a classification.</summary>
    public required double[] Targets { get; init; }

    /// <summary>When labels are known; null without a delay column.</summary>
    public required StreamDelays? Delays { get; init; }

    /// <summary>Rows that were left out because their target is missing.</summary>
    public required long RowsWithoutTarget { get; init; }

    /// <summary>What the reader decided and its user should know, one sentence each.</summary>
    public required IReadOnlyList<string> Notices { get; init; }

    /// <summary>The features of one row.</summary>
    public ReadOnlySpan<double> Row(int row) => Values.AsSpan(row * Features.Count, Features.Count);
}

/// <summary>When the label of every row is known, from a column of the file.</summary>
/// <param name="Column">Name of the column.</param>
/// <param name="Rows">Rows that are predicted after a row before its label is known, 0 or more; <see cref="Never"/> where the cell is empty. Null when the column has moments.</param>
/// <param name="KnownAtUs">The moment from which the label of a row is known, in microseconds since 1970, never before the row's own time; <see cref="Never"/> where the cell is empty. Null when the column has rows.</param>
/// <param name="TimesUs">The time of every row, never decreasing; null when the column has rows.</param>
public sealed record StreamDelays(string Column, long[]? Rows, long[]? KnownAtUs, long[]? TimesUs)
{
    /// <summary>The label never becomes known: its row is scored and not learned.</summary>
    public const long Never = long.MaxValue;
}
