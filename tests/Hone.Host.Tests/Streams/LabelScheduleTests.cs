using Hone.Adapters.Streams;
using Hone.Host.Streams;

namespace Hone.Host.Tests.Streams;

/// <summary>Labels are learned in the order in which they become known, and never before.</summary>
public sealed class LabelScheduleTests
{
    [Theory]
    [InlineData(0, new[] { 1, 2, 3, 4, 5 })]
    [InlineData(1, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(3, new[] { 0, 0, 0, 1, 2 })]
    [InlineData(5, new[] { 0, 0, 0, 0, 0 })]
    [InlineData(1_000_000_000, new[] { 0, 0, 0, 0, 0 })]
    public void A_fixed_delay_of_k_learns_row_t_after_row_t_plus_k_was_predicted(int delay, int[] until)
    {
        var schedule = LabelSchedule.Fixed(5, delay);

        Assert.Equal(until, Enumerable.Range(0, 5).Select(schedule.Until));
        Assert.Equal(delay == 0, schedule.IsImmediate);
        Assert.Equal(until[^1], schedule.Known);
    }

    [Fact]
    public void A_column_of_rows_learns_in_the_order_of_availability_and_together_in_the_order_of_rows()
    {
        var schedule = LabelSchedule.Of(new("late", [2, 0, 1, 0, 7, StreamDelays.Never], null, null));

        Assert.Equal([0, 1, 2, 4, 4, 4], Enumerable.Range(0, 6).Select(schedule.Until));
        Assert.Equal([1, 0, 2, 3], Enumerable.Range(0, schedule.Known).Select(schedule.Row));
        Assert.False(schedule.IsImmediate);
    }

    [Fact]
    public void A_column_of_times_learns_before_the_first_row_that_is_not_earlier()
    {
        // Row 0 is known between rows 1 and 2, row 1 at its own time, row 2 exactly when row 3 is predicted, row 3 after the end.
        var schedule = LabelSchedule.Of(new("known", null, [15, 10, 30, 31], [0, 10, 20, 30]));

        Assert.Equal([0, 2, 3, 3], Enumerable.Range(0, 4).Select(schedule.Until));
        Assert.Equal([1, 0, 2], Enumerable.Range(0, schedule.Known).Select(schedule.Row));
    }

    [Fact]
    public void Rows_of_one_time_do_not_know_each_others_labels_before_they_are_known()
    {
        var schedule = LabelSchedule.Of(new("known", null, [10, 20, 10, 20], [10, 10, 10, 20]));

        Assert.Equal([1, 1, 3, 4], Enumerable.Range(0, 4).Select(schedule.Until));
        Assert.Equal([0, 2, 1, 3], Enumerable.Range(0, schedule.Known).Select(schedule.Row));
    }

    [Fact]
    public void A_column_that_says_k_everywhere_is_a_fixed_delay_of_k()
    {
        var (column, plain) = (LabelSchedule.Of(new("late", [.. Enumerable.Repeat(3L, 50)], null, null)), LabelSchedule.Fixed(50, 3));

        Assert.Equal(Enumerable.Range(0, 50).Select(plain.Until), Enumerable.Range(0, 50).Select(column.Until));
        Assert.Equal(Enumerable.Range(0, plain.Known).Select(plain.Row), Enumerable.Range(0, column.Known).Select(column.Row));
    }
}
