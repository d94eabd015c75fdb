namespace Hone.Host.Operating;

/// <summary>Room on the disk that a folder lies on.</summary>
internal static class DiskSpace
{
    /// <summary>Bytes that are free for this process; null where that cannot be told.</summary>
    public static long? FreeBytes(string folder)
    {
        try
        {
            var place = Path.GetFullPath(folder);
            // A folder that is still to be made will lie where the one above it does.
            while (!Directory.Exists(place) && Path.GetDirectoryName(place) is { } above)
                place = above;
            return new DriveInfo(place).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
