using System.Globalization;

namespace Hone.Adapters.Journals.Sqlite;

/// <summary>Keeps a second server out of a journal: a locked file beside it, and one that says who holds it. The system gives the lock back when the process ends, however it ends.</summary>
internal sealed class SqliteLock : IDisposable
{
    private readonly FileStream _file;

    private SqliteLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="JournalOpenException">Another process holds it.</exception>
    public static SqliteLock Take(string journalPath)
    {
        var path = journalPath + ".lock";
        try
        {
            var held = new SqliteLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            File.WriteAllText(HolderPath(journalPath), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return held;
        }
        catch (DirectoryNotFoundException e)
        {
            throw new JournalOpenException($"{journalPath}: its folder does not exist; make it, or name another home folder.", e);
        }
        catch (IOException e)
        {
            throw new JournalOpenException($"{journalPath} is in use by {Holder(journalPath)}; a journal has one server. Stop that one, or name another home folder.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new JournalOpenException($"{path} cannot be written: {e.Message} Give the folder to the user that runs the server.", e);
        }
    }

    /// <summary>Who holds the lock of a journal; null when nobody does.</summary>
    public static string? HolderOf(string journalPath)
    {
        var path = journalPath + ".lock";
        if (!File.Exists(path))
            return null;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return null;
        }
        catch (IOException)
        {
            return Holder(journalPath);
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string HolderPath(string journalPath) => journalPath + ".pid";

    private static string Holder(string journalPath)
    {
        try
        {
            return int.TryParse(File.ReadAllText(HolderPath(journalPath)), CultureInfo.InvariantCulture, out var id) ? $"process {id}" : "another process";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
