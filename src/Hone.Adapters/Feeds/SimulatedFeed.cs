using Hone.Trading.Market;

namespace Hone.Adapters.Feeds;

/// <summary>The built-in market as a feed.</summary>
public sealed class SimulatedFeed : IBarFeed
{
    private readonly MarketSimulator _market;
    private readonly QualityCount _count;
    private readonly long _bars;
    private BarHash _hash;
    private BarTruth _truth;

    /// <summary>A market from its first bar on.</summary>
    /// <param name="options">What market.</param>
    /// <param name="symbol">What it is called.</param>
    /// <exception cref="Hone.Learning.InvalidOptionsException">An option is out of range.</exception>
    public SimulatedFeed(SimulatorOptions options, string symbol = "SIM")
    {
        _market = new(options);
        _bars = options.Bars;
        _count = new(Quality, _market.StepUs);
        Symbol = symbol;
        Quality.Notes.Add($"simulated market, seed {options.Seed}, {(options.PureNoise ? "pure noise" : $"edge {options.Edge.ToString(System.Globalization.CultureInfo.InvariantCulture)}, {_market.DriftPoints.Count} drift points")}");
    }

    /// <inheritdoc/>
    public string Symbol { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ExtraColumns => [];

    /// <inheritdoc/>
    public long StepUs => _market.StepUs;

    /// <summary>Kind of market: it trades around the clock.</summary>
    public AssetClass AssetClass => AssetClass.Crypto;

    /// <inheritdoc/>
    public double Progress => (double)_market.Bars / _bars;

    /// <inheritdoc/>
    public DataQuality Quality { get; } = new();

    /// <summary>What the market knows at the bar that was read last.</summary>
    public ref readonly BarTruth Truth => ref _truth;

    /// <summary>Where the market changes.</summary>
    public IReadOnlyList<DriftPoint> DriftPoints => _market.DriftPoints;

    /// <inheritdoc/>
    public bool TryRead(out Bar bar, Span<double> extras)
    {
        if (!_market.TryNext(out bar, out _truth))
        {
            Quality.DataHash = _hash.ToString();
            return false;
        }
        _count.Add(bar, bar.CloseTimeUs);
        _hash.Add(bar);
        return true;
    }

    /// <summary>Nothing to give back.</summary>
    public void Dispose()
    {
    }
}
