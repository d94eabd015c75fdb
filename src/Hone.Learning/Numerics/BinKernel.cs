using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hone.Learning.Numerics;

/// <summary>Where a value lies among sixteen edges: all comparisons at once, because a search that branches on noise mispredicts every second step.</summary>
internal static class BinKernel
{
    /// <summary>Edges per search.</summary>
    public const int Edges = 16;

    /// <summary>How many of sixteen edges, starting at <paramref name="edges"/>, are below the value; 0 for NaN. A count, hence the same on every vector width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountBelow(double value, ref double edges)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var wide = Vector512.Create(value);
            var low = Vector512.GreaterThan(wide, Vector512.LoadUnsafe(ref edges)).ExtractMostSignificantBits();
            var high = Vector512.GreaterThan(wide, Vector512.LoadUnsafe(ref edges, 8)).ExtractMostSignificantBits();
            return BitOperations.PopCount(low | high << 8);
        }
        var four = Vector256.Create(value);
        var bits = Vector256.GreaterThan(four, Vector256.LoadUnsafe(ref edges)).ExtractMostSignificantBits()
            | Vector256.GreaterThan(four, Vector256.LoadUnsafe(ref edges, 4)).ExtractMostSignificantBits() << 4
            | Vector256.GreaterThan(four, Vector256.LoadUnsafe(ref edges, 8)).ExtractMostSignificantBits() << 8
            | Vector256.GreaterThan(four, Vector256.LoadUnsafe(ref edges, 12)).ExtractMostSignificantBits() << 12;
        return BitOperations.PopCount(bits);
    }
}
