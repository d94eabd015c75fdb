using Hone.Adapters.Feeds;
using Hone.Trading.Market;

namespace Hone.Adapters.Tests.Feeds;

public sealed class BarDataCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_counter_of_a_hand_made_file_is_right()
    {
        var report = BarDataCheck.Check(_folder.Write("XYZ_1h.csv", """
            timestamp,open,high,low,close,volume,spread
            2018-01-02T00:00:00Z,10,11,9,10,5,0.1
            2018-01-02T01:00:00Z,10,10,10,10,5,
            2018-01-02T01:00:00Z,10,10,10,10,5,0.1
            2018-01-02T02:00:00Z,10,11,9,10.5,0,0.1
            2018-01-02T05:00:00Z,10,11,9,10,5,0.1
            2018-01-02T06:00:00Z,10,20,9,15,5,nan
            2018-01-02T06:30:00Z,15,16,14,15,5,0.1
            2018-01-03T06:30:00Z,15,16,14,15,5,0.1
            """));
        var q = report.Quality;
        Assert.True(report.IsClean, string.Join("\n", report.Problems));
        Assert.Equal(("XYZ", EventTime.HourUs, 7), (report.Symbol, report.StepUs, q.Bars));
        Assert.Equal((2, 25, 23), (q.Gaps, q.MissingBars, q.LongestGapBars));
        Assert.Equal(new DateTime(2018, 1, 2, 7, 30, 0), EventTime.ToDateTime(q.LongestGapAtUs));
        Assert.Equal((1, 1, 1, 2), (q.DuplicatesDropped, q.ZeroVolume, q.FlatBars, q.MissingExtras));
        Assert.Equal((new DateTime(2018, 1, 2, 1, 0, 0), new DateTime(2018, 1, 3, 7, 30, 0)), (EventTime.ToDateTime(report.FirstCloseUs), EventTime.ToDateTime(report.LastCloseUs)));
        Assert.Equal((0.5, new DateTime(2018, 1, 2, 7, 0, 0)), (report.LargestMove, EventTime.ToDateTime(report.LargestMoveAtUs)));
    }

    [Fact]
    public void It_goes_on_after_a_problem_and_keeps_the_first_twenty()
    {
        var rows = Enumerable.Range(0, 100).Select(i => $"2018-01-0{1 + i / 24}T{i % 24:00}:00:00Z,10,11,{(i % 2 == 1 && i < 60 ? "x" : "9")},10,5");
        var report = BarDataCheck.Check(_folder.Write("a.csv", "time,open,high,low,close,volume\n" + string.Join("\n", rows)));
        Assert.Equal((30, 20, 70), (report.ProblemCount, report.Problems.Count, report.Quality.Bars));
        Assert.Equal([3, 5, 7], report.Problems.Take(3).Select(p => p.Line));
        Assert.All(report.Problems, p => Assert.Equal(("low", "x"), (p.Column, p.Value)));
        Assert.False(report.IsClean);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_one_problem()
    {
        var report = BarDataCheck.Check(_folder["nope.csv"]);
        Assert.Equal((1, 0), (report.ProblemCount, report.Quality.Bars));
        Assert.Contains("no such file", Assert.Single(report.Problems).ToString());
    }

    [Fact]
    public void A_truncated_file_is_one_problem_after_its_good_bars()
    {
        var whole = TemporaryFolder.Gzip("time,open,high,low,close,volume\n" + string.Concat(Enumerable.Range(0, 24).Select(i => $"2018-01-02T{i:00}:00:00Z,10,11,9,10,{i * 7919}\n")));
        var report = BarDataCheck.Check(_folder.Write("a.csv.gz", whole[..^30]));
        Assert.Contains("end early", Assert.Single(report.Problems).What);
        Assert.InRange(report.Quality.Bars, 1, 23);
    }
}
