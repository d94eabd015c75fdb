namespace Hone.Trading.Features;

/// <summary>Features of a whole history: one row per bar, NaN where a value does not exist.</summary>
public sealed class FeatureTable
{
    private readonly double[] _values;

    internal FeatureTable(FeatureSchema schema, int rows)
    {
        Schema = schema;
        Rows = rows;
        Columns = schema.Features.Count;
        if ((long)rows * Columns > Array.MaxLength)
            throw new ArgumentException($"{rows} rows of {Columns} features are more than one table holds ({Array.MaxLength} numbers). Select fewer features or cut the history.", nameof(rows));
        _values = new double[rows * Columns];
    }

    /// <summary>The columns.</summary>
    public FeatureSchema Schema { get; }

    /// <summary>Number of bars.</summary>
    public int Rows { get; }

    /// <summary>Number of features.</summary>
    public int Columns { get; }

    /// <summary>All numbers, row by row.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>The features after one bar.</summary>
    public ReadOnlySpan<double> this[int row] => WritableRow(row);

    internal Span<double> WritableRow(int row) => _values.AsSpan(row * Columns, Columns);
}
