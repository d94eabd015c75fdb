using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Hone.Learning;
using Hone.Trading.Market;

namespace Hone.Trading.Broker;

/// <summary>One step of a fee schedule as a config gives it.</summary>
public sealed record FeeStep
{
    /// <summary>First moment at which it is in force, UTC: <c>2024-05-01</c> or <c>2024-05-01T08:00:00Z</c>. The first step has none: it is in force since ever.</summary>
    public string? From { get; init; }

    /// <summary>Fee of an order that waited in the book, in basis points of the value traded.</summary>
    [Range(0.0, 1000.0)] public double MakerBp { get; init; }

    /// <summary>Fee of an order that took what was there, in basis points of the value traded.</summary>
    [Range(0.0, 1000.0)] public double TakerBp { get; init; }
}

/// <summary>Fees as dated data: venues change them, so a fill pays what was in force at its time.</summary>
public sealed class FeeSchedule
{
    /// <summary>Most steps a schedule can have.</summary>
    public const int StepsMax = 1024;

    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'"];

    private readonly long[] _fromUs;
    private readonly double[] _maker;
    private readonly double[] _taker;

    /// <summary>A schedule of these steps.</summary>
    /// <param name="owner">Whose schedule it is, for messages.</param>
    /// <param name="steps">In strictly ascending order of time.</param>
    /// <exception cref="InvalidOptionsException">A fee is out of range, a date cannot be read, or the steps do not ascend.</exception>
    public FeeSchedule(string owner, IReadOnlyList<FeeStep> steps)
    {
        if (steps.Count is 0 or > StepsMax)
            throw new InvalidOptionsException($"{owner}: schedule has {steps.Count} steps; it must have 1 to {StepsMax}.");

        _fromUs = new long[steps.Count];
        _maker = new double[steps.Count];
        _taker = new double[steps.Count];
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i] ?? throw new InvalidOptionsException($"{owner}: schedule[{i}] is null.");
            Options.Validated($"{owner}: schedule[{i}]", step);
            _fromUs[i] = i == 0 ? Since(owner, step.From) : Moment(owner, i, step.From);
            if (i > 0 && _fromUs[i] <= _fromUs[i - 1])
                throw new InvalidOptionsException($"{owner}: schedule[{i}].from is {step.From}; every step must begin after the one before it.");
            _maker[i] = step.MakerBp * 1e-4;
            _taker[i] = step.TakerBp * 1e-4;
        }
    }

    /// <summary>A schedule that never changes.</summary>
    public static FeeSchedule Constant(string owner, double makerBp, double takerBp)
        => new(owner, [new FeeStep { MakerBp = makerBp, TakerBp = takerBp }]);

    /// <summary>Number of steps.</summary>
    public int Steps => _fromUs.Length;

    /// <summary>Whether every fee of every step is zero.</summary>
    public bool IsFree => Array.TrueForAll(_maker, fee => fee == 0) && Array.TrueForAll(_taker, fee => fee == 0);

    /// <summary>The maker's fee in force at that time, as a fraction of the value traded.</summary>
    public double Maker(long timeUs) => _maker[StepAt(timeUs)];

    /// <summary>The taker's fee in force at that time, as a fraction of the value traded.</summary>
    public double Taker(long timeUs) => _taker[StepAt(timeUs)];

    // From the end: nearly every fill of a live run pays the newest fees.
    private int StepAt(long timeUs)
    {
        var i = _fromUs.Length - 1;
        while (i > 0 && timeUs < _fromUs[i])
            i--;
        return i;
    }

    private static long Since(string owner, string? from)
        => from is null
            ? long.MinValue
            : throw new InvalidOptionsException($"{owner}: schedule[0].from is {from}; leave it out: the first step is in force since ever, so that no bar is without a fee.");

    private static long Moment(string owner, int index, string? from)
        => DateTime.TryParseExact(from, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var utc)
            ? EventTime.FromDateTime(utc)
            : throw new InvalidOptionsException($"{owner}: schedule[{index}].from is {from ?? "missing"}; write a date in UTC such as 2024-05-01 or 2024-05-01T08:00:00Z.");
}
