using Hone.Host.Api.Requests;
using Hone.Host.Configuration;
using Hone.Host.Runs;
using Hone.Host.Serving;
using Hone.Trading;
using Hone.Trading.Live;
using Hone.Trading.Market;
using Hone.Trading.Sessions;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Api.Sessions;

/// <summary>A saved loop that a session goes on from. It is named, never addressed: nothing outside of HOME/states can be reached.</summary>
internal static class SavedState
{
    private const string Folder = "states";

    /// <summary>The loop that a setup names; null when it names none.</summary>
    /// <exception cref="ProblemException">400: no name; 422: there is none, or it belongs to another setup.</exception>
    public static TradingSession? Of(LiveSetup setup, string home, TradingCatalog catalog)
    {
        if (setup.State is not { } name)
            return null;
        const string Field = "config.state";
        // The pattern of a symbol has neither separators nor a leading dot.
        Ids.Symbol(name, Field);
        var path = Path.Combine(home, Folder, name);
        if (!File.Exists(path))
            throw Refusals.Field(StatusCodes.Status422UnprocessableEntity, Field, $"is '{name}'; there is no such state in the folder '{Folder}' of the server's home.");
        try
        {
            // What the saved loop knew of its market wins over this.
            return StateFile.Load(path, setup.Session, new MarketInfo(setup.Symbol, setup.AssetClass ?? AssetClass.Crypto, setup.StepUs, [], true, 1), market => new TradingSession(catalog, setup.Session, market));
        }
        catch (ConfigException e)
        {
            throw Refusals.Field(StatusCodes.Status422UnprocessableEntity, Field, $"cannot be used: {e.Message.Replace(path, name, StringComparison.Ordinal)}");
        }
    }
}
