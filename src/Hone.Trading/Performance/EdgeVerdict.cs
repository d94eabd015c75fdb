using System.Globalization;

namespace Hone.Trading.Performance;

/// <summary>What a run shows.</summary>
public enum EdgeConclusion
{
    /// <summary>Too short or too few trades to say anything.</summary>
    NotEnoughData,

    /// <summary>Nothing that chance does not explain.</summary>
    NoEdge,

    /// <summary>Every test was passed.</summary>
    Edge,
}

/// <summary>What the verdict rests on. All after costs.</summary>
public sealed record EdgeEvidence
{
    /// <summary>Net returns of the account.</summary>
    public required ReturnStatistics Net { get; init; }

    /// <summary>Finished trades.</summary>
    public long Trades { get; init; }

    /// <summary>One-sided p-value of the circular shifts; null when there are none.</summary>
    public double? ShiftPValue { get; init; }

    /// <summary>Correlation of predictions and outcomes; null for a run without models.</summary>
    public double? Ic { get; init; }

    /// <summary>Predictions that the correlation was measured on.</summary>
    public long IcSamples { get; init; }

    /// <summary>Bars that a label spans: so many neighbouring predictions share most of their outcome.</summary>
    public int LabelBars { get; init; } = 1;

    /// <summary>What <see cref="SuspectLeak.Check"/> found.</summary>
    public IReadOnlyList<string> Suspicions { get; init; } = [];
}

/// <summary>One test of the verdict.</summary>
/// <param name="Name">Which one.</param>
/// <param name="Passed">Whether it speaks for an edge.</param>
/// <param name="Text">The numbers, in words.</param>
public sealed record EdgeTest(string Name, bool Passed, string Text);

/// <summary>The honest sentence at the end of a run.</summary>
/// <remarks>
/// "Edge" needs all of: 1 the probabilistic Sharpe ratio, its error probability multiplied by the number of trials
/// (Bonferroni), leaves at most 5 %; 2 the 95 % bootstrap interval of the Sharpe ratio lies above 0; 3 at most 5 % of the
/// circular shifts did as well; 4 where there are predictions, their information coefficient is 1.645 standard errors above 0,
/// counted with n / h effective samples; 5 nothing is suspect. The deflated Sharpe ratio is shown and not asked: at 0.95 it
/// passes about 0.1 % of noise instead of 5 % and so hides most real edges. "Not enough data" is said under 60 days, 30 trades or
/// where a number is missing, whatever the result.
/// </remarks>
/// <param name="Conclusion">What the run shows.</param>
/// <param name="Sentence">One sentence for people.</param>
/// <param name="Tests">Each test with its numbers; empty when there is not enough data.</param>
public sealed record EdgeVerdict(EdgeConclusion Conclusion, string Sentence, IReadOnlyList<EdgeTest> Tests)
{
    /// <summary>Daily returns that are needed at least.</summary>
    public const int DaysMin = 60;

    /// <summary>Finished trades that are needed at least.</summary>
    public const long TradesMin = 30;

    /// <summary>Error probability of each test.</summary>
    public const double Alpha = 0.05;

    private const double OneSided95 = 1.6448536269514722;

    /// <summary>Weighs the evidence.</summary>
    public static EdgeVerdict Judge(EdgeEvidence evidence)
    {
        var net = evidence.Net;
        if (net.Days < DaysMin || evidence.Trades < TradesMin)
        {
            return new(EdgeConclusion.NotEnoughData,
                Text($"Not enough data: {net.Days} days and {evidence.Trades} trades; at least {DaysMin} days and {TradesMin} trades are needed before chance can be told from skill."), []);
        }
        if (net.ProbabilisticSharpe is not { } probabilistic || net.Sharpe is not { } sharpe || net.Intervals?.Sharpe is not { } interval || evidence.ShiftPValue is not { } shifts)
            return new(EdgeConclusion.NotEnoughData, "Not enough data: the daily returns do not vary, or positions could not be compared with other times.", []);

        var trials = Math.Max(1, net.Trials);
        var error = Math.Min(1, (1 - probabilistic) * trials);
        var tests = new List<EdgeTest>
        {
            new("sharpe", error <= Alpha,
                Text($"Sharpe ratio {sharpe:0.00}, above 0 with probability {probabilistic:0.000}; after {trials} trials chance does as well with probability {error:0.000} (deflated Sharpe {net.DeflatedSharpe ?? 0:0.000}).")),
            new("bootstrap", interval.Low > 0, Text($"95 % interval of the Sharpe ratio: {interval.Low:0.00} to {interval.High:0.00}.")),
            new("timing", shifts <= Alpha, Text($"The same positions at other times did as well in a share of {shifts:0.000}.")),
        };
        if (evidence.Ic is { } ic)
        {
            var effective = evidence.IcSamples / (double)Math.Max(1, evidence.LabelBars);
            var deviations = effective > 2 ? ic * Math.Sqrt(effective - 1) : 0;
            tests.Add(new("prediction", deviations >= OneSided95,
                Text($"Information coefficient {ic:0.0000} on {effective:0} effective samples ({evidence.IcSamples} over {Math.Max(1, evidence.LabelBars)} bars each): {deviations:0.0} standard errors.")));
        }
        if (evidence.Suspicions.Count > 0)
            tests.Add(new("suspect leak", false, string.Join(" ", evidence.Suspicions)));

        var failed = tests.FindAll(test => !test.Passed);
        if (failed.Count == 0)
            return new(EdgeConclusion.Edge, Text($"Edge: after costs and {trials} trials the result is not explained by chance; Sharpe ratio {sharpe:0.00} ({interval.Low:0.00} to {interval.High:0.00})."), tests);
        var needed = net.MinTrackRecordDays is { } days && days > net.Days
            ? Text($" A Sharpe ratio of {sharpe:0.00} would need {Math.Ceiling(days):0} days; there are {net.Days}.")
            : "";
        return new(EdgeConclusion.NoEdge, $"No edge shown: {failed[0].Text}{needed}", tests);
    }

    /// <summary>Standard error of an information coefficient of overlapping labels under no skill, with n / h effective samples; null under 3 of them.</summary>
    /// <param name="samples">Predictions.</param>
    /// <param name="labelBars">Bars that a label spans, 1 or more.</param>
    public static double? IcStandardError(long samples, int labelBars)
    {
        var effective = samples / (double)Math.Max(1, labelBars);
        return effective > 2 ? 1 / Math.Sqrt(effective - 1) : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
