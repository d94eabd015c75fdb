using Hone.Host.Configuration;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Keys;
using Hone.Trading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using System.Text.Json.Nodes;

namespace Hone.Host.Api.Catalogs;

/// <summary>Everything that a config can name.</summary>
public static class CatalogApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapCatalog(this IEndpointRouteBuilder app)
    {
        app.MapGet("/catalog", Get).RequireKey(Role.Read).WithTags("Catalog").WithSummary("Everything that a config can name, with its options: what `hone catalog --json` prints.")
            .WithExample(null, """{"learners":[{"name":"no-change","summary":"Repeats the last label.","source":null,"behaviour":1,"state_format":1,"options":[]}]}""");
    }

    private static Ok<JsonObject> Get(TradingCatalog catalog) => TypedResults.Ok(CatalogJson.Of(CatalogView.Of(catalog)));
}
