using Hone.Adapters.Journals;

namespace Hone.Adapters.Tests.Journals;

/// <summary>A restore that is interrupted between any two steps leaves the old journal or the new one, whole.</summary>
public sealed class SqliteReplacementTests : IDisposable
{
    private const string Kept = "journal.db.before-restore-20260301T120000000";

    private readonly string _folder = Directory.CreateTempSubdirectory("hone-replacement-").FullName;

    private string Journal => Path.Combine(_folder, "journal.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, 7)]
    [InlineData(1, 7)]
    [InlineData(2, 7)]
    [InlineData(3, 7)]
    [InlineData(4, 7)]
    [InlineData(5, 7)]
    [InlineData(6, 3)]
    [InlineData(7, 3)]
    public async Task An_interrupted_restore_is_undone_or_done(int steps, int entries)
    {
        await MakeOldAndNew();
        // The steps of a restore, as far as it came.
        (string From, string To)[] moves = [("journal.db-wal", Kept + "-wal"), ("journal.db-shm", Kept + "-shm"), ("journal.db", Kept), ("new.db", "journal.db")];
        if (steps >= 1)
            await File.WriteAllTextAsync(Journal + ".restoring", steps == 1 ? Kept[..20] : Kept + "\n");
        foreach (var (from, to) in moves.Take(Math.Max(0, steps - 2)))
            File.Move(Path.Combine(_folder, from), Path.Combine(_folder, to));
        if (steps == 7)
            File.Delete(Journal + ".restoring");

        Assert.Equal(entries, await Count());
        Assert.False(File.Exists(Journal + ".restoring"));
        Assert.Equal(entries, await Count());
    }

    [Fact]
    public async Task A_restore_after_an_interrupted_one_keeps_the_old_journal_whole()
    {
        await MakeOldAndNew();
        await File.WriteAllTextAsync(Journal + ".restoring", Kept + "\n");
        File.Move(Journal + "-wal", Path.Combine(_folder, Kept + "-wal"));
        var kept = SqliteJournal.Restore(Path.Combine(_folder, "new.db"), Journal, overwrite: true);
        Assert.Equal(3, await Count());
        File.Delete(Journal);
        foreach (var suffix in new[] { "", "-wal" })
            if (File.Exists(kept + suffix))
                File.Move(kept + suffix, Journal + suffix);
        Assert.Equal(7, await Count());
    }

    // An old journal with 7 entries, all of them in its log, as a killed process leaves it; a backup with 3.
    private async Task MakeOldAndNew()
    {
        var writing = Path.Combine(_folder, "writing.db");
        await using (var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = writing }))
        {
            var session = new WritingSession("s");
            while (session.Acknowledged < 7)
            {
                await session.Append(journal);
                if (session.Acknowledged == 3)
                    await journal.Backup(Path.Combine(_folder, "new.db"));
            }
            foreach (var suffix in new[] { "", "-wal", "-shm" })
                File.Copy(writing + suffix, Journal + suffix);
        }
    }

    private async Task<int> Count()
    {
        await using var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = Journal });
        var count = 0;
        await foreach (var entry in journal.Entries("s"))
            count = (int)entry.Seq;
        return count;
    }
}
