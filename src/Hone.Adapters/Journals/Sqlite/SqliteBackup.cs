namespace Hone.Adapters.Journals.Sqlite;

/// <summary>Copies of a journal in one file.</summary>
internal static class SqliteBackup
{
    /// <summary>Writes a consistent copy beside its final name, checks it, and gives it the name.</summary>
    public static void Write(string source, string path, IProgress<double>? progress, CancellationToken cancel)
    {
        if (File.Exists(path))
            throw new IOException($"{path} exists already; a backup never overwrites a file.");
        var temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var from = SqliteConnection.Open(source, isWriter: false))
            using (var to = SqliteConnection.Open(temporary, isWriter: true))
            {
                // A copy that is made page by page would begin anew at every commit; one long look at the database sees one moment.
                from.Execute("BEGIN; SELECT count(*) FROM sqlite_master");
                from.CopyTo(to, share => progress?.Report(share), cancel);
                from.Execute("COMMIT");
                to.Execute("PRAGMA journal_mode = DELETE");
                CheckPages(to, temporary);
            }
            using (var file = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite))
                file.Flush(flushToDisk: true);
            File.Move(temporary, path);
            progress?.Report(1);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    /// <summary>Checks a copy and installs it; returns the name of the file that gave way.</summary>
    public static string? Install(string backup, string path, bool overwrite)
    {
        if (!File.Exists(backup))
            throw new JournalOpenException($"{backup}: there is no such backup.");
        if (File.Exists(path) && !overwrite)
            throw new JournalOpenException($"{path} exists already; --overwrite puts the backup in its place and keeps the old one under another name.");
        using var held = SqliteLock.Take(path);
        var temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            File.Copy(backup, temporary);
            using (var connection = SqliteConnection.Open(temporary, isWriter: true))
            {
                var version = SqliteSchema.Check(connection, backup, SqliteSchema.Newest);
                if (version == 0)
                    throw new JournalOpenException($"{backup} is no journal.");
                CheckPages(connection, backup);
                SqliteTail.Check(connection, backup);
            }
            using (var file = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite))
                file.Flush(flushToDisk: true);
            var old = File.Exists(path) ? $"{path}.{DateTime.UtcNow:yyyyMMddHHmmss}.old" : null;
            if (old is not null)
            {
                File.Move(path, old);
                // The log belongs to the file that goes: beside another one it would be damage.
                foreach (var part in new[] { "-wal", "-shm" })
                    if (File.Exists(path + part))
                        File.Move(path + part, old + part);
            }
            File.Move(temporary, path);
            return old;
        }
        catch (SqliteFailureException e)
        {
            throw new JournalOpenException($"{backup} is damaged: {e.Message}. Use another backup.", e);
        }
        finally
        {
            Remove(temporary);
        }
    }

    private static void CheckPages(SqliteConnection connection, string path)
    {
        if (connection.Text("PRAGMA integrity_check(1)") is var finding && finding != "ok")
            throw new JournalOpenException($"{path} is damaged: {finding}. Use another backup.");
    }

    private static void Remove(string path)
    {
        foreach (var part in new[] { "", "-journal", "-wal", "-shm" })
            if (File.Exists(path + part))
                File.Delete(path + part);
    }
}
