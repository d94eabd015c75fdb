namespace Hone.Adapters.Feeds;

/// <summary>What every bar must satisfy, and what is said of one that does not.</summary>
internal static class BarRules
{
    /// <summary>Whether five values can be a bar. Written so that any NaN fails.</summary>
    public static bool Holds(ReadOnlySpan<double> v)
        => v[ColumnRole.Low] > 0
            && v[ColumnRole.High] >= v[ColumnRole.Open] && v[ColumnRole.High] >= v[ColumnRole.Close]
            && v[ColumnRole.Low] <= v[ColumnRole.Open] && v[ColumnRole.Low] <= v[ColumnRole.Close]
            && v[ColumnRole.High] < double.PositiveInfinity && v[ColumnRole.Volume] >= 0 && v[ColumnRole.Volume] < double.PositiveInfinity;

    /// <summary>What is wrong with five values that cannot be a bar.</summary>
    public static FeedProblem Problem(string file, long line, CsvLayout layout, ReadOnlySpan<double> v)
    {
        double open = v[ColumnRole.Open], high = v[ColumnRole.High], low = v[ColumnRole.Low], close = v[ColumnRole.Close];
        for (var role = ColumnRole.Open; role <= ColumnRole.Close; role++)
            if (!(v[role] > 0))
                return Of(role, v[role], "is not above 0", "correct or remove the row; prices are positive");
        if (!(v[ColumnRole.Volume] >= 0))
            return Of(ColumnRole.Volume, v[ColumnRole.Volume], "is below 0", "correct or remove the row; volume is 0 or more");
        const string Remedy = "correct or remove the row, or check which column is which";
        if (high < low)
            return Of(ColumnRole.High, high, $"is below the low {Text(low)}", Remedy);
        if (high < Math.Max(open, close))
            return Of(ColumnRole.High, high, high < open ? $"is below the open {Text(open)}" : $"is below the close {Text(close)}", Remedy);
        return Of(ColumnRole.Low, low, low > open ? $"is above the open {Text(open)}" : $"is above the close {Text(close)}", Remedy);

        FeedProblem Of(int role, double value, string what, string remedy)
            => new(file, line, layout.Names[Array.IndexOf(layout.Roles, role)], Text(value), what, remedy);
    }

    private static string Text(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
