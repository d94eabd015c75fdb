namespace Hone.Learning.Drift;

/// <summary>Which way the mean must have moved for a detector to say so. Losses are watched upwards.</summary>
public enum DriftDirection
{
    /// <summary>The mean has risen.</summary>
    Up = 0,

    /// <summary>The mean has fallen.</summary>
    Down = 1,

    /// <summary>The mean has moved, either way.</summary>
    Both = 2,
}
