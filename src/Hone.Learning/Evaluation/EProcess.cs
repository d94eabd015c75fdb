using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>Options of <see cref="EProcess"/>.</summary>
public sealed record EProcessOptions
{
    /// <summary>Differences are cut off at ± this and divided by it before the bet, above 0 and at most 1. Choose it before looking, at about four standard deviations: with
    /// differences of ±0.02 and the bound 1 a bet is so small that evidence takes fifty times longer.</summary>
    [Range(1e-6, 1.0)] public double Bound { get; init; } = 1;

    /// <summary>Largest share of the wealth that is at stake when a difference is at the bound.</summary>
    [Range(0.01, 0.95)] public double StakeMax { get; init; } = 0.5;

    /// <summary>Variance of the imagined first difference, per bound squared. Bets are as cautious as if differences had it, until enough of them show another: where cutting
    /// off would distort, and most differences are small, make this small and leave <see cref="Bound"/> at 1.</summary>
    [Range(1e-6, 1.0)] public double PriorVariance { get; init; } = 1;
}

/// <summary>
/// Evidence, valid at every moment, that a bounded difference is positive on average: the wealth of a gambler who starts with 1 and
/// bets on it. If the mean given the past is never above 0, the wealth ever reaches w with probability at most 1/w.
/// </summary>
/// <remarks>
/// <para>Waudby-Smith, Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86, 2024; Ville's inequality. The wealth is ∏(1 + β·d)
/// with the bet β = mean/(variance + mean²) of the differences before this one (aGRAPA), cut to 0…<see cref="EProcessOptions.StakeMax"/>; one
/// imagined difference with mean 0 and variance <see cref="EProcessOptions.PriorVariance"/> stands at the beginning.</para>
/// <para>The differences must not overlap: of answers whose labels span h bars, take every h-th. The null is "never better at any time": a
/// difference that is positive for a while and negative for another can pass; cut-off differences must have a mean of at most 0 as well.</para>
/// <para>Used as a member's floor: d = the member's Brier loss − the majority's, and the member loses its vote when the evidence
/// that it is the worse one reaches 100.</para>
/// </remarks>
public sealed class EProcess(EProcessOptions options) : ISaved
{
    private const string SectionName = "e-process";

    private readonly EProcessOptions _options = (EProcessOptions)Options.Validated(SectionName, options);
    private double _sum;
    private double _squares = options.PriorVariance;

    /// <summary>Differences seen.</summary>
    public long Count { get; private set; }

    /// <summary>ln of the wealth now.</summary>
    public double LogWealth { get; private set; }

    /// <summary>ln of the largest wealth so far, at least 0; e to the power of its negative is a p-value that holds at every moment.</summary>
    public double LogWealthMax { get; private set; }

    /// <summary>The bet on the next difference, per bound.</summary>
    public double Bet
    {
        get
        {
            // Sums include the imagined difference, which has the weight 1.
            double n = Count + 1;
            var mean = _sum / n;
            var variance = Math.Max(0, _squares / n - mean * mean);
            return Math.Clamp(mean / (variance + mean * mean), 0, _options.StakeMax);
        }
    }

    /// <summary>Whether the wealth ever was at least <paramref name="evidence"/>.</summary>
    public bool Reached(double evidence) => LogWealthMax >= Elementary.Log(evidence);

    /// <summary>Takes one difference.</summary>
    /// <returns>ln of the wealth after it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The difference is NaN or outside −1…1.</exception>
    public double Add(double difference)
    {
        if (!(difference >= -1 && difference <= 1))
            throw new ArgumentOutOfRangeException(nameof(difference), difference, "A difference is from -1 to 1.");
        var d = Math.Clamp(difference / _options.Bound, -1, 1);
        var bet = Bet;
        if (bet > 0)
        {
            LogWealth += Elementary.Log(1 + bet * d);
            LogWealthMax = Math.Max(LogWealthMax, LogWealth);
        }
        _sum += d;
        _squares += d * d;
        Count++;
        return LogWealth;
    }

    /// <summary>Back to a wealth of 1.</summary>
    public void Reset() => (Count, _sum, _squares, LogWealth, LogWealthMax) = (0, 0, _options.PriorVariance, 0, 0);

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(Count);
        writer.Write(_sum);
        writer.Write(_squares);
        writer.Write(LogWealth);
        writer.Write(LogWealthMax);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        Count = reader.ReadInt64();
        _sum = reader.ReadFinite();
        _squares = reader.ReadFinite();
        LogWealth = reader.ReadFinite();
        LogWealthMax = reader.ReadFinite();
        if (Count is < 0 or > 1L << 50 || !(Math.Abs(_sum) <= Count && _squares >= _options.PriorVariance && _squares <= Count + 1.0 && LogWealthMax >= 0 && LogWealth <= LogWealthMax))
            throw new CorruptStateException($"e-process: {Count} differences with the sum {_sum}, squares {_squares} and ln wealth {LogWealth} of {LogWealthMax} are impossible.");
    }
}
