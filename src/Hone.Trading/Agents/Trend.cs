using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Trading.Agents;

/// <summary>Options of <see cref="Trend"/>.</summary>
public sealed record TrendOptions
{
    /// <summary>Distance of the two moving averages, in average true ranges, beyond which it follows.</summary>
    [Range(0.01, 100.0)]
    public double Entry { get; init; } = 1;

    /// <summary>Where it stops, as a share of the entry; 0: when the averages cross.</summary>
    [Range(0.0, 0.95)]
    public double Exit { get; init; } = 0.25;
}

/// <summary>
/// Follows the distance of a fast from a slow moving average. It begins only while that distance still grows (the MACD histogram has the same sign) and lasts until
/// the averages have come together.
/// </summary>
/// <remarks>Appel, "Technical Analysis: Power Tools for Active Investors", 2005. Reads <c>ema_cross</c> and <c>macd_hist</c>.</remarks>
public sealed class Trend(AgentContext context, TrendOptions options) : IAgent
{
    private readonly int _cross = context.Schema.IndexOf("ema_cross"), _histogram = context.Schema.IndexOf("macd_hist");
    private readonly double _entry = options.Entry, _exit = options.Exit;
    private SignalLatch _latch;

    /// <inheritdoc/>
    public string Name => "trend";

    /// <inheritdoc/>
    public Signal Decide(in AgentView view)
    {
        var cross = view.Features[_cross];
        var histogram = view.Features[_histogram];
        var score = double.IsNaN(histogram) ? double.NaN : cross / _entry;
        return _latch.Update(score, _exit, mayBegin: cross > 0 ? histogram > 0 : histogram < 0);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        _latch.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        _latch = SignalLatch.Load(reader);
    }
}
