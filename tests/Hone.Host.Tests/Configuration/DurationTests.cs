using Hone.Learning;

namespace Hone.Host.Tests.Configuration;

public sealed class DurationTests
{
    [Theory]
    [InlineData("300s", 300)] [InlineData("15m", 900)] [InlineData("12h", 43_200)] [InlineData("7d", 604_800)] [InlineData("1.5d", 129_600)] [InlineData(".5s", 0.5)] [InlineData("36500d", 3_153_600_000)]
    public void A_number_with_its_unit_is_a_duration(string text, double seconds)
    {
        Assert.True(DurationConverter.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData(null)] [InlineData("")] [InlineData("s")] [InlineData("7")] [InlineData("7 d")] [InlineData("-7d")] [InlineData("0d")] [InlineData("7w")] [InlineData("7D")] [InlineData("1e3s")]
    [InlineData("1,000s")] [InlineData("0.00000001s")] [InlineData("36501d")] [InlineData("99999999999999999999999999999999d")] [InlineData("NaNs")]
    public void Everything_else_is_none(string? text) => Assert.False(DurationConverter.TryParse(text, out _));

    [Theory]
    [InlineData(1)] [InlineData(12_345_678)] [InlineData(TimeSpan.TicksPerSecond)] [InlineData(TimeSpan.TicksPerMinute * 90)] [InlineData(TimeSpan.TicksPerHour * 36)] [InlineData(TimeSpan.TicksPerDay * 36_500)]
    [InlineData(TimeSpan.TicksPerDay * 12 + TimeSpan.TicksPerSecond)]
    public void What_is_written_reads_back_to_the_tick(long ticks)
    {
        Assert.True(DurationConverter.TryParse(DurationConverter.Text(new TimeSpan(ticks)), out var duration));
        Assert.Equal(ticks, duration.Ticks);
    }

    [Theory]
    [InlineData(604_800, "7d")] [InlineData(5400, "90m")] [InlineData(7200, "2h")] [InlineData(0.25, "0.25s")]
    public void The_largest_unit_that_is_whole_is_written(double seconds, string text) => Assert.Equal(text, DurationConverter.Text(TimeSpan.FromSeconds(seconds)));
}
