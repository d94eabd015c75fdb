namespace Hone.Host.Runs;

/// <summary>Writes a file under a temporary name and renames it when it is complete: a reader never sees half a file.</summary>
public sealed class AtomicFile : IDisposable
{
    // Folders made for files that are not complete yet: given up, they go again, so that a run that fails leaves nothing.
    private static readonly HashSet<string> Made = [];
    private readonly string _path;
    private readonly string _temporary;
    private bool _closed;

    /// <summary>Starts writing.</summary>
    public AtomicFile(string path)
    {
        _path = Path.GetFullPath(path);
        MakeFolder(Path.GetDirectoryName(_path)!);
        _temporary = $"{_path}.{Environment.ProcessId}.tmp";
        try
        {
            Stream = new FileStream(_temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        }
        catch
        {
            RemoveFolders();
            throw;
        }
    }

    /// <summary>Where to write.</summary>
    public FileStream Stream { get; }

    /// <summary>The file is complete: flush it to disk and give it its name.</summary>
    public void Complete()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _closed = true;
        lock (Made)
            for (var folder = Path.GetDirectoryName(_path); folder is not null; folder = Path.GetDirectoryName(folder))
                Made.Remove(folder);
    }

    /// <summary>Removes what was not completed.</summary>
    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        Stream.Dispose();
        File.Delete(_temporary);
        RemoveFolders();
    }

    /// <summary>Writes a whole text.</summary>
    public static void WriteText(string path, string text)
    {
        using var file = new AtomicFile(path);
        file.Stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Complete();
    }

    private static void MakeFolder(string folder)
    {
        lock (Made)
        {
            for (var missing = folder; missing is not null && !Directory.Exists(missing); missing = Path.GetDirectoryName(missing))
                Made.Add(missing);
            Directory.CreateDirectory(folder);
        }
    }

    private void RemoveFolders()
    {
        lock (Made)
            for (var folder = Path.GetDirectoryName(_path); folder is not null && Made.Contains(folder); folder = Path.GetDirectoryName(folder))
            {
                if (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).Any())
                    return;
                Directory.Delete(folder);
                Made.Remove(folder);
            }
    }
}
