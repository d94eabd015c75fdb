using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Trading.Agents;

/// <summary>Options of <see cref="Breakout"/>.</summary>
public sealed record BreakoutOptions
{
    /// <summary>How far the close must be beyond the range of the 20 bars before, as a share of half that range.</summary>
    [Range(0.0, 10.0)]
    public double Buffer { get; init; }

    /// <summary>Where it stops, as a share of the way from the middle of the range to the entry; 0: in the middle.</summary>
    [Range(0.0, 0.95)]
    public double Exit { get; init; }
}

/// <summary>Follows a close beyond the highs or lows of the 20 bars before, until the close is back in the middle of that range.</summary>
/// <remarks>Donchian's channel rule: Donchian, "High finance in copper", Financial Analysts Journal 16(6), 1960. Reads <c>donchian_position_20</c>.</remarks>
public sealed class Breakout(AgentContext context, BreakoutOptions options) : IAgent
{
    private readonly int _position = context.Schema.IndexOf("donchian_position_20");
    private readonly double _entry = 1 + options.Buffer, _exit = options.Exit;
    private SignalLatch _latch;

    /// <inheritdoc/>
    public string Name => "breakout";

    /// <inheritdoc/>
    public Signal Decide(in AgentView view) => _latch.Update((2 * view.Features[_position] - 1) / _entry, _exit);

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
