using System.Text;
using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Adapters.Tests.Journals;

/// <summary>One session that writes to a journal as a server does: one batch after the other, each with a key and the emission of the entry before.</summary>
public sealed class WritingSession(string id, string writer = "")
{
    private long _seq;
    private UInt128 _link;

    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>Last entry that was acknowledged.</summary>
    public long Acknowledged => Volatile.Read(ref _seq);

    /// <summary>The next batch.</summary>
    public JournalBatch Next(int payloadBytes = 0)
    {
        var text = Encoding.UTF8.GetBytes($"{writer}{_seq + 1}");
        var payload = new byte[Math.Max(payloadBytes, text.Length)];
        text.CopyTo(payload, 0);
        var entry = JournalEntry.After(_link, _seq + 1, EntryKind.Ask, 1_000 * _seq, 1_000 * _seq, payload);
        return new JournalBatch
        {
            Session = id,
            AfterSeq = _seq,
            Record = _seq == 0 ? new SessionRecord(id, "TEST", id, 1, null) : null,
            Entries = [entry],
            Keys = [new TakenKey(JournalKey.Prediction($"{id}-{entry.Seq}"), entry.Seq, JournalKey.BodyHash(payload))],
            Emissions = _seq == 0 ? [] : [new Emission(_seq, 0, EmissionKind.Prediction, 1_000 * _seq, payload)],
        };
    }

    /// <summary>Appends one entry.</summary>
    public async Task Append(IJournal journal, int payloadBytes = 0)
    {
        var batch = Next(payloadBytes);
        await journal.Append(batch);
        _link = batch.Entries[^1].Link;
        Volatile.Write(ref _seq, batch.Entries[^1].Seq);
    }

    /// <summary>Stands where the journal says that the session stands.</summary>
    public async Task Resume(IJournal journal)
    {
        await foreach (var entry in journal.Entries(id))
            (_seq, _link) = (entry.Seq, entry.Link);
    }

    /// <summary>Every acknowledged entry is there once, linked, under its key; and nothing else.</summary>
    public async Task DemandExact(IJournal journal)
    {
        var link = UInt128.Zero;
        long seq = 0;
        await foreach (var entry in journal.Entries(id))
        {
            Assert.Equal(++seq, entry.Seq);
            Assert.True(entry.Follows(link), $"entry {seq} of {id} is not linked");
            link = entry.Link;
        }
        Assert.Equal(Acknowledged, seq);
        for (var i = 1L; i <= seq; i += Math.Max(1, seq / 10))
            Assert.Equal(i, (await journal.Find(id, JournalKey.Prediction($"{id}-{i}")))?.Seq);
        Assert.Equal(Math.Max(0, seq - 1), (await journal.Emissions(id, 1, int.MaxValue)).Count);
    }
}
