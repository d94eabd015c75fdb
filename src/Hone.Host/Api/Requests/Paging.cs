using Hone.Host.Configuration;

namespace Hone.Host.Api.Requests;

/// <summary>Lists are read a page at a time: what comes after a key, at most so many rows.</summary>
internal static class Paging
{
    /// <summary>Rows of a page unless asked for otherwise.</summary>
    public const int LimitDefault = 100;

    /// <summary>Checks how many rows are asked for.</summary>
    /// <exception cref="Serving.ProblemException">400: too many, or none.</exception>
    public static void Check(int limit, ServeOptions options)
    {
        if (limit < 1 || limit > options.Limits.PageRowsMax)
            throw Refusals.Field("limit", $"is {limit}; a page has 1 to {options.Limits.PageRowsMax} rows.");
    }
}
