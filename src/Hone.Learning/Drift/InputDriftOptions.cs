using System.ComponentModel.DataAnnotations;

namespace Hone.Learning.Drift;

/// <summary>What an <see cref="InputDriftMonitor"/> compares with after it has reported drift.</summary>
public enum InputDriftReference
{
    /// <summary>The rows that come next become the new reference: a change is reported once, and nothing is tested until the new reference is full.</summary>
    Rebase = 0,

    /// <summary>The first rows stay the reference: every test reports the change again as long as it lasts.</summary>
    Keep = 1,
}

/// <summary>Options of <see cref="InputDriftMonitor"/>.</summary>
public sealed record InputDriftOptions
{
    /// <summary>Rows of the reference; a multiple of <see cref="TestRows"/>.</summary>
    [Range(100, 1_000_000)] public int ReferenceRows { get; init; } = 2_000;

    /// <summary>Rows of a test window; a test after each. A multiple of <see cref="RowStride"/>.</summary>
    [Range(50, 1_000_000)] public int TestRows { get; init; } = 500;

    /// <summary>Bins of equal mass in the reference; missing values have one more of their own.</summary>
    [Range(2, 16)] public int Bins { get; init; } = 10;

    /// <summary>Every so many rows one is looked at. Features that depend on their own past lose nothing; independent ones lose samples.</summary>
    [Range(1, 1_000)] public int RowStride { get; init; } = 2;

    /// <summary>Share of false reports (Benjamini–Hochberg) that is aimed at per <see cref="FdrRows"/> rows. Measured with 64 quiet features over a
    /// million rows each, alarms per 10,000 rows: independent 0.00, autoregressive with φ 0.95 0.09 and 0.98 0.23, clustering volatility
    /// 0.8 to 0.9. Divide such features by their volatility first.</summary>
    [Range(1e-6, 0.5)] public double Fdr { get; init; } = 0.05;

    /// <summary>Rows over which <see cref="Fdr"/> is spent; each test gets its share, so that more frequent tests do not mean more false alarms.</summary>
    [Range(50, 1_000_000_000)] public int FdrRows { get; init; } = 10_000;

    /// <summary>Whether a feature is reported only when two windows in a row speak against it. A burst of volatility fills one window and passes,
    /// a change stays; the p-value of both is the square of the larger one, so the level holds and each window alone needs less.</summary>
    public bool Confirm { get; init; } = true;

    /// <summary>Windows drawn from the reference to learn what the index is under no drift.</summary>
    [Range(50, 10_000)] public int BootstrapDraws { get; init; } = 200;

    /// <summary>What to compare with after a report.</summary>
    public InputDriftReference AfterDrift { get; init; } = InputDriftReference.Rebase;
}
