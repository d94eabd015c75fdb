using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Evaluation;

public sealed class MultiClassAucTests
{
    [Fact]
    public void It_is_the_mean_of_one_against_the_rest()
    {
        var auc = new MultiClassAuc(3);
        MultiClassAuc[] parts = [new(3), new(3)];
        var random = new Rng(1, "classes");
        var answers = new (double[] P, int Label)[300];
        for (var i = 0; i < answers.Length; i++)
        {
            // Sixty-fourths: ties happen, and bins hold equal values only.
            var a = random.NextInt32(40) / 64.0;
            var b = random.NextInt32(24) / 64.0;
            var label = random.NextDouble() < a ? 0 : random.NextDouble() < 0.8 ? 1 : 2;
            answers[i] = ([a, b, 1 - a - b], label);
            auc.Add(answers[i].P, label);
            parts[i % 2].Add(answers[i].P, label);
        }
        var areas = Enumerable.Range(0, 3).Select(k => Area(answers, k)).ToArray();
        for (var k = 0; k < 3; k++)
            Assert.Equal(areas[k], auc.Of(k), 1e-12);
        Assert.Equal(areas.Average(), auc.Value, 1e-12);
        Assert.Equal(answers.Average(a => areas[a.Label]), auc.Weighted, 1e-12);

        parts[0].Merge(parts[1]);
        Assert.Equal((auc.Value, auc.Weighted, auc.Count), (parts[0].Value, parts[0].Weighted, parts[0].Count));
    }

    [Fact]
    public void With_two_classes_it_is_the_binary_area()
    {
        var auc = new MultiClassAuc(2);
        var binary = new AucScore();
        var random = new Rng(2, "two");
        for (var i = 0; i < 500; i++)
        {
            var p = random.NextInt32(65) / 64.0;
            var label = random.NextDouble() < p ? 1 : 0;
            auc.Add([1 - p, p], label);
            binary.Add(p, label);
        }
        Assert.Equal(binary.Value, auc.Value, 1e-12);
    }

    [Fact]
    public void A_class_that_never_came_does_not_count()
    {
        var auc = new MultiClassAuc(3);
        Assert.Equal(0.5, auc.Value);
        auc.Add([0.8, 0.1, 0.1], 0);
        Assert.Equal(0.5, auc.Value);
        auc.Add([0.2, 0.7, 0.1], 1);
        Assert.Equal((1, 1), (auc.Value, auc.Weighted));
    }

    [Fact]
    public void What_is_no_distribution_or_class_is_refused_and_changes_nothing()
    {
        var auc = new MultiClassAuc(2);
        Assert.Throws<ArgumentOutOfRangeException>(() => auc.Add([0.5, double.NaN], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => auc.Add([0.5, 0.5], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => auc.Add([0.3, 0.3, 0.4], 0));
        Assert.Throws<ArgumentException>(() => auc.Merge(new(3)));
        Assert.Equal((0, 0.5), (auc.Count, auc.Of(0)));
    }

    private static double Area((double[] P, int Label)[] answers, int k)
    {
        double won = 0, pairs = 0;
        foreach (var positive in answers.Where(a => a.Label == k))
            foreach (var negative in answers.Where(a => a.Label != k))
            {
                won += positive.P[k] > negative.P[k] ? 1 : positive.P[k] == negative.P[k] ? 0.5 : 0;
                pairs++;
            }
        return won / pairs;
    }
}
