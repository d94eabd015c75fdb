using System.Globalization;

namespace Hone.Host.Api.Sessions;

/// <summary>Names of features that a client only counts.</summary>
internal static class LiveFeatures
{
    /// <summary>f0, f1…</summary>
    public static string[] Numbered(int count) => [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"f{i}"))];
}
