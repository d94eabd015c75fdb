using System.Text.RegularExpressions;
using Hone.Trading.Live;

namespace Hone.Host.Api.Requests;

/// <summary>Ids and names that clients choose: they may stand in a path, a log and a file, and none of them is ever one.</summary>
internal static partial class Ids
{
    private const string IdText = "1 to 128 letters, digits and -_.:@";
    private const string SymbolText = "1 to 64 letters, digits and ._:@-, a letter or digit first";

    /// <summary>Checks an id; null stands for none.</summary>
    /// <exception cref="Serving.ProblemException">400: it cannot be used.</exception>
    public static string? Id(string? id, string field)
        => id is null || JournalKey.IsId(id) ? id : throw Refusals.Field(field, $"cannot be used as an id; one has {IdText}.");

    /// <summary>Checks a symbol or the name of a session.</summary>
    /// <exception cref="Serving.ProblemException">400: it cannot be used.</exception>
    public static string Symbol(string symbol, string field = "symbol")
        => SymbolPattern().IsMatch(symbol) ? symbol : throw Refusals.Field(field, $"cannot be used as a name; one has {SymbolText}.");

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SymbolPattern();
}
