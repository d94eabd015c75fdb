using Hone.Adapters.Journals;
using Xunit;

namespace Hone.Adapters.Tests.Journals;

/// <summary>The journal in a file, by the suite that every journal passes, and what only a file can do.</summary>
public sealed class SqliteJournalTests : JournalAcceptance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hone-journal-").FullName;

    private string File => Path.Combine(_folder, "journal.db");

    protected override ValueTask<IJournal> Open() => new(SqliteJournal.Open(new SqliteJournalOptions { Path = File }));

    protected override ValueTask<IJournal> TakeOver() => new(SqliteJournal.Open(new SqliteJournalOptions { Path = File, WithoutLock = true }));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_refusal_of_a_second_writer_names_the_process()
    {
        await using var journal = await Open();
        var refusal = await Assert.ThrowsAsync<JournalOpenException>(async () => await Open());
        Assert.Contains($"process {Environment.ProcessId}", refusal.Message);
    }

    [Fact]
    public async Task A_backup_under_load_is_whole_and_goes_on()
    {
        var copy = Path.Combine(_folder, "copy.db");
        await using (var journal = await Open())
        {
            var batch = Batch("a", null, 50);
            await journal.Append(batch, Cancel);
            var acknowledged = batch.Entries[^1].Seq;
            var backup = journal.Backup(copy, null, Cancel).AsTask();
            do
            {
                batch = Batch("a", batch.Entries[^1], 5);
                await journal.Append(batch, Cancel);
            }
            while (!backup.IsCompleted);
            await backup;
            Assert.Empty((await ((SqliteJournal)journal).Verify(Cancel)).Problems);
            Assert.Throws<JournalOpenException>(() => SqliteJournal.Restore(copy, File, overwrite: true, cancel: Cancel));
            Assert.True(acknowledged <= 50);
        }
        Assert.Throws<JournalOpenException>(() => SqliteJournal.Restore(copy, File, cancel: Cancel));
        var whole = await ReadAll();
        Assert.NotNull(SqliteJournal.Restore(copy, File, overwrite: true, cancel: Cancel));
        var restored = await ReadAll();
        Assert.InRange(restored.Count, 50, whole.Count);
        DemandSame([.. whole.Take(restored.Count)], restored);
    }

    [Fact]
    public async Task A_cancelled_backup_leaves_nothing()
    {
        await using var journal = await Open();
        await journal.Append(Batch("a", null, 50), Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await journal.Backup(Path.Combine(_folder, "copy.db"), null, new CancellationToken(canceled: true)));
        Assert.Empty(Directory.GetFiles(_folder, "copy*"));
    }

    [Fact]
    public async Task A_full_file_refuses_stays_readable_and_takes_batches_again_when_there_is_room()
    {
        await using var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = File, PagesMax = 200 });
        var stored = Batch("a", null, 20, payloadBytes: 4096);
        await journal.Append(stored, Cancel);
        var last = stored.Entries[^1];
        var refusal = await Assert.ThrowsAsync<JournalFullException>(async () =>
        {
            while (true)
            {
                var next = Batch("a", last, 10, payloadBytes: 4096);
                await journal.Append(next, Cancel);
                last = next.Entries[^1];
            }
        });
        Assert.Contains("room", refusal.Message);
        Assert.Equal(JournalStatus.Refusing, journal.Health.Status);
        Assert.Equal(last.Seq, (await Read(journal, "a")).Count);
        await journal.Append(new JournalBatch { Session = "a", AfterSeq = last.Seq, Snapshot = new StoredSnapshot(last.Seq, 1, last.Link, "h", "e", new byte[8]) }, Cancel);
        await journal.Compact("a", last.Seq + 1, 0, Cancel);
        await journal.Append(Batch("a", last, 10, payloadBytes: 4096), Cancel);
        Assert.Equal(JournalStatus.Writable, journal.Health.Status);
        Assert.Empty((await journal.Verify(Cancel)).Problems);
    }

    [Fact]
    public async Task Callers_that_wait_at_the_same_time_share_a_commit()
    {
        await using var journal = await Open();
        // What is slow to store lets the others meet in the queue behind it.
        var slow = journal.Append(Batch("slow", null, 30, payloadBytes: 200_000), Cancel).AsTask();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(number => journal.Append(Batch($"s{number}", null, 1), Cancel).AsTask()).Append(slow));
        Assert.Equal(94, journal.Health.Entries);
        Assert.InRange(journal.Health.Commits, 1, 60);
    }

    [Fact]
    public async Task While_another_program_writes_batches_are_refused()
    {
        await using var journal = await Open();
        var batch = Batch("a", null, 1);
        using (var other = SqliteDatabase.OpenWriting(File))
        {
            other.Run("BEGIN IMMEDIATE");
            var refusal = await Assert.ThrowsAsync<JournalFullException>(async () => await journal.Append(batch, Cancel));
            Assert.Contains("Another program", refusal.Message);
            other.Run("ROLLBACK");
        }
        await journal.Append(batch, Cancel);
        DemandSame(batch.Entries, await Read(journal, "a"));
    }

    [Fact]
    public async Task Of_batches_that_met_in_a_commit_without_room_nothing_is_stored()
    {
        await using var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = File, PagesMax = 400 });
        var sessions = Enumerable.Range(0, 40).Select(number => new WritingSession($"s{number}")).ToArray();
        await Task.WhenAll(sessions.Select(session => Task.Run(async () =>
        {
            try
            {
                while (true)
                    await session.Append(journal, 12_000);
            }
            catch (JournalFullException)
            {
                // What it must end with.
            }
        }, Cancel)));
        foreach (var session in sessions)
            await session.DemandExact(journal);
        Assert.Empty((await journal.Verify(Cancel)).Problems);
    }

    [Fact]
    public void Newer_tables_and_foreign_databases_are_refused()
    {
        using (var database = SqliteDatabase.OpenWriting(File))
            database.Run("PRAGMA user_version = 99");
        Assert.Contains("newer", Assert.Throws<JournalOpenException>(() => SqliteJournal.Open(new SqliteJournalOptions { Path = File })).Message);
        using (var database = SqliteDatabase.OpenWriting(File))
            database.Run("PRAGMA user_version = 0; CREATE TABLE cats (name TEXT)");
        Assert.Contains("another program", Assert.Throws<JournalOpenException>(() => SqliteJournal.Open(new SqliteJournalOptions { Path = File })).Message);
    }

    [Fact]
    public void A_migration_that_fails_leaves_the_version_before_it()
    {
        using (var database = SqliteDatabase.OpenWriting(File))
            Assert.Throws<SqliteFaultException>(() => SqliteSchema.Migrate(database, File, ["CREATE TABLE a (x)", "CREATE TABLE b (x); INSERT INTO missing VALUES (1)"]));
        using var again = SqliteDatabase.OpenWriting(File);
        Assert.Equal(1, again.Number("PRAGMA user_version"));
        SqliteSchema.Migrate(again, File, ["CREATE TABLE a (x)", "CREATE TABLE b (x)"]);
        Assert.Equal(2, again.Number("PRAGMA user_version"));
    }

    [Theory]
    [InlineData("UPDATE entries SET payload = zeroblob(120) WHERE seq = 25")]
    [InlineData("DELETE FROM entries WHERE seq = 25")]
    [InlineData("DELETE FROM entries WHERE seq > 20")]
    [InlineData("UPDATE sessions SET last_link = zeroblob(16)")]
    public async Task Damage_in_the_tail_is_refused_at_the_start(string damage)
    {
        await using (var journal = await Open())
            await journal.Append(Batch("a", null, 30), Cancel);
        using (var database = SqliteDatabase.OpenWriting(File))
            database.Run(damage);
        var refusal = Assert.Throws<JournalOpenException>(() => SqliteJournal.Open(new SqliteJournalOptions { Path = File }));
        Assert.Contains("'a'", refusal.Message);
        Assert.Contains("hone restore", refusal.Message);
    }

    private async Task<List<Trading.Live.JournalEntry>> ReadAll()
    {
        await using var journal = await Open();
        return await Read(journal, "a");
    }
}
