using Hone.Adapters.Journals;
using Hone.Trading.Live;
using Xunit;

namespace Hone.Adapters.Tests.Journals;

/// <summary>What every journal promises. A derived class brings a store and nothing else.</summary>
public abstract partial class JournalAcceptance
{
    /// <summary>Opens the store of this test for writing; opened again it is the same store.</summary>
    protected abstract ValueTask<IJournal> Open();

    /// <summary>Opens the same store as a later writer while an earlier one lives, as if that one had lost its place without knowing.</summary>
    protected abstract ValueTask<IJournal> TakeOver();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected static SessionRecord Record(string session) => new(session, "BTC", session, 1_000, null);

    /// <summary>A batch of entries that continues <paramref name="after"/>; the first of a session brings its record.</summary>
    protected static JournalBatch Batch(string session, JournalEntry? after, int count, string? key = null, int payloadBytes = 120)
    {
        var entries = new List<JournalEntry>();
        var (seq, link) = after is { } last ? (last.Seq, last.Link) : (0L, UInt128.Zero);
        for (var i = 0; i < count; i++)
        {
            var payload = new byte[payloadBytes];
            for (var b = 0; b < payload.Length; b++)
                payload[b] = (byte)(seq * 31 + b * 7 + session.Length);
            entries.Add(JournalEntry.After(link, ++seq, EntryKind.Ask, 10 * seq, 10 * seq + 1, payload));
            link = entries[^1].Link;
        }
        return new JournalBatch
        {
            Session = session,
            AfterSeq = after?.Seq ?? 0,
            Entries = entries,
            Keys = key is null ? [] : [new TakenKey(key, entries[0].Seq, 77)],
            Record = after is null ? Record(session) : null,
        };
    }

    protected static async Task<List<JournalEntry>> Read(IJournal journal, string session)
    {
        var entries = new List<JournalEntry>();
        await foreach (var entry in journal.Entries(session, cancel: Cancel))
            entries.Add(entry);
        return entries;
    }

    protected static void DemandSame(IReadOnlyList<JournalEntry> expected, IReadOnlyList<JournalEntry> actual)
    {
        Assert.Equal(expected.Select(entry => (entry.Seq, entry.Kind, entry.AtUs, entry.ReceivedUs, entry.Link)), actual.Select(entry => (entry.Seq, entry.Kind, entry.AtUs, entry.ReceivedUs, entry.Link)));
        for (var i = 0; i < expected.Count; i++)
            Assert.True(expected[i].Payload.Span.SequenceEqual(actual[i].Payload.Span));
    }
}
