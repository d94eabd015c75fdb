using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Adapters.Tests.Journals.Faults;

/// <summary>Batches of two sessions in a fixed order, the same in every process: what is stored can be compared with what should be.</summary>
internal static class JournalScenario
{
    /// <summary>The first batches, to be appended one after the other.</summary>
    public static IReadOnlyList<JournalBatch> Batches(int count)
    {
        var random = new Random(11);
        var heads = new Dictionary<string, JournalEntry>();
        var batches = new List<JournalBatch>();
        for (var number = 0; number < count; number++)
        {
            var session = number % 3 == 0 ? "a" : "b";
            var isFirst = !heads.TryGetValue(session, out var head);
            var entries = new List<JournalEntry>();
            for (var left = random.Next(1, 4); left > 0; left--)
            {
                var payload = new byte[random.Next(0, 700)];
                random.NextBytes(payload);
                var last = entries.Count > 0 ? entries[^1] : head;
                entries.Add(JournalEntry.After(last.Link, last.Seq + 1, EntryKind.Ask, number, number, payload));
            }
            batches.Add(new JournalBatch
            {
                Session = session,
                AfterSeq = head.Seq,
                Entries = entries,
                Keys = [new TakenKey(Key(number), entries[0].Seq, (UInt128)number)],
                Emissions = isFirst ? [] : [new Emission(head.Seq, 0, EmissionKind.Prediction, number, head.Payload)],
                Snapshot = number % 10 == 9 ? new StoredSnapshot(entries[^1].Seq, number, entries[^1].Link, $"{number}", "engine", new byte[3000]) : null,
                Record = isFirst ? new SessionRecord(session, "TEST", session, 1, null) : null,
            });
            heads[session] = entries[^1];
        }
        return batches;
    }

    /// <summary>The key of a batch.</summary>
    public static string Key(int number) => $"p:{number}";

    /// <summary>Demands that a journal holds the first batches, whole and as they were: all that were acknowledged, and at most one more, which was under way.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="batches">What was appended.</param>
    /// <param name="acknowledged">How many of them were acknowledged.</param>
    /// <param name="when">For messages.</param>
    /// <param name="mayLose">Whether what is missing is counted in place of being a failure.</param>
    /// <param name="isCut">Whether <paramref name="acknowledged"/> is only what must be there of more that was appended.</param>
    /// <returns>How many batches it holds; -1 when some that were acknowledged are missing and may be.</returns>
    public static async Task<int> DemandStored(IJournal journal, IReadOnlyList<JournalBatch> batches, int acknowledged, string when, bool mayLose = false, bool isCut = false)
    {
        var stored = new Dictionary<string, List<JournalEntry>>();
        foreach (var session in new[] { "a", "b" })
        {
            stored[session] = [];
            await foreach (var entry in journal.Entries(session))
                stored[session].Add(entry);
        }
        var reached = new Dictionary<string, int> { ["a"] = 0, ["b"] = 0 };
        var count = 0;
        foreach (var batch in batches)
        {
            var there = stored[batch.Session];
            if (there.Count <= reached[batch.Session])
                break;
            foreach (var entry in batch.Entries)
            {
                Assert.True(reached[batch.Session] < there.Count, $"{when}: half of batch {count} is stored");
                var found = there[reached[batch.Session]++];
                Assert.True(found.Seq == entry.Seq && found.Link == entry.Link && found.Payload.Span.SequenceEqual(entry.Payload.Span), $"{when}: entry {entry.Seq} of {batch.Session} is another one");
            }
            count++;
        }
        Assert.True(stored.All(session => session.Value.Count == reached[session.Key]), $"{when}: there are entries after a batch that is missing");
        if (mayLose && count < acknowledged)
            return -1;
        Assert.True(count >= acknowledged, $"{when}: {acknowledged} batches were acknowledged and {count} are stored");
        Assert.True(isCut || count <= acknowledged + 1, $"{when}: {acknowledged} batches were acknowledged and {count} are stored");
        for (var number = 0; number < Math.Min(count + 1, batches.Count); number += Math.Max(1, Math.Min(7, count - number - 1)))
        {
            var key = await journal.Find(batches[number].Session, Key(number));
            Assert.True(number < count ? key?.Seq == batches[number].Entries[0].Seq : key is null, $"{when}: the key of batch {number} of {count}");
        }
        Assert.Equal(Math.Max(0, count - 2), (await journal.Emissions("a", 1, int.MaxValue)).Count + (await journal.Emissions("b", 1, int.MaxValue)).Count);
        return count;
    }
}
