using System.Globalization;

namespace Hone.Adapters.Journals;

/// <summary>Keeps a second process out of a journal's file. The lock ends with the process, however it ends.</summary>
internal sealed class JournalLock : IDisposable
{
    private readonly FileStream _held;

    private JournalLock(FileStream held) => _held = held;

    /// <summary>Takes the lock of a journal.</summary>
    /// <exception cref="JournalOpenException">Another process, or this one, has it.</exception>
    public static JournalLock Take(string path)
    {
        // Two files: one that is locked cannot be read by the process that wants to say who has it.
        var pidPath = path + ".pid";
        FileStream held;
        try
        {
            held = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            var holder = File.Exists(pidPath) ? File.ReadAllText(pidPath).Trim() : "unknown";
            throw new JournalOpenException($"'{path}' is in use by process {holder}: stop it first, or name another journal.", e);
        }
        try
        {
            File.WriteAllText(pidPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new JournalLock(held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Gives it back. The files stay: removing a locked file would let two processes lock two files of one name.</summary>
    public void Dispose() => _held.Dispose();
}
