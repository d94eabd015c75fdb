namespace Hone.Host.Operating;

/// <summary>Room on the disk that a folder lies on.</summary>
internal static class DiskSpace
{
    /// <summary>Bytes that are free for this process; null where that cannot be told.</summary>
    public static long? FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
