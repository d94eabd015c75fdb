using System.ComponentModel.DataAnnotations;
using Hone.Trading.Market;

namespace Hone.Trading.Labels;

/// <summary>What becomes of a move that is too small to pay for a trade.</summary>
public enum FlatMoves
{
    /// <summary>Up or down as it was, learned with half weight; two classes.</summary>
    HalfWeight = 0,

    /// <summary>A class of its own; three classes: 0 down, 1 flat, 2 up.</summary>
    ThreeClass = 1,
}

/// <summary>Options of <see cref="Direction"/>.</summary>
public sealed record DirectionOptions
{
    /// <summary>Bars from the question to the label.</summary>
    [Range(1, 100_000)]
    public int Horizon { get; init; } = 12;

    /// <summary>Below how many round-trip costs a move is flat.</summary>
    [Range(0.0, 1000.0)]
    public double DeadBand { get; init; } = 1;

    /// <summary>What becomes of a flat move.</summary>
    public FlatMoves Flat { get; init; } = FlatMoves.HalfWeight;
}

/// <summary>Whether the close is higher after a fixed number of bars.</summary>
/// <remarks>
/// A close that has not moved at all is flat at any dead band; in two classes it is "not up", class 0, at half weight.
/// </remarks>
public sealed class Direction : ILabel
{
    private readonly double _band;
    private readonly bool _threeClasses;

    /// <summary>A direction label.</summary>
    public Direction(LabelContext context, DirectionOptions options)
    {
        HorizonBars = options.Horizon;
        _band = RoundTripCost.Checked(context) * options.DeadBand;
        _threeClasses = options.Flat == FlatMoves.ThreeClass;
    }

    /// <inheritdoc/>
    public int Classes => _threeClasses ? 3 : 2;

    /// <inheritdoc/>
    public int HorizonBars { get; }

    /// <inheritdoc/>
    public int EarliestBars => HorizonBars;

    /// <inheritdoc/>
    public bool TryResolve(in OpenQuestion question, in Bar bar, int ageBars, out LabelOutcome outcome)
    {
        if (ageBars < HorizonBars)
        {
            outcome = default;
            return false;
        }
        var move = bar.Close / question.Close - 1;
        var flat = Math.Abs(move) < _band || move == 0;
        outcome = _threeClasses
            ? new(flat ? 1 : move > 0 ? 2 : 0, 1, move)
            : new(move > 0 ? 1 : 0, flat ? 0.5 : 1, move);
        return true;
    }
}
