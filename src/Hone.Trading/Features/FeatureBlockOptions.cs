namespace Hone.Trading.Features;

/// <summary>Options of the blocks that come with Hone: none. Windows are part of a feature's name, so another window is another feature.</summary>
public sealed record FeatureBlockOptions;
