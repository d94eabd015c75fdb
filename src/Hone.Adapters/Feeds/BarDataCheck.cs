using Hone.Trading.Market;

namespace Hone.Adapters.Feeds;

/// <summary>What a whole file of bars is like.</summary>
/// <param name="File">The file.</param>
/// <param name="Symbol">The market's name; empty when the file could not be opened.</param>
/// <param name="AssetClass">Kind of market.</param>
/// <param name="StepUs">Usual distance of two bars in microseconds; 0 when the file could not be opened.</param>
/// <param name="FirstCloseUs">Close of the first good bar, in microseconds since 1970.</param>
/// <param name="LastCloseUs">Close of the last good bar.</param>
/// <param name="LargestMove">Largest absolute change of the close from one bar to the next, as a fraction; splits and bad prints show here.</param>
/// <param name="LargestMoveAtUs">Close of the bar with that change.</param>
/// <param name="Quality">Counters and notes of the good bars.</param>
/// <param name="Problems">The first <see cref="BarDataCheck.ProblemsMax"/> problems.</param>
/// <param name="ProblemCount">All problems.</param>
public sealed record BarDataReport(
    string File, string Symbol, AssetClass AssetClass, long StepUs, long FirstCloseUs, long LastCloseUs, double LargestMove, long LargestMoveAtUs,
    DataQuality Quality, IReadOnlyList<FeedProblem> Problems, long ProblemCount)
{
    /// <summary>Whether a run would read the file to its end.</summary>
    public bool IsClean => ProblemCount == 0;
}

/// <summary>Reads a file of bars to its end and collects what is wrong with it, instead of stopping at the first problem.</summary>
public static class BarDataCheck
{
    /// <summary>Problems that are kept in full.</summary>
    public const int ProblemsMax = 20;

    /// <summary>Reads a file to its end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is told; the rest is recognised.</param>
    public static BarDataReport Check(string path, CsvFeedOptions? options = null)
    {
        List<FeedProblem> problems = [];
        try
        {
            using var reader = new CsvBarReader(path, options ?? new());
            return Check(reader, problems);
        }
        catch (FeedException e)
        {
            return new(path, "", default, 0, 0, 0, 0, 0, new(), [e.Problem], 1);
        }
    }

    private static BarDataReport Check(CsvBarReader reader, List<FeedProblem> problems)
    {
        long count = 0, firstUs = 0, largestAtUs = 0;
        double largest = 0;
        Bar last = default;
        while (true)
        {
            var status = reader.Read(out var bar, default);
            if (status == ReadStatus.Bar)
            {
                if (firstUs == 0)
                    firstUs = bar.CloseTimeUs;
                else if (Math.Abs(bar.Close / last.Close - 1) is var move && move > largest)
                    (largest, largestAtUs) = (move, bar.CloseTimeUs);
                last = bar;
                continue;
            }
            if (reader.Problem is { } problem)
            {
                count++;
                if (problems.Count < ProblemsMax)
                    problems.Add(problem);
            }
            if (status == ReadStatus.End)
                break;
        }
        return new(reader.Path, reader.Symbol, reader.AssetClass, reader.StepUs, firstUs, last.CloseTimeUs, largest, largestAtUs, reader.Quality, problems, count);
    }
}
