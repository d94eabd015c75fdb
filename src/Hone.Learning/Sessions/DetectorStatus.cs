using Hone.Learning.Drift;

namespace Hone.Learning.Sessions;

/// <summary>What a drift detector knows at present.</summary>
/// <param name="Detector">Catalog name of the detector; <c>psi</c> for a feature.</param>
/// <param name="Channel">What it watches: <c>brier</c>, or a feature.</param>
/// <param name="Member">Member, or <c>input</c> for a feature.</param>
/// <param name="Statistic">Test statistic after the last value, or of the last test.</param>
/// <param name="Threshold">Value at which it means drift; null while too few values were seen.</param>
/// <param name="Level">Level after the last complete block of answers, or of the last test.</param>
/// <param name="LastDriftAtUs">Event time of its last alarm in microseconds since 1970 UTC; null before the first.</param>
public readonly record struct DetectorStatus(
    string Detector, string Channel, string Member, double Statistic, double? Threshold, DriftLevel Level, long? LastDriftAtUs);
