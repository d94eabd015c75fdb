using Hone.Trading.Market;

namespace Hone.Trading.Labels;

/// <summary>What counts as reaching a barrier.</summary>
public enum BarrierTouch
{
    /// <summary>The bar's high or low. The favourable barrier must be traded through, the adverse one only touched.</summary>
    Range = 0,

    /// <summary>The bar's close, beyond the barrier.</summary>
    Close = 1,
}

/// <summary>Which barrier a bar reached.</summary>
internal enum BarrierHit
{
    None,
    Favourable,
    Adverse,
}

/// <summary>
/// A favourable and an adverse barrier around the price of a question, in units of σ√h, where σ is the volatility per bar and h the horizon.
/// </summary>
/// <remarks>
/// The order of prices inside a bar is unknown: a bar that reaches both counts as adverse, as the broker's stop before target does. A bar that opens beyond a
/// barrier is left at its open. A question without a volatility has no barriers.
/// </remarks>
internal readonly struct Barriers(double favourable, double adverse, int horizonBars, BarrierTouch touch)
{
    private readonly double _favourable = favourable * Math.Sqrt(horizonBars);
    private readonly double _adverse = adverse * Math.Sqrt(horizonBars);

    /// <summary>Whether there is a barrier at all; a width of 0 means none.</summary>
    public bool Any => _favourable > 0 || _adverse > 0;

    /// <summary>Looks for a barrier in a bar.</summary>
    /// <param name="question">The question.</param>
    /// <param name="side">+1: the favourable barrier is above, −1: below.</param>
    /// <param name="bar">The bar.</param>
    /// <param name="price">Where the barrier was left.</param>
    public BarrierHit Look(in OpenQuestion question, int side, in Bar bar, out double price)
    {
        price = bar.Close;
        if (!(question.Sigma > 0))
            return BarrierHit.None;
        // Prices are mirrored for a short side, so that "favourable" is always upwards.
        var origin = side * question.Close;
        var close = side * bar.Close;
        var open = side * bar.Open;
        var best = side > 0 ? bar.High : -bar.Low;
        var worst = side > 0 ? bar.Low : -bar.High;
        var target = origin + question.Close * question.Sigma * _favourable;
        var stop = origin - question.Close * question.Sigma * _adverse;

        if (touch == BarrierTouch.Close)
            return _adverse > 0 && close < stop ? BarrierHit.Adverse
                : _favourable > 0 && close > target ? BarrierHit.Favourable
                : BarrierHit.None;
        if (_adverse > 0 && worst <= stop)
        {
            price = side * Math.Min(open, stop);
            return BarrierHit.Adverse;
        }
        if (_favourable > 0 && best > target)
        {
            price = side * Math.Max(open, target);
            return BarrierHit.Favourable;
        }
        return BarrierHit.None;
    }
}
