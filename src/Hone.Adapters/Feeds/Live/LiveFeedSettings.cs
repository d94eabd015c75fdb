using Hone.Trading.Market;

namespace Hone.Adapters.Feeds.Live;

/// <summary>What a <c>--feed</c> does not say itself: the parts of a config that <c>hone run</c> reads its bars with, so that both read the same.</summary>
public sealed record LiveFeedSettings
{
    /// <summary>How files of bars are read, and which part of them.</summary>
    public CsvFeedOptions Data { get; init; } = new();

    /// <summary>The simulated market; its length counts only where the feed names one.</summary>
    public SimulatorOptions Simulator { get; init; } = new();

    /// <summary>Seed of random pauses between attempts to connect.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>What waits and tells the time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
