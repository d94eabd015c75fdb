using System.Runtime.InteropServices;
using Hone.Learning.Numerics;

namespace Hone.Learning.Drift;

/// <summary>Edges of bins that hold equally many values of a sample.</summary>
internal static class QuantileEdges
{
    /// <summary>Edges per feature, padded with infinity, which no value is above.</summary>
    public const int Slots = BinKernel.Edges;

    /// <summary>Writes the edges of a sorted sample without missing values; all are infinite where it is empty.</summary>
    public static void Set(ReadOnlySpan<double> sorted, Span<double> edges, int bins)
    {
        edges.Fill(double.PositiveInfinity);
        if (sorted.IsEmpty)
            return;
        for (var i = 1; i < bins; i++)
            edges[i - 1] = sorted[(int)((long)sorted.Length * i / bins)];

        // With heavy ties at the minimum the first edge is the minimum itself; one step lower, values below everything seen get a bin of their own.
        if (edges[0] == sorted[0])
            edges[0] = Math.BitDecrement(sorted[0]);
    }

    /// <summary>Bin of a value: how many edges are below it; the last bin is for missing values.</summary>
    public static int Bin(double value, Span<double> edges, int bins)
        => double.IsNaN(value) ? bins : BinKernel.CountBelow(value, ref MemoryMarshal.GetReference(edges[..Slots]));
}
