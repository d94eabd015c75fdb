namespace Hone.Adapters.Journals;

/// <summary>
/// Puts a file in the place of a journal, which is up to three files. A note beside it says what is under way: whoever opens the journal after an interruption undoes it, or finds it done.
/// </summary>
internal static class SqliteReplacement
{
    private const string NoteSuffix = ".restoring";

    // With its log: without it the old journal would lack its last batches, and the new one must not find it.
    private static readonly string[] Suffixes = ["-wal", "-shm", ""];

    /// <summary>Replaces the journal; the lock is held.</summary>
    /// <param name="whole">The new file, synced, in the same folder.</param>
    /// <param name="path">The journal's file; there may be none.</param>
    /// <param name="time">Clock of the name under which the old one is kept.</param>
    /// <returns>Where the old one is now; null when there was none.</returns>
    public static string? Replace(string whole, string path, TimeProvider time)
    {
        if (!File.Exists(path))
        {
            File.Move(whole, path, overwrite: false);
            FolderSync.Of(path);
            return null;
        }
        var kept = FormattableString.Invariant($"{path}.before-restore-{time.GetUtcNow():yyyyMMddTHHmmssfff}");
        Write(path + NoteSuffix, Path.GetFileName(kept));
        FolderSync.Of(path);
        foreach (var suffix in Suffixes)
            if (File.Exists(path + suffix))
                File.Move(path + suffix, kept + suffix, overwrite: false);
        FolderSync.Of(path);
        File.Move(whole, path, overwrite: false);
        FolderSync.Of(path);
        File.Delete(path + NoteSuffix);
        FolderSync.Of(path);
        return kept;
    }

    /// <summary>Undoes a replacement that was interrupted before the new file stood in its place; the lock is held.</summary>
    public static void Settle(string path)
    {
        var note = path + NoteSuffix;
        if (!File.Exists(note))
            return;
        // A note that was not finished: nothing had been moved yet.
        var name = File.ReadAllText(note);
        var kept = name.StartsWith(Path.GetFileName(path) + ".before-restore-", StringComparison.Ordinal) && name.EndsWith('\n')
            ? Path.Combine(Path.GetDirectoryName(path)!, name.TrimEnd('\n'))
            : null;
        var isDone = kept is not null && File.Exists(path) && File.Exists(kept);
        if (kept is not null && !isDone)
            for (var i = Suffixes.Length - 1; i >= 0; i--)
                if (File.Exists(kept + Suffixes[i]) && !File.Exists(path + Suffixes[i]))
                    File.Move(kept + Suffixes[i], path + Suffixes[i], overwrite: false);
        FolderSync.Of(path);
        File.Delete(note);
        FolderSync.Of(path);
    }

    private static void Write(string note, string name)
    {
        using var file = new FileStream(note, FileMode.Create, FileAccess.Write);
        file.Write(System.Text.Encoding.UTF8.GetBytes(name + "\n"));
        file.Flush(flushToDisk: true);
    }
}
