using Hone.Adapters.Journals;
using Hone.Trading.Live;
using Xunit;

namespace Hone.Adapters.Tests.Journals;

public abstract partial class JournalAcceptance
{
    [Fact]
    public async Task Entries_come_back_in_order_and_bit_for_bit()
    {
        await using var journal = await Open();
        var first = Batch("a", null, 3);
        var second = Batch("a", first.Entries[^1], 2, payloadBytes: 0);
        await journal.Append(first, Cancel);
        await journal.Append(second, Cancel);
        DemandSame([.. first.Entries, .. second.Entries], await Read(journal, "a"));
        Assert.Equal([Record("a")], await journal.Sessions(Cancel));
    }

    [Fact]
    public async Task A_batch_that_does_not_continue_its_session_leaves_nothing_behind()
    {
        await using var journal = await Open();
        var first = Batch("a", null, 2, "p:1");
        await journal.Append(first, Cancel);
        await Assert.ThrowsAsync<JournalConflictException>(async () => await journal.Append(Batch("a", first.Entries[0], 2, "p:2"), Cancel));
        var unlinked = Batch("b", first.Entries[^1], 1, "p:2").Entries[0] with { Link = 5 };
        await Assert.ThrowsAsync<JournalConflictException>(async () => await journal.Append(new JournalBatch { Session = "a", AfterSeq = 2, Entries = [unlinked] }, Cancel));
        DemandSame(first.Entries, await Read(journal, "a"));
        Assert.Null(await journal.Find("a", "p:2", Cancel));
    }

    [Fact]
    public async Task A_key_is_taken_once_and_found()
    {
        await using var journal = await Open();
        var first = Batch("a", null, 1, "p:1");
        await journal.Append(first, Cancel);
        await Assert.ThrowsAsync<JournalConflictException>(async () => await journal.Append(Batch("a", first.Entries[^1], 1, "p:1"), Cancel));
        Assert.Equal(new TakenKey("p:1", 1, 77), await journal.Find("a", "p:1", Cancel));
        Assert.Null(await journal.Find("b", "p:1", Cancel));
        Assert.Single(await Read(journal, "a"));
    }

    [Fact]
    public async Task One_active_session_per_symbol_and_name()
    {
        await using var journal = await Open();
        await journal.Append(Batch("a", null, 1), Cancel);
        var second = Batch("b", null, 1);
        var sameName = new JournalBatch { Session = "b", AfterSeq = 0, Entries = second.Entries, Record = Record("b") with { Name = "a" } };
        await Assert.ThrowsAsync<JournalConflictException>(async () => await journal.Append(sameName, Cancel));
        await journal.Append(new JournalBatch { Session = "a", AfterSeq = 1, Record = Record("a") with { StoppedUs = 5 } }, Cancel);
        await journal.Append(sameName, Cancel);
        Assert.Equal(2, (await journal.Sessions(Cancel)).Count);
    }

    [Fact]
    public async Task Many_callers_keep_the_order_of_each_session_and_one_bad_batch_harms_nobody()
    {
        await using var journal = await Open();
        var conflicts = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(async () =>
        {
            var batch = Batch($"s{number}", null, 1);
            await journal.Append(batch, Cancel);
            for (var i = 1; i < 50; i++)
            {
                if (i % 10 == 0)
                {
                    await Assert.ThrowsAsync<JournalConflictException>(async () => await journal.Append(Batch($"s{number}", null, 1), Cancel));
                    Interlocked.Increment(ref conflicts);
                }
                batch = Batch($"s{number}", batch.Entries[^1], 1, $"p:{i}");
                await journal.Append(batch, Cancel);
            }
        }, Cancel)));
        Assert.Equal(64, conflicts);
        foreach (var number in Enumerable.Range(0, 16))
        {
            var link = UInt128.Zero;
            var entries = await Read(journal, $"s{number}");
            Assert.Equal(50, entries.Count);
            foreach (var entry in entries)
            {
                Assert.True(entry.Follows(link));
                link = entry.Link;
            }
        }
        Assert.Equal(800, journal.Health.Entries);
        Assert.Equal(JournalStatus.Writable, journal.Health.Status);
    }

    [Fact]
    public async Task A_cancelled_caller_leaves_all_or_nothing()
    {
        await using var journal = await Open();
        var stored = 0;
        for (var i = 0; i < 50; i++)
        {
            using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var append = journal.Append(Batch($"s{i}", null, 3, "p:1"), source.Token).AsTask();
            await source.CancelAsync();
            try
            {
                await append;
                stored++;
                Assert.Equal(3, (await Read(journal, $"s{i}")).Count);
            }
            catch (OperationCanceledException)
            {
                Assert.Empty(await Read(journal, $"s{i}"));
            }
        }
        Assert.Equal(stored, (await journal.Sessions(Cancel)).Count);
    }
}
