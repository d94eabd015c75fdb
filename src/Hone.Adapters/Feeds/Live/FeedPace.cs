using System.Globalization;

namespace Hone.Adapters.Feeds.Live;

/// <summary>How fast recorded or simulated bars are handed out: a number of bars per second, or their own distances times a factor. The default is as fast as they are taken.</summary>
public readonly record struct FeedPace
{
    /// <summary>Most bars per second, and highest factor.</summary>
    public const double RateMax = 1e6;

    private const double RateMin = 1e-6;

    private FeedPace(double barsPerSecond, double speedFactor) => (BarsPerSecond, SpeedFactor) = (barsPerSecond, speedFactor);

    /// <summary>As fast as the consumer takes them.</summary>
    public static FeedPace Unpaced => default;

    /// <summary>Bars per second; 0 when the distances of the bars count, or nothing does.</summary>
    public double BarsPerSecond { get; }

    /// <summary>How many times faster than the bars came into being; 0 when bars per second count, or nothing does.</summary>
    public double SpeedFactor { get; }

    /// <summary>So many bars per second; 0 is <see cref="Unpaced"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 and not from 1e-6 to <see cref="RateMax"/>.</exception>
    public static FeedPace PerSecond(double bars) => bars == 0 ? default : new(InRange(bars), 0);

    /// <summary>So many times faster than the bars came into being.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not from 1e-6 to <see cref="RateMax"/>.</exception>
    public static FeedPace Times(double factor) => new(0, InRange(factor));

    /// <summary>Reads a pace: <c>20</c> is 20 bars per second, <c>0</c> as fast as they are taken, <c>60x</c> sixty times faster than they came into being.</summary>
    /// <returns>False when the text is no pace or out of range.</returns>
    public static bool TryParse(string text, out FeedPace pace)
    {
        pace = default;
        var isFactor = text.EndsWith('x');
        if (!double.TryParse(isFactor ? text.AsSpan(0, text.Length - 1) : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate))
            return false;
        if (rate is not (>= RateMin and <= RateMax) && (rate != 0 || isFactor))
            return false;
        pace = isFactor ? Times(rate) : PerSecond(rate);
        return true;
    }

    /// <summary>Time between a bar and the next.</summary>
    /// <param name="distanceUs">Their distance in microseconds.</param>
    public TimeSpan Wait(long distanceUs)
        => BarsPerSecond > 0 ? TimeSpan.FromSeconds(1 / BarsPerSecond)
            : SpeedFactor > 0 ? TimeSpan.FromSeconds(Math.Min(distanceUs / 1e6 / SpeedFactor, TimeSpan.MaxValue.TotalSeconds / 2))
            : TimeSpan.Zero;

    /// <inheritdoc/>
    public override string ToString()
        => BarsPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $"{BarsPerSecond} bars per second")
            : SpeedFactor > 0 ? string.Create(CultureInfo.InvariantCulture, $"{SpeedFactor} times real time")
            : "as fast as they are taken";

    private static double InRange(double rate)
        => rate is >= RateMin and <= RateMax ? rate : throw new ArgumentOutOfRangeException(nameof(rate), rate, $"A pace is from {RateMin} to {RateMax}.");
}
