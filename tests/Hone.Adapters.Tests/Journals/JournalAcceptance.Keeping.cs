using Hone.Adapters.Journals;
using Hone.Trading.Live;
using Xunit;

namespace Hone.Adapters.Tests.Journals;

public abstract partial class JournalAcceptance
{
    [Fact]
    public async Task Opened_again_it_has_all_that_was_acknowledged_and_a_higher_epoch()
    {
        var batch = Batch("a", null, 5, "p:1");
        long epoch;
        await using (var journal = await Open())
        {
            await journal.Append(batch, Cancel);
            epoch = journal.Epoch;
        }
        await using var again = await Open();
        Assert.True(again.Epoch > epoch);
        DemandSame(batch.Entries, await Read(again, "a"));
        await again.Append(Batch("a", batch.Entries[^1], 1), Cancel);
        Assert.Equal(6, (await Read(again, "a")).Count);
    }

    [Fact]
    public async Task A_second_writer_is_refused()
    {
        await using var journal = await Open();
        await Assert.ThrowsAsync<JournalOpenException>(async () => await Open());
    }

    [Fact]
    public async Task A_writer_that_was_overtaken_stores_nothing_more()
    {
        await using var old = await Open();
        var batch = Batch("a", null, 1);
        await old.Append(batch, Cancel);
        await using var later = await TakeOver();
        await Assert.ThrowsAsync<JournalFencedException>(async () => await old.Append(Batch("a", batch.Entries[^1], 1), Cancel));
        await Assert.ThrowsAsync<JournalFencedException>(async () => await old.Append(Batch("b", null, 1), Cancel));
        Assert.Equal(JournalStatus.Dead, old.Health.Status);
        DemandSame(batch.Entries, await Read(later, "a"));
        await later.Append(Batch("a", batch.Entries[^1], 1), Cancel);
    }

    [Fact]
    public async Task Emissions_come_in_order_and_from_where_one_asks()
    {
        await using var journal = await Open();
        var batch = Batch("a", null, 2);
        await journal.Append(batch, Cancel);
        Emission[] emissions = [new(1, 0, EmissionKind.Prediction, 10, new byte[] { 1, 2 }), new(1, 1, EmissionKind.Drift, 10, new byte[300]), new(2, 0, EmissionKind.Outcome, 20, ReadOnlyMemory<byte>.Empty)];
        await journal.Append(new JournalBatch { Session = "a", AfterSeq = 2, Emissions = emissions }, Cancel);
        var read = await journal.Emissions("a", 1, 10, Cancel);
        Assert.Equal(emissions.Select(e => (e.Seq, e.N, e.Kind, e.AtUs, Convert.ToHexString(e.Payload.Span))), read.Select(e => (e.Seq, e.N, e.Kind, e.AtUs, Convert.ToHexString(e.Payload.Span))));
        Assert.Equal([1L, 1L], (await journal.Emissions("a", 1, 2, Cancel)).Select(e => e.Seq));
        Assert.Equal([2L], (await journal.Emissions("a", 2, 10, Cancel)).Select(e => e.Seq));
    }

    [Fact]
    public async Task Snapshots_are_found_by_position_and_compaction_keeps_what_the_newest_needs()
    {
        await using var journal = await Open();
        var batch = Batch("a", null, 20, "p:1");
        await journal.Append(batch, Cancel);
        foreach (var seq in new[] { 5, 10, 15 })
            await journal.Append(new JournalBatch { Session = "a", AfterSeq = 20, Snapshot = new StoredSnapshot(seq, seq, batch.Entries[seq - 1].Link, $"hash{seq}", "engine", new byte[] { (byte)seq, 7 }) }, Cancel);
        Assert.Equal(10, (await journal.Snapshot("a", 14, Cancel))!.Seq);
        Assert.Equal(new byte[] { 15, 7 }, (await journal.Snapshot("a", cancel: Cancel))!.State.ToArray());
        Assert.Null(await journal.Snapshot("a", 4, Cancel));
        Assert.Equal([5L, 10L, 15L], (await journal.Snapshots("a", Cancel)).Select(s => s.Seq));

        Assert.Equal(12, await journal.Compact("a", 12, 0, Cancel));
        Assert.Equal(12, await journal.FirstSeq("a", Cancel));
        Assert.Equal([10L, 15L], (await journal.Snapshots("a", Cancel)).Select(s => s.Seq));
        Assert.Equal(16, await journal.Compact("a", long.MaxValue, 0, Cancel));
        DemandSame([.. batch.Entries.Skip(15)], await Read(journal, "a"));
        Assert.Equal([15L], (await journal.Snapshots("a", Cancel)).Select(s => s.Seq));
        Assert.NotNull(await journal.Find("a", "p:1", Cancel));
        await journal.Compact("a", long.MaxValue, long.MaxValue, Cancel);
        Assert.Null(await journal.Find("a", "p:1", Cancel));
    }

    [Fact]
    public async Task Snapshots_do_not_pile_up()
    {
        await using var journal = await Open();
        foreach (var session in new[] { "a", "b" })
        {
            var batch = Batch(session, null, 12);
            await journal.Append(batch, Cancel);
            foreach (var seq in session == "a" ? [2, 5, 5, 7, 9, 12] : new[] { 3, 4, 6 })
                await journal.Append(new JournalBatch { Session = session, AfterSeq = 12, Snapshot = new StoredSnapshot(seq, seq, batch.Entries[seq - 1].Link, $"hash{seq}", "engine", new byte[] { (byte)seq }) }, Cancel);
        }
        // The oldest, with which the history begins, and the newest two.
        Assert.Equal([2L, 9L, 12L], (await journal.Snapshots("a", Cancel)).Select(s => s.Seq));
        Assert.Equal([3L, 4L, 6L], (await journal.Snapshots("b", Cancel)).Select(s => s.Seq));
        Assert.Equal(new byte[] { 9 }, (await journal.Snapshot("a", 11, Cancel))!.State.ToArray());
        Assert.Equal(13, await journal.Compact("a", long.MaxValue, 0, Cancel));
        Assert.Equal([12L], (await journal.Snapshots("a", Cancel)).Select(s => s.Seq));
    }

    [Fact]
    public async Task A_batch_whose_entries_are_not_linked_to_each_other_is_refused()
    {
        await using var journal = await Open();
        var whole = Batch("a", null, 3);
        var broken = new JournalBatch { Session = "a", AfterSeq = 0, Record = Record("a"), Entries = [whole.Entries[0], whole.Entries[1] with { Payload = new byte[] { 9 } }, whole.Entries[2]] };
        await Assert.ThrowsAsync<JournalConflictException>(async () => await journal.Append(broken, Cancel));
        Assert.Empty(await journal.Sessions(Cancel));
    }

    [Fact]
    public async Task Documents_are_replaced_listed_and_removed()
    {
        await using var journal = await Open();
        await journal.PutDocument("model", "a", new byte[] { 1 }, Cancel);
        await journal.PutDocument("model", "b", new byte[] { 2 }, Cancel);
        await journal.PutDocument("model", "a", new byte[] { 3 }, Cancel);
        await journal.PutDocument("other", "a", new byte[] { 4 }, Cancel);
        Assert.Equal(new byte[] { 3 }, (await journal.GetDocument("model", "a", Cancel))!.Value.ToArray());
        Assert.Null(await journal.GetDocument("model", "c", Cancel));
        Assert.Equal(["a", "b"], (await journal.Documents("model", "", 10, Cancel)).Select(document => document.Id));
        Assert.Equal(["b"], (await journal.Documents("model", "a", 10, Cancel)).Select(document => document.Id));
        Assert.Equal(0, await journal.RemoveDocuments("model", 0, Cancel));
        Assert.Equal(2, await journal.RemoveDocuments("model", long.MaxValue, Cancel));
        Assert.Single(await journal.Documents("other", "", 10, Cancel));
    }
}
