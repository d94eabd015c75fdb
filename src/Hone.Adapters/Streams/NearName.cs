namespace Hone.Adapters.Streams;

/// <summary>Finds the name that somebody who mistyped one may have meant.</summary>
public static class NearName
{
    private const int CharactersMax = 60;

    /// <summary>The known name nearest to a wrong one; null when none is near.</summary>
    public static string? Of(string wrong, IEnumerable<string> known)
    {
        var near = known.Select(name => (Name: name, Distance: Distance(name, wrong))).DefaultIfEmpty().MinBy(n => n.Distance);
        return near.Name is not null && near.Distance <= Math.Max(2, wrong.Length / 3) ? near.Name : null;
    }

    // Levenshtein without case, with one row.
    private static int Distance(string a, string b)
    {
        if (Math.Max(a.Length, b.Length) > CharactersMax)
            return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + changed));
            }
        }
        return row[^1];
    }
}
