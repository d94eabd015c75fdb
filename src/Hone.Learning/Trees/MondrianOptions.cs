using System.ComponentModel.DataAnnotations;

namespace Hone.Learning.Trees;

/// <summary>How Mondrian trees grow and forget, whatever they foretell.</summary>
public abstract record MondrianOptions
{
    /// <summary>Number of trees.</summary>
    [Range(1, 1000)]
    public int Members { get; init; } = 10;

    /// <summary>Examples over which a node remembers at most, so that the newer an example is the more it counts; 0 never forgets.</summary>
    [Range(0.0, 1e12)]
    public double Memory { get; init; } = 20;

    /// <summary>How readily a node changes its mind on whether to answer or to leave it to its children, per example; 0 is the published weighting.</summary>
    [Range(0.0, 0.1)]
    public double Switching { get; init; } = 0.001;

    /// <summary>Nodes there is memory for in each tree; 0 takes what fits into 4 MiB. When they are used up, leaves that were not visited for longest make room.</summary>
    [Range(0, 10_000_000)]
    public int NodesMax { get; init; }

    /// <summary>Examples after which the features' units are forgotten exponentially.</summary>
    [Range(100.0, 1e12)]
    public double ScalingMemory { get; init; } = 10_000;
}
