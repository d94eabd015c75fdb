namespace Hone.Learning.Tests.Numerics;

/// <summary>Counts allocated bytes exactly: no collection may happen in between, since one that other threads cause closes this thread's allocation buffer and counts what is left of it.</summary>
internal static class Allocated
{
    private const long RegionBytes = 16 << 20;

    public static long Bytes(Action action)
    {
        var hasRegion = GC.TryStartNoGCRegion(RegionBytes);
        try
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        finally
        {
            if (hasRegion && System.Runtime.GCSettings.LatencyMode == System.Runtime.GCLatencyMode.NoGCRegion)
                GC.EndNoGCRegion();
        }
    }
}
