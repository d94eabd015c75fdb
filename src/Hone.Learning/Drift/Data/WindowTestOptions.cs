using System.ComponentModel.DataAnnotations;

namespace Hone.Learning.Drift;

/// <summary>Options of every <see cref="WindowTest"/>.</summary>
public abstract record WindowTestOptions
{
    /// <summary>Values of the reference; at least twice <see cref="TestRows"/>.</summary>
    [Range(100, 100_000)] public int ReferenceRows { get; init; } = 2_000;

    /// <summary>Values of a test window; a test after each.</summary>
    [Range(50, 50_000)] public int TestRows { get; init; } = 500;

    /// <summary>False alarms per value that are aimed at; each test gets its share, so that more frequent tests do not mean more false alarms.</summary>
    [Range(1e-12, 1e-3)] public double Alpha { get; init; } = 5e-6;

    /// <summary>Whether two windows in a row must speak for drift. A burst of volatility fills one window and passes, a change stays; the level of both is the
    /// square of one's, so each window alone needs less.</summary>
    public bool Confirm { get; init; } = true;

    /// <summary>Windows drawn from the reference to learn how far they are from it under no drift. One is drawn per value after the reference is full: so many
    /// values are not tested.</summary>
    [Range(50, 10_000)] public int BootstrapDraws { get; init; } = 200;

    /// <summary>What to compare with after a report.</summary>
    public InputDriftReference AfterDrift { get; init; } = InputDriftReference.Rebase;
}

/// <summary>Options of the population stability index.</summary>
public sealed record PsiOptions : WindowTestOptions
{
    /// <summary>Bins of equal mass in the reference.</summary>
    [Range(2, 16)] public int Bins { get; init; } = 10;
}

/// <summary>Options of the Jensen–Shannon divergence.</summary>
public sealed record JensenShannonOptions : WindowTestOptions
{
    /// <summary>Bins of equal mass in the reference.</summary>
    [Range(2, 16)] public int Bins { get; init; } = 10;
}

/// <summary>Options of the Kolmogorov–Smirnov distance.</summary>
public sealed record KolmogorovSmirnovOptions : WindowTestOptions;

/// <summary>Options of the Wasserstein distance.</summary>
public sealed record WassersteinOptions : WindowTestOptions;
