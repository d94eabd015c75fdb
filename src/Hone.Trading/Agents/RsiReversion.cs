using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Trading.Agents;

/// <summary>Options of <see cref="RsiReversion"/>.</summary>
public sealed record RsiReversionOptions
{
    /// <summary>RSI below which it buys.</summary>
    [Range(1.0, 49.0)]
    public double Oversold { get; init; } = 30;

    /// <summary>RSI above which it sells.</summary>
    [Range(51.0, 99.0)]
    public double Overbought { get; init; } = 70;

    /// <summary>Where it stops, as a share of the way from 50 to the entry; 0: at 50.</summary>
    [Range(0.0, 0.95)]
    public double Exit { get; init; }
}

/// <summary>Buys what has fallen and sells what has risen too fast, by the relative strength index, until the index is back.</summary>
/// <remarks>Wilder, "New Concepts in Technical Trading Systems", 1978. Reads <c>rsi_14</c>.</remarks>
public sealed class RsiReversion(AgentContext context, RsiReversionOptions options) : IAgent
{
    private readonly int _rsi = context.Schema.IndexOf("rsi_14");
    private readonly double _below = 50 - options.Oversold, _above = options.Overbought - 50, _exit = options.Exit;
    private SignalLatch _latch;

    /// <inheritdoc/>
    public string Name => "rsi-reversion";

    /// <inheritdoc/>
    public Signal Decide(in AgentView view)
    {
        var fallen = 50 - view.Features[_rsi];
        return _latch.Update(fallen > 0 ? fallen / _below : fallen / _above, _exit);
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
