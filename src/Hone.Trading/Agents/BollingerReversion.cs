using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Trading.Agents;

/// <summary>Options of <see cref="BollingerReversion"/>.</summary>
public sealed record BollingerReversionOptions
{
    /// <summary>Standard deviations from the mean beyond which it trades against the move.</summary>
    [Range(0.1, 10.0)]
    public double Entry { get; init; } = 2;

    /// <summary>Where it stops, as a share of the entry; 0: at the mean.</summary>
    [Range(0.0, 0.95)]
    public double Exit { get; init; }
}

/// <summary>Buys below the lower Bollinger band and sells above the upper one, until the price is back at its mean.</summary>
/// <remarks>Bollinger, "Bollinger on Bollinger Bands", 2001. Reads <c>bollinger_z_20</c>.</remarks>
public sealed class BollingerReversion(AgentContext context, BollingerReversionOptions options) : IAgent
{
    private readonly int _z = context.Schema.IndexOf("bollinger_z_20");
    private readonly double _entry = options.Entry, _exit = options.Exit;
    private SignalLatch _latch;

    /// <inheritdoc/>
    public string Name => "bollinger-reversion";

    /// <inheritdoc/>
    public Signal Decide(in AgentView view) => _latch.Update(-view.Features[_z] / _entry, _exit);

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
