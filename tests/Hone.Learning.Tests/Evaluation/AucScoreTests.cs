using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Evaluation;

public sealed class AucScoreTests
{
    [Fact]
    public void It_is_the_share_of_pairs_in_the_right_order()
    {
        var auc = new AucScore();
        AucScore[] halves = [new(), new()];
        var random = new Rng(1, "auc");
        var answers = new (double P, int Label)[400];
        for (var i = 0; i < answers.Length; i++)
        {
            var label = random.NextInt32(2);

            // Multiples of 1/64: ties happen, and bins hold equal values only.
            answers[i] = (random.NextInt32(48) / 64.0 + label * 0.125, label);
            auc.Add(answers[i].P, label);
            halves[i % 2].Add(answers[i].P, label);
        }
        double won = 0, pairs = 0;
        foreach (var positive in answers.Where(a => a.Label == 1))
            foreach (var negative in answers.Where(a => a.Label == 0))
            {
                won += positive.P > negative.P ? 1 : positive.P == negative.P ? 0.5 : 0;
                pairs++;
            }
        Assert.Equal(won / pairs, auc.Value, 1e-12);
        halves[0].Merge(halves[1]);
        Assert.Equal(auc.Value, halves[0].Value);
    }

    [Fact]
    public void Without_both_classes_it_is_a_half()
    {
        var auc = new AucScore();
        Assert.Equal(0.5, auc.Value);
        auc.Add(1, 1);
        Assert.Equal(0.5, auc.Value);
        auc.Add(0, 0);
        Assert.Equal(1, auc.Value);
        Assert.Throws<ArgumentOutOfRangeException>(() => auc.Add(double.NaN, 0));
    }

    [Fact]
    public void Probabilities_next_to_0_and_1_are_still_told_apart()
    {
        // A model that is sure of everything, and less sure where it is wrong.
        var auc = new AucScore();
        double[] tails = [0, 1e-9, 1.2e-9, 1e-7, 3e-7, 1e-5, 1e-4, 0.003, 0.05, 0.4];
        for (var i = 0; i < tails.Length; i++)
        {
            auc.Add(tails[i], i % 2);
            auc.Add(1 - tails[i], i % 3 == 0 ? 1 : 0);
        }
        double won = 0, pairs = 0;
        var answers = tails.Select((t, i) => (P: t, Label: i % 2)).Concat(tails.Select((t, i) => (P: 1 - t, Label: i % 3 == 0 ? 1 : 0))).ToArray();
        foreach (var positive in answers.Where(a => a.Label == 1))
            foreach (var negative in answers.Where(a => a.Label == 0))
            {
                won += positive.P > negative.P ? 1 : positive.P == negative.P ? 0.5 : 0;
                pairs++;
            }
        Assert.Equal(won / pairs, auc.Value, 1e-12);
    }
}
