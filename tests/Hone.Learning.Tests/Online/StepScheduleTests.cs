using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Online;

/// <summary>Steps that fall, stop falling, and can be raised again.</summary>
public sealed class StepScheduleTests
{
    [Fact]
    public void Steps_fall_with_the_root_of_the_examples_down_to_the_floor()
    {
        var schedule = new StepSchedule(0.1, 10, 0.001);
        Assert.Equal(0.1, schedule.Rate);
        for (var t = 0; t < 30; t++)
            schedule.Advance(1);
        Assert.Equal(0.05, schedule.Rate, 1e-15);
        for (var t = 0; t < 1_000_000; t++)
            schedule.Advance(1);
        Assert.Equal(0.001, schedule.Rate);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(30, 1)]
    [InlineData(30, 1.5)]
    [InlineData(30, 20)]
    [InlineData(1_000_000, 3)]
    public void A_boost_multiplies_the_present_step_which_then_falls_again(int age, double factor)
    {
        var schedule = new StepSchedule(0.1, 10, 0.001);
        for (var t = 0; t < age; t++)
            schedule.Advance(1);
        var before = schedule.Rate;
        schedule.Boost(factor);
        Assert.Equal(before * factor, schedule.Rate, before * 1e-9);
        var boosted = schedule.Rate;
        for (var t = 0; t < 50; t++)
            schedule.Advance(1);
        Assert.True(schedule.Rate < boosted || before == 0.001 && factor == 1);
    }

    [Fact]
    public void A_boosted_schedule_is_saved()
    {
        StepSchedule schedule = new(0.1, 10, 0.001), copy = new(0.1, 10, 0.001);
        schedule.Boost(5);
        schedule.Advance(1);
        var writer = new StateWriter();
        schedule.Save(writer);
        copy.Load(new StateReader(writer.WrittenMemory));
        Assert.Equal(schedule.Rate, copy.Rate);
    }
}
