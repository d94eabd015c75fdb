using Hone.Host.Cli;

namespace Hone.Host.Tests.Cli;

public sealed class ProgressLineTests
{
    [Theory]
    [InlineData(0.25, 10, "work: 25 %, 30 s left")]
    [InlineData(0.999, 1, "work: 99 %, 1 s left")]
    [InlineData(0, 5, "work: 0 %")]
    [InlineData(0.5, 90, "work: 50 %, 1 min 30 s left")]
    [InlineData(0.5, 7260, "work: 50 %, 2 h 1 min left")]
    [InlineData(double.NaN, 61, "work: 1 min 1 s")]
    [InlineData(1.5, 3, "work: 100 %, 0 s left")]
    public void The_rest_is_estimated_from_the_share_that_is_done(double share, int seconds, string line)
        => Assert.Equal(line, ProgressLine.Line("work", share, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Short_work_leaves_no_trace()
    {
        using var error = new StringWriter();
        using (var progress = new ProgressLine(new VerbContext(Hone.Trading.TradingCatalog.BuiltIn(), TextWriter.Null, error, default), "work"))
            progress.Report(0.5);

        Assert.Equal("", error.ToString());
    }
}
