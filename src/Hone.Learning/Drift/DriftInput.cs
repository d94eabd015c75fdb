using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Hone.Learning.Drift;

/// <summary>What detectors refuse: a value that is not a number would silently disarm every comparison after it.</summary>
internal static class DriftInput
{
    /// <summary>Largest magnitude that squares and sums without overflow over any stream.</summary>
    public const double MagnitudeMax = 1e100;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RequireUnitInterval(double value)
    {
        if (!(value >= 0 && value <= 1))
            Refuse(value, "from 0 to 1; scale losses with LossScaler");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RequireFinite(double value)
    {
        if (!(Math.Abs(value) <= MagnitudeMax))
            Refuse(value, "finite and at most 1e100 in magnitude");
    }

    [DoesNotReturn]
    private static void Refuse(double value, string allowed)
        => throw new ArgumentOutOfRangeException(nameof(value), value, $"A detector takes a value {allowed}.");
}
