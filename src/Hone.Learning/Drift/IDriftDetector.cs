using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>What a detector thinks after a value.</summary>
public enum DriftLevel
{
    /// <summary>As before.</summary>
    None = 0,

    /// <summary>Something may have changed; prepare.</summary>
    Warning = 1,

    /// <summary>It changed; act. The detector has reset itself.</summary>
    Drift = 2,
}

/// <summary>Watches a stream of bounded values, most often losses in 0…1, and says when their mean has risen. One number in, one level out; no allocation.</summary>
public interface IDriftDetector : ISaved
{
    /// <summary>Takes one value and answers with the level that holds after it.</summary>
    DriftLevel Update(double value);

    /// <summary>The test statistic after the last value, in the detector's own unit; 0 before enough values were seen.</summary>
    double Statistic { get; }

    /// <summary>The value at which <see cref="Statistic"/> means drift; positive infinity while too few values were seen.</summary>
    double Threshold { get; }

    /// <summary>Forgets everything.</summary>
    void Reset();
}
