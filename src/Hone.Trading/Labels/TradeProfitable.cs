using System.ComponentModel.DataAnnotations;
using Hone.Trading.Market;

namespace Hone.Trading.Labels;

/// <summary>Options of <see cref="TradeProfitable"/>.</summary>
public sealed record TradeProfitableOptions
{
    /// <summary>Bars for which the trade is held at most.</summary>
    [Range(1, 100_000)]
    public int Horizon { get; init; } = 12;

    /// <summary>Distance of the target in σ√horizon; 0: none.</summary>
    [Range(0.0, 100.0)]
    public double TakeProfit { get; init; }

    /// <summary>Distance of the stop in σ√horizon; 0: none.</summary>
    [Range(0.0, 100.0)]
    public double StopLoss { get; init; }

    /// <summary>What counts as reaching the target or the stop.</summary>
    public BarrierTouch Touch { get; init; } = BarrierTouch.Range;
}

/// <summary>Whether a trade on the question's side, held to the horizon or to a barrier, earns more than it costs to get in and out. Class 1: it does.</summary>
/// <remarks>
/// Entered at the question's close. A question without a side is taken as long. This is meta-labelling: López de Prado, "Advances in Financial Machine
/// Learning", 2018, chapter 3.6. The outcome's return is the move of the price, before costs and not turned by the side.
/// </remarks>
public sealed class TradeProfitable : ILabel
{
    private readonly Barriers _barriers;
    private readonly double _cost;

    /// <summary>A label about one trade.</summary>
    public TradeProfitable(LabelContext context, TradeProfitableOptions options)
    {
        HorizonBars = options.Horizon;
        _cost = RoundTripCost.Checked(context);
        _barriers = new(options.TakeProfit, options.StopLoss, options.Horizon, options.Touch);
    }

    /// <inheritdoc/>
    public int Classes => 2;

    /// <inheritdoc/>
    public bool AsksAboutSide => true;

    /// <inheritdoc/>
    public int HorizonBars { get; }

    /// <inheritdoc/>
    public int EarliestBars => _barriers.Any ? 1 : HorizonBars;

    /// <inheritdoc/>
    public bool TryResolve(in OpenQuestion question, in Bar bar, int ageBars, out LabelOutcome outcome)
    {
        var side = question.Side < 0 ? -1 : 1;
        if (_barriers.Look(question, side, bar, out var price) == BarrierHit.None && ageBars < HorizonBars)
        {
            outcome = default;
            return false;
        }
        var move = price / question.Close - 1;
        outcome = new(side * move - _cost > 0 ? 1 : 0, 1, move);
        return true;
    }
}
