using SQLitePCL;

namespace Hone.Adapters.Journals;

/// <summary>Copies of a journal's file: written while others write, checked before they get their name, put in place by a rename.</summary>
internal static class SqliteBackup
{
    private const int PagesPerStep = 1024;

    /// <summary>Writes a consistent copy.</summary>
    /// <param name="source">A reading connection: the copy never writes to the living file.</param>
    /// <param name="path">The copy; must not exist.</param>
    /// <param name="progress">Share that is done, 0…1.</param>
    /// <param name="cancel">Stops it; nothing is left behind.</param>
    public static void Write(SqliteDatabase source, string path, IProgress<double>? progress, CancellationToken cancel)
    {
        path = Path.GetFullPath(path);
        if (File.Exists(path))
            throw new IOException($"'{path}' exists already; a backup never replaces a file.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var target = SqliteDatabase.OpenWriting(temporary))
            {
                // Inside one reading transaction: without it every commit of the writer would start the copy again.
                source.Run("BEGIN");
                try
                {
                    source.Number("SELECT epoch FROM meta");
                    Copy(source, target, progress, cancel);
                }
                finally
                {
                    source.Run("ROLLBACK");
                }
                // One file, without a log beside it.
                target.Run("PRAGMA synchronous = FULL");
                target.Text("PRAGMA journal_mode = DELETE");
                DemandWhole(target, temporary, cancel);
            }
            Sync(temporary);
            File.Move(temporary, path, overwrite: false);
            FolderSync.Of(path);
        }
        catch (Exception e)
        {
            foreach (var left in new[] { temporary, temporary + "-journal", temporary + "-wal", temporary + "-shm" })
                File.Delete(left);
            if (e is SqliteFaultException)
                throw new IOException($"The backup '{path}' could not be written: {e.Message}. The journal itself is as it was.", e);
            throw;
        }
        progress?.Report(1);
    }

    /// <summary>Puts a copy in the place of a journal.</summary>
    /// <returns>Where the journal that stood there is now; null when there was none.</returns>
    /// <exception cref="JournalOpenException">The copy is damaged or newer, the journal is in use, or there is one and <paramref name="overwrite"/> is false.</exception>
    public static string? Restore(string backupPath, string targetPath, bool overwrite, TimeProvider time, CancellationToken cancel)
    {
        (backupPath, targetPath) = (Path.GetFullPath(backupPath), Path.GetFullPath(targetPath));
        if (!File.Exists(backupPath))
            throw new JournalOpenException($"There is no backup '{backupPath}'.");
        Directory.CreateDirectory(Path.GetDirectoryName(targetPath)!);
        using var held = JournalLock.Take(targetPath);
        SqliteReplacement.Settle(targetPath);
        if (File.Exists(targetPath) && !overwrite)
            throw new JournalOpenException($"'{targetPath}' exists already: name another file, or say that it is to be replaced (it is kept under another name).");
        var temporary = $"{targetPath}.{Environment.ProcessId}.tmp";
        try
        {
            File.Copy(backupPath, temporary, overwrite: true);
            using (var copy = SqliteDatabase.OpenWriting(temporary))
            {
                if (SqliteSchema.Demand(copy, backupPath, SqliteSchema.Steps.Count) == 0)
                    throw new JournalOpenException($"'{backupPath}' is empty: it is no backup of a journal.");
                DemandWhole(copy, backupPath, cancel);
            }
            Sync(temporary);
            return SqliteReplacement.Replace(temporary, targetPath, time);
        }
        catch (SqliteFaultException e)
        {
            throw new JournalOpenException($"'{backupPath}' cannot be read as a journal: {e.Message}. Take another backup.", e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void Copy(SqliteDatabase source, SqliteDatabase target, IProgress<double>? progress, CancellationToken cancel)
    {
        using var copy = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main") ?? throw target.Fault();
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var code = raw.sqlite3_backup_step(copy, PagesPerStep);
            if (code == raw.SQLITE_DONE)
                return;
            if (code != raw.SQLITE_OK)
            {
                raw.sqlite3_backup_finish(copy);
                throw target.Fault();
            }
            var pages = raw.sqlite3_backup_pagecount(copy);
            progress?.Report(pages == 0 ? 0 : 1.0 - (double)raw.sqlite3_backup_remaining(copy) / pages);
        }
    }

    private static void DemandWhole(SqliteDatabase copy, string path, CancellationToken cancel)
    {
        if (new SqliteCheck(copy, cancel).Everything().Problems is [var problem, ..])
            throw new JournalOpenException($"'{path}' is damaged: {problem} Take another backup.");
    }

    private static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }
}
