using System.Runtime.CompilerServices;
using Hone.Adapters.Feeds;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Tests.Operating;

/// <summary>A feed of made-up hourly bars up to now, which then waits for more that never come. Its state is what a test says.</summary>
internal sealed class ScriptedFeed(string symbol, int bars) : ILiveFeed
{
    private const long HourUs = 3_600_000_000;

    public string Symbol => symbol;

    public string Description => "scripted";

    public FeedStatus Status { get; set; } = new("live", null, 1, 0, 2, null);

    public ValueTask<MarketInfo> Market(CancellationToken cancel) => new(new MarketInfo(symbol, AssetClass.Crypto, HourUs, [], true, 100));

    public async IAsyncEnumerable<LiveBar> Bars(long afterUs, [EnumeratorCancellation] CancellationToken cancel)
    {
        var now = (DateTimeOffset.UtcNow.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
        var random = new Random(7);
        var price = 100.0;
        for (var i = 0; i < bars; i++)
        {
            var open = price;
            price *= 1 + (random.NextDouble() - 0.5) / 50;
            var close = price;
            var closes = now / HourUs * HourUs - (bars - i) * HourUs;
            if (closes <= afterUs)
                continue;
            Status = Status with { LastBarUs = closes };
            yield return new LiveBar(new Bar(closes, open, Math.Max(open, close) * 1.001, Math.Min(open, close) * 0.999, close, 1000 + i % 17), default, 0);
        }
        await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }

    public ValueTask DisposeAsync() => default;
}
