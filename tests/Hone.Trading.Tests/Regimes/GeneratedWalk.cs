using Hone.Learning.Numerics;
using Hone.Trading.Market;

namespace Hone.Trading.Tests.Regimes;

/// <summary>Bars of a geometric random walk whose drift and volatility a test sets as it goes.</summary>
internal struct GeneratedWalk(ulong seed, double price = 100)
{
    private Rng _rng = new(seed, "generated-walk");
    private long _timeUs;

    public double Price { get; private set; } = price;

    /// <summary>The next bar; drift in standard deviations per bar.</summary>
    public Bar Next(double sigma = 0.01, double drift = 0)
    {
        var open = Price;
        Price *= Elementary.Exp(sigma * (drift + _rng.NextGaussian()));
        var wick = 0.3 * sigma * _rng.NextDouble();
        _timeUs += EventTime.HourUs;
        return new(_timeUs, open, Math.Max(open, Price) * (1 + wick), Math.Min(open, Price) * (1 - wick), Price, 1);
    }
}
