using System.ComponentModel.DataAnnotations;
using Hone.Trading.Market;

namespace Hone.Trading.Labels;

/// <summary>What a question becomes when no barrier was reached in time.</summary>
public enum VerticalBarrier
{
    /// <summary>Up or down by the move so far; two classes.</summary>
    Sign = 0,

    /// <summary>A class of its own; three classes: 0 down, 1 neither, 2 up.</summary>
    Flat = 1,
}

/// <summary>Options of <see cref="TripleBarrier"/>.</summary>
public sealed record TripleBarrierOptions
{
    /// <summary>Bars from the question to the vertical barrier.</summary>
    [Range(1, 100_000)]
    public int Horizon { get; init; } = 12;

    /// <summary>Distance of the upper barrier in σ√horizon.</summary>
    [Range(0.01, 100.0)]
    public double Up { get; init; } = 1;

    /// <summary>Distance of the lower barrier in σ√horizon.</summary>
    [Range(0.01, 100.0)]
    public double Down { get; init; } = 1;

    /// <summary>What counts as reaching a barrier.</summary>
    public BarrierTouch Touch { get; init; } = BarrierTouch.Range;

    /// <summary>What a question becomes when no barrier was reached.</summary>
    public VerticalBarrier Vertical { get; init; } = VerticalBarrier.Sign;
}

/// <summary>Which is reached first: a price above, a price below (both scaled by volatility), or the end of the horizon.</summary>
/// <remarks>
/// <para>López de Prado, "Advances in Financial Machine Learning", 2018, chapter 3. The label is about the price, not about a side: when one bar reaches both
/// barriers the lower one counts. A question whose volatility is not known or zero has the vertical barrier only.</para>
/// <para>Moves smaller than the round-trip cost are learned with half weight, the class "neither" of three excepted.</para>
/// </remarks>
public sealed class TripleBarrier : ILabel
{
    private readonly Barriers _barriers;
    private readonly double _cost;
    private readonly bool _threeClasses;

    /// <summary>A triple-barrier label.</summary>
    public TripleBarrier(LabelContext context, TripleBarrierOptions options)
    {
        HorizonBars = options.Horizon;
        _cost = RoundTripCost.Checked(context);
        _barriers = new(options.Up, options.Down, options.Horizon, options.Touch);
        _threeClasses = options.Vertical == VerticalBarrier.Flat;
    }

    /// <inheritdoc/>
    public int Classes => _threeClasses ? 3 : 2;

    /// <inheritdoc/>
    public int HorizonBars { get; }

    /// <inheritdoc/>
    public bool TryResolve(in OpenQuestion question, in Bar bar, int ageBars, out LabelOutcome outcome)
    {
        var hit = _barriers.Look(question, 1, bar, out var price);
        if (hit == BarrierHit.None && ageBars < HorizonBars)
        {
            outcome = default;
            return false;
        }
        var move = price / question.Close - 1;
        if (hit == BarrierHit.None && _threeClasses)
        {
            outcome = new(1, 1, move);
            return true;
        }
        var up = hit == BarrierHit.None ? move > 0 : hit == BarrierHit.Favourable;
        var small = Math.Abs(move) < _cost || move == 0;
        outcome = new(up ? Classes - 1 : 0, small ? 0.5 : 1, move);
        return true;
    }
}
