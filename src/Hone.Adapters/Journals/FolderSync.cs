using System.Runtime.InteropServices;

namespace Hone.Adapters.Journals;

/// <summary>Makes the names in a folder last: a file that was renamed has its new name after a power failure only when its folder was synced too.</summary>
internal static class FolderSync
{
    /// <summary>Syncs the folder of a file. On Windows names last by themselves.</summary>
    /// <exception cref="IOException">The system refused; the file is there, but its name may not outlast a power failure.</exception>
    public static void Of(string file)
    {
        if (OperatingSystem.IsWindows())
            return;
        const int ReadOnly = 0;
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var handle = Open(folder, ReadOnly);
        if (handle < 0)
            throw Refused(folder);
        var synced = Sync(handle);
        var refused = Refused(folder);
        Close(handle);
        if (synced != 0)
            throw refused;
    }

    private static IOException Refused(string folder) => new($"The folder '{folder}' cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}.");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int handle);
}
