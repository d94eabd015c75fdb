using Hone.Adapters.Feeds;
using Hone.Host.Api.Rendering;
using Hone.Host.Api.Requests;
using Hone.Host.Serving;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Idempotent;
using Hone.Host.Serving.Json;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Bars;

/// <summary>Hands bars to sessions that trade.</summary>
public static class BarsApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapBars(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sessions/{id}/bars", Post).RequireKey(Role.Ingest).KeepsItsOwnKeys().WithTags("Bars")
            .WithSummary("Hands bars to a session that trades; answers features, prediction, orders and fills of the paper book for each.")
            .WithDescription(
                "A timestamp marks the START of its bar, as exchanges publish it; with ?stamp=close it marks the close. Inside Hone a bar's time is its close, the first moment at which it is known: close_time in answers. "
                + "The length of a bar is config.step of the session, else the suffix of its symbol (BTCUSDT@15m), else the most common distance of the first bars that are posted. A bar that was posted before is answered again and changes nothing.")
            .WithExample("""{"bars":[{"timestamp":"2026-01-31T13:00:00Z","open":101.2,"high":101.9,"low":100.8,"close":101.5,"volume":1204}]}""", BarsExample.Answer);
    }

    private static async Task<JsonAnswer> Post(string id, JsonBody<BarsRequest> body, SessionHost host, HttpContext context, string stamp = "start")
    {
        var writer = host.Active(id);
        var marks = stamp switch { "start" => BarStamp.Start, "close" => BarStamp.Close, _ => throw Refusals.Field("stamp", "must be start or close.") };
        var known = writer.Read(session => session.Trading?.Market);
        var bars = new PostedBars(body.Value, marks, writer.Setup, known);
        if (known is null && writer.Setup.Trading)
            bars.Try(host.Catalog);
        var command = await writer.Submit(new BarsCommand(bars.Items, () => bars.Market, IdempotencyKey.Of(context)));
        if (command.Refusal is { } refusal)
            throw refusal.ToProblem();
        var names = writer.Read(session => session.Trading!.Features.SelectedSchema.Features.Select(f => f.Name).ToArray());
        var words = SessionFacts.Of(writer.Setup).Words;
        return JsonAnswer.Object(json =>
        {
            json.WriteString("session_id"u8, writer.Id);
            json.WriteString("symbol"u8, writer.Setup.Symbol);
            json.WriteStartArray("bars"u8);
            foreach (var result in command.Results)
                BarJson.Write(json, words, names, result);
            json.WriteEndArray();
        });
    }
}
