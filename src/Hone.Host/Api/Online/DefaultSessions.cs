using Hone.Host.Api.Requests;
using Hone.Host.Api.Sessions;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Api.Online;

/// <summary>The session that stands for a symbol on the paths that know no sessions: the one named default, started by the first request that brings features.</summary>
internal static class DefaultSessions
{
    private const string Name = "default";

    /// <summary>The session of a symbol, which is started when there is none.</summary>
    /// <exception cref="ProblemException">400: the symbol or the features cannot be used.</exception>
    public static async ValueTask<SessionWriter> OfOrStart(this SessionHost host, string symbol, FeatureValues features, HoneConfig config)
    {
        if (host.Find(Ids.Symbol(symbol), Name) is { } there)
            return there;
        // Of several first requests one starts it, and the others get that one.
        return (await host.Start(SetupReader.Default(symbol, Name, features, config))).Writer;
    }

    /// <summary>The session of a symbol.</summary>
    /// <exception cref="ProblemException">404: there is none.</exception>
    public static SessionWriter Of(this SessionHost host, string symbol)
        => host.Find(Ids.Symbol(symbol), Name)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, $"There is no session of '{symbol}' yet; the first training data or prediction starts one.", new Dictionary<string, string[]> { ["symbol"] = ["has no session yet."] });

    /// <summary>Sessions that are asked with features, one symbol's or all.</summary>
    public static IEnumerable<SessionWriter> Asked(this SessionHost host, string? symbol)
        => host.Active.Where(w => !w.Setup.Trading && (symbol is null || w.Setup.Symbol == symbol)).OrderBy(w => w.Id, StringComparer.Ordinal);
}
