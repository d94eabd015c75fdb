using Hone.Adapters.Streams;
using Hone.Host.Streams;
using Hone.Learning.Evaluation;

namespace Hone.Host.Tests.Streams;

/// <summary>What learners are compared with knows no more than they do.</summary>
public sealed class StreamBaselinesTests
{
    [Fact]
    public void By_hand_with_a_delay_per_row()
    {
        // Labels 0 1 1 0. Row 1 is known after row 1, row 0 after row 2: before row 3 the newest label is that of row 0.
        var baselines = StreamBaselines.Of(Classes(0, 1, 1, 0), LabelSchedule.Of(new("late", [2, 0, 1, 0], null, null)));

        Assert.Equal([0, 1, 0, 0], baselines.LastLoss);
        Assert.Equal([0, 1, 0, 0], baselines.FrequentLoss);
        Assert.Equal(0.75, baselines.LastAccuracy);
    }

    [Fact]
    public void By_hand_for_numbers()
    {
        var stream = Stream(StreamTask.Regression, [], [2, 4, 9, 1]);

        var now = StreamBaselines.Of(stream, LabelSchedule.Fixed(4, 0));
        var late = StreamBaselines.Of(stream, LabelSchedule.Fixed(4, 1));

        Assert.Equal([2, 2, 5, 8], now.LastLoss);
        Assert.Equal([2, 2, 6, 4], now.FrequentLoss);
        Assert.Equal([2, 4, 7, 3], late.LastLoss);
        Assert.Equal([2, 4, 7, 2], late.FrequentLoss);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(900)]
    public void With_a_fixed_delay_they_are_those_of_the_score(int delay)
    {
        var random = new Random(5);
        var labels = Enumerable.Range(0, 1000).Select(_ => random.Next(4) * random.Next(2)).ToArray();
        var score = new ClassificationScore(4, delay);
        foreach (var label in labels)
            score.Add([0.25, 0.25, 0.25, 0.25], label);

        var baselines = StreamBaselines.Of(Classes(labels), LabelSchedule.Fixed(labels.Length, delay));

        Assert.Equal((score.NoChangeAccuracy, score.MajorityAccuracy), (baselines.LastAccuracy, baselines.FrequentAccuracy));
    }

    private static StreamTable Classes(params int[] labels) => Stream(StreamTask.Classification, labels, []);

    private static StreamTable Stream(StreamTask task, int[] labels, double[] targets) => new()
    {
        Path = "s.csv",
        Name = "s",
        Rows = Math.Max(labels.Length, targets.Length),
        Features = ["a"],
        Values = new double[Math.Max(labels.Length, targets.Length)],
        Task = task,
        Target = "y",
        Classes = task == StreamTask.Classification ? [.. Enumerable.Range(0, labels.Max() + 1).Select(c => $"{c}")] : [],
        Labels = labels,
        Targets = targets,
        Delays = null,
        RowsWithoutTarget = 0,
        Notices = [],
    };
}
