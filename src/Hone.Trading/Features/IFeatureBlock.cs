using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>One feature as the catalog lists it.</summary>
/// <param name="Name">snake_case with its window, for example <c>rsi_14</c>.</param>
/// <param name="Family">returns, trend, momentum, volatility, volume, price-action, calendar, higher-timeframe, structure, or the user's own.</param>
/// <param name="WarmUpBars">Bars until the first value; NaN before.</param>
/// <param name="StrideBars">Recomputed every so many bars and held between; 1 for nearly all.</param>
/// <param name="Source">Where the formula comes from.</param>
public sealed record FeatureInfo(string Name, string Family, int WarmUpBars, int StrideBars, string Source)
{
    /// <summary>Whether the value is free of the price level (returns, oscillators), so that its distribution may be watched for drift.</summary>
    public bool WatchDrift { get; init; } = true;

    /// <summary>Raised whenever the same bars give other values than in an earlier release.</summary>
    public int Behaviour { get; init; } = 1;
}

/// <summary>A few features that share their work. A user's own feature is a block with one entry.</summary>
/// <remarks>
/// A block sees one bar at a time and nothing else: it cannot look ahead. It writes NaN where a value does not exist (warm-up, no volume),
/// never a made-up 0. No allocation in <see cref="Update"/>.
/// </remarks>
public interface IFeatureBlock : ISaved
{
    /// <summary>What it writes, in order.</summary>
    IReadOnlyList<FeatureInfo> Features { get; }

    /// <summary>Takes the next bar and writes one value per feature.</summary>
    void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values);
}

/// <summary>What a feature block is built for.</summary>
/// <param name="StepUs">Usual distance of two bars in microseconds.</param>
/// <param name="ExtraColumns">Names of the feed's extra columns.</param>
public sealed record FeatureContext(long StepUs, IReadOnlyList<string> ExtraColumns);
