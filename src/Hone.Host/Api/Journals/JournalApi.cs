using Hone.Adapters.Journals;
using Hone.Host.Api.Rendering;
using Hone.Host.Api.Requests;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Host.Serving.Keys;
using Hone.Trading.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hone.Host.Api.Journals;

/// <summary>What happened to a session, entry by entry.</summary>
public static class JournalApi
{
    /// <summary>Maps the noun.</summary>
    public static void MapJournal(this IEndpointRouteBuilder app)
    {
        app.MapGet("/journal/{session}", List).RequireKey(Role.Read).WithTags("Journal")
            .WithSummary("Entries of a session's journal from a seq on, readable by kind, a page at a time. Those that were compacted are left out.");
    }

    private static async Task<JsonAnswer> List(string session, SessionHost host, IJournal journal, ServeOptions options, CancellationToken cancel, long from = 1, int limit = Paging.LimitDefault)
    {
        Paging.Check(limit, options);
        if (from < 1)
            throw Refusals.Field("from", $"is {from}; entries are numbered from 1.");
        var setup = host.Find(session)?.Setup ?? (await host.Load(session, cancel))?.Setup ?? throw SessionLookup.Unknown(session);
        var first = await journal.FirstSeq(session, cancel);
        var entries = new List<JournalEntry>();
        // One more than is shown tells whether there is a next page.
        await foreach (var entry in journal.Entries(session, from, long.MaxValue, cancel))
        {
            entries.Add(entry);
            if (entries.Count > limit)
                break;
        }
        var words = SessionFacts.Of(setup).Words;
        return JsonAnswer.Object(json =>
        {
            json.WriteString("session_id"u8, setup.Id);
            json.WriteString("symbol"u8, setup.Symbol);
            json.WriteNumber("first_seq"u8, first);
            json.WriteStartArray("entries"u8);
            foreach (var entry in entries.Take(limit))
                EntryJson.Write(json, words, entry);
            json.WriteEndArray();
            if (entries.Count > limit)
                json.WriteNumber("next"u8, entries[limit].Seq);
            else
                json.WriteNull("next"u8);
        });
    }
}
