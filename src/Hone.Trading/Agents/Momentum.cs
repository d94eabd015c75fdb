using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Trading.Agents;

/// <summary>Options of <see cref="Momentum"/>.</summary>
public sealed record MomentumOptions
{
    /// <summary>Move over 12 bars, in its own standard deviations, beyond which it follows.</summary>
    [Range(0.1, 10.0)]
    public double Entry { get; init; } = 1.25;

    /// <summary>Where it stops, as a share of the entry; 0: when the move is gone.</summary>
    [Range(0.0, 0.95)]
    public double Exit { get; init; } = 0.25;
}

/// <summary>Follows the move of the last 12 bars when it is large for the volatility.</summary>
/// <remarks>
/// Moskowitz, Ooi, Pedersen, "Time series momentum", Journal of Financial Economics 104(2), 2012: the past return scaled by volatility. Reads <c>return_12</c> and
/// <c>ewma_volatility</c>.
/// </remarks>
public sealed class Momentum(AgentContext context, MomentumOptions options) : IAgent
{
    private readonly int _move = context.Schema.IndexOf("return_12"), _volatility = context.Schema.IndexOf("ewma_volatility");
    private readonly double _entry = options.Entry * Math.Sqrt(12), _exit = options.Exit;
    private SignalLatch _latch;

    /// <inheritdoc/>
    public string Name => "momentum";

    /// <inheritdoc/>
    public Signal Decide(in AgentView view)
    {
        // Without volatility there is no yardstick: the quotient is not finite, and that counts as missing.
        return _latch.Update(view.Features[_move] / (view.Features[_volatility] * _entry), _exit);
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
