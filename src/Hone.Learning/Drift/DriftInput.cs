using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Hone.Learning.Drift;

/// <summary>What detectors refuse: a value that is not a number, which would silently disarm every comparison after it, and options that contradict each other.</summary>
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

    public static void RequireDirection(string detector, DriftDirection direction)
    {
        if (!Enum.IsDefined(direction))
            throw new InvalidOptionsException($"{detector}: direction {direction} does not exist.");
    }

    /// <summary>Refuses a warning that is stricter than the alarm, by their probabilities of a false one.</summary>
    public static void RequireAlphas(string detector, double alpha, double warningAlpha)
    {
        if (warningAlpha < alpha)
            throw new InvalidOptionsException($"{detector}: warning_alpha is {warningAlpha}; it must be at least alpha, {alpha}.");
    }

    /// <summary>Refuses a warning that would come after the alarm.</summary>
    public static void RequireDeviations(string detector, double warningDeviations, double driftDeviations)
    {
        if (warningDeviations > driftDeviations)
            throw new InvalidOptionsException($"{detector}: warning_deviations is {warningDeviations}; it must be at most drift_deviations, {driftDeviations}.");
    }

    [DoesNotReturn]
    private static void Refuse(double value, string allowed)
        => throw new ArgumentOutOfRangeException(nameof(value), value, $"A detector takes a value {allowed}.");
}
