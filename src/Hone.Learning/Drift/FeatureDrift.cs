namespace Hone.Learning.Drift;

/// <summary>What one test of an <see cref="InputDriftMonitor"/> found for one feature.</summary>
public readonly record struct FeatureDrift
{
    internal DistanceNull Null { get; }

    internal FeatureDrift(int feature, double statistic, double threshold, bool drifting, in DistanceNull none)
        => (Feature, Statistic, Threshold, Drifting, Null) = (feature, statistic, threshold, drifting, none);

    /// <summary>Index into the feature vector.</summary>
    public int Feature { get; }

    /// <summary>Population stability index of the last test window against the reference.</summary>
    public double Statistic { get; }

    /// <summary>The index that reports this feature even when it is the only one (in two windows in a row, where confirmation is asked for); with others drifting too, less is enough.</summary>
    public double Threshold { get; }

    /// <summary>Probability of such an index in one window while nothing has changed. Computed when asked for: some hundred nanoseconds.</summary>
    public double PValue => Null.PValue(Statistic);

    /// <summary>Whether the feature is among those that the test reports.</summary>
    public bool Drifting { get; }
}
