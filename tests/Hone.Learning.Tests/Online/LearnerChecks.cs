using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Learning.Tests.Numerics;

namespace Hone.Learning.Tests.Online;

/// <summary>What every learner of the catalog promises. The catalog is the list: no learner can stay away.</summary>
public sealed class LearnerChecks
{
    /// <summary>Hashes of the saved state after 2,000 examples. A changed one needs a raised Behaviour or StateFormat of its entry.</summary>
    private static readonly Dictionary<(string Name, int Classes), string> Goldens = new()
    {
        [("no-change", 2)] = "4c0dfd9979833379",
        [("no-change", 3)] = "68f3c60c1b26e1a2",
        [("majority", 2)] = "dca1d0ce4df58a63",
        [("majority", 3)] = "ce22cbcf33be9ce1",
        [("logistic-regression", 2)] = "82649d6833f53f04",
        [("logistic-regression", 3)] = "cfd70284e0e50e41",
        [("passive-aggressive", 2)] = "24307217cd528aa3",
        [("passive-aggressive", 3)] = "4f4ba7f2c2ba436c",
        [("mlp", 2)] = "adbafbfae70d3f9a",
        [("mlp", 3)] = "5e2beb26e04cf858",
    };

    public static TheoryData<string, int> Every()
    {
        var data = new TheoryData<string, int>();
        foreach (var entry in Catalog.BuiltIn().Learners)
            foreach (var classes in (int[])[2, 3])
                data.Add(entry.Name, classes);
        return data;
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Predicting_changes_nothing(string name, int classes)
    {
        var learner = Trained(name, classes, 700);
        var before = StateOf(learner);
        var p = new double[classes];
        foreach (var x in new LearnerStream(classes, 50, 9).X)
            learner.Predict(x, p);
        Assert.Equal(before, StateOf(learner));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void The_same_examples_give_the_same_bits(string name, int classes)
        => Assert.Equal(StateOf(Trained(name, classes, 700)), StateOf(Trained(name, classes, 700)));

    [Theory]
    [MemberData(nameof(Every))]
    public void A_saved_learner_continues_bit_for_bit(string name, int classes)
    {
        var stream = new LearnerStream(classes, 1500);
        double[] p = new double[classes], q = new double[classes];
        foreach (var cut in (int[])[0, 1, 57, 700])
        {
            var learner = Trained(name, classes, cut);
            var copy = Fresh(name, classes);
            copy.Load(new StateReader(StateOf(learner)));
            Assert.Equal(StateOf(learner), StateOf(copy));
            for (var t = cut; t < cut + 300; t++)
            {
                learner.Predict(stream.X[t], p);
                copy.Predict(stream.X[t], q);
                Assert.Equal(p, q);
                learner.Learn(stream.X[t], stream.Labels[t], Weight(t));
                copy.Learn(stream.X[t], stream.Labels[t], Weight(t));
            }
            Assert.Equal(StateOf(learner), StateOf(copy));
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_saved_learner_overwrites_whatever_the_other_had_learned(string name, int classes)
    {
        var learner = Trained(name, classes, 300);
        var other = Trained(name, classes, 1000);
        other.Load(new StateReader(StateOf(learner)));
        Assert.Equal(StateOf(learner), StateOf(other));
        double[] p = new double[classes], q = new double[classes];
        foreach (var x in new LearnerStream(classes, 50, 9).X)
        {
            learner.Predict(x, p);
            other.Predict(x, q);
            Assert.Equal(p, q);
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void TestThenTrain_has_the_bits_of_the_two_calls(string name, int classes)
    {
        var stream = new LearnerStream(classes, 1000);
        IClassifier one = Fresh(name, classes), two = Fresh(name, classes);
        double[] p = new double[classes], q = new double[classes];
        for (var t = 0; t < 1000; t++)
        {
            one.TestThenTrain(stream.X[t], stream.Labels[t], p);
            two.Predict(stream.X[t], q);
            two.Learn(stream.X[t], stream.Labels[t]);
            Assert.Equal(q, p);
        }
        Assert.Equal(StateOf(two), StateOf(one));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Probabilities_are_finite_and_sum_to_one_from_the_first_row(string name, int classes)
    {
        var stream = new LearnerStream(classes, 1000);
        var learner = Fresh(name, classes);
        var p = new double[classes];
        for (var t = 0; t < 1000; t++)
        {
            learner.TestThenTrain(stream.X[t], stream.Labels[t], p);
            AssertProbabilities(p);
            Assert.True(p[stream.Labels[t]] > 0, "Log-loss must be finite.");
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Learning_allocates_nothing(string name, int classes)
    {
        var stream = new LearnerStream(classes, 1000);
        var learner = Trained(name, classes, 1000);
        var p = new double[classes];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var t = 0; t < 1000; t++)
        {
            learner.Predict(stream.X[t], p);
            learner.Learn(stream.X[t], stream.Labels[t], 0.5);
            learner.TestThenTrain(stream.X[t], stream.Labels[t], p);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>
    /// The label of the stream persists, is unbalanced and follows the features, so that each learner can beat a coin in its own
    /// way. One whose answers depend on the features has to beat both baselines as well; which ones those are is observed, not declared.
    /// </summary>
    [Theory]
    [MemberData(nameof(Every))]
    public void Beats_a_coin_and_with_features_both_baselines(string name, int classes)
    {
        var accuracy = Accuracy(name, classes, out var looksAtFeatures);
        Assert.True(accuracy > 1.0 / classes + 0.1, $"{name} is right in {accuracy:P1} of the rows.");
        if (!looksAtFeatures)
            return;
        var baseline = Math.Max(Accuracy("no-change", classes, out _), Accuracy("majority", classes, out _));
        Assert.True(accuracy > baseline, $"{name} is right in {accuracy:P1} of the rows, a baseline in {baseline:P1}.");
    }

    [Fact]
    public void Exactly_the_two_baselines_look_at_no_feature()
    {
        var blind = new List<string>();
        foreach (var entry in Catalog.BuiltIn().Learners)
        {
            Accuracy(entry.Name, 2, out var looksAtFeatures);
            if (!looksAtFeatures)
                blind.Add(entry.Name);
        }
        Assert.Equal(["no-change", "majority"], blind);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Rows_of_nothing_but_missing_values_poison_nothing(string name, int classes)
    {
        var learner = Trained(name, classes, 1000);
        var missing = new double[LearnerStream.Features];
        Array.Fill(missing, double.NaN);
        var p = new double[classes];
        for (var t = 0; t < 50; t++)
            learner.TestThenTrain(missing, t % classes, p);
        AssertProbabilities(p);
        var stream = new LearnerStream(classes, 2000);
        for (var t = 1000; t < 2000; t++)
        {
            learner.TestThenTrain(stream.X[t], stream.Labels[t], p);
            AssertProbabilities(p);
        }
        AssertLoads(learner, name, classes);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Constant_and_huge_values_and_odd_weights_stay_finite(string name, int classes)
    {
        var learner = Fresh(name, classes);
        var rng = new Rng(6, "stress");
        var x = new double[LearnerStream.Features];
        var p = new double[classes];
        for (var t = 0; t < 3000; t++)
        {
            for (var i = 0; i < x.Length; i++)
                x[i] = (i % 6) switch
                {
                    0 => 3,
                    1 => 1e12 * rng.NextGaussian(),
                    2 => rng.NextDouble() < 0.01 ? 1e12 : rng.NextGaussian(),
                    3 => 1e-12 * rng.NextGaussian(),
                    4 => rng.NextDouble() < 0.01 ? double.MaxValue : -1e300 * rng.NextDouble(),
                    _ => t < 1500 ? 0 : 1e12,
                };
            learner.Predict(x, p);
            AssertProbabilities(p);
            learner.Learn(x, rng.NextInt32(classes), (t % 5) switch { 0 => 1e-300, 1 => 1e-9, 2 => 1e6, 3 => 1e300, _ => 1 });
            if (t % 100 == 99)
                (learner as IRateBoost)?.BoostRate(1 + 100 * rng.NextDouble());
        }
        learner.Predict(x, p);
        AssertProbabilities(p);
        AssertLoads(learner, name, classes);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_tiny_weight_teaches_next_to_nothing(string name, int classes)
    {
        // The label repeats the one before: that it is the latest is news of full weight to a learner of persistence.
        var stream = new LearnerStream(classes, 1000);
        var learner = Trained(name, classes, 999);
        double[] before = new double[classes], after = new double[classes];
        learner.Predict(stream.X[5], before);
        learner.Learn(stream.X[5], stream.Labels[998], 1e-12);
        learner.Predict(stream.X[5], after);
        for (var k = 0; k < classes; k++)
            Assert.Equal(before[k], after[k], 0.01);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void What_is_no_class_no_weight_or_no_row_is_refused(string name, int classes)
    {
        var learner = Fresh(name, classes);
        var x = new double[LearnerStream.Features];
        Assert.Throws<ArgumentOutOfRangeException>(() => learner.Learn(x, classes));
        Assert.Throws<ArgumentOutOfRangeException>(() => learner.Learn(x, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => learner.Learn(x, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => learner.Learn(x, 0, double.NaN));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_truncated_state_is_refused(string name, int classes)
    {
        var state = StateOf(Trained(name, classes, 300));
        var step = Math.Max(1, state.Length / 2000);
        var learner = Fresh(name, classes);
        for (var length = 0; length < state.Length; length += length < state.Length - 100 ? step : 1)
            Assert.Throws<CorruptStateException>(() => learner.Load(new StateReader(state.AsMemory(0, length))));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_damaged_state_is_refused_or_harmless(string name, int classes)
    {
        var state = StateOf(Trained(name, classes, 600));
        var rows = new LearnerStream(classes, 20, 3);
        var rng = new Rng(13, "damage");
        var p = new double[classes];
        for (var i = 0; i < 500; i++)
        {
            var damaged = (byte[])state.Clone();
            damaged[rng.NextInt32(damaged.Length)] ^= (byte)(1 << rng.NextInt32(8));
            var learner = Fresh(name, classes);
            try
            {
                learner.Load(new StateReader(damaged));
            }
            catch (CorruptStateException)
            {
                continue;
            }
            for (var t = 0; t < 20; t++)
            {
                learner.TestThenTrain(rows.X[t], rows.Labels[t], p);
                AssertProbabilities(p);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_state_of_another_shape_is_refused(string name, int classes)
    {
        var state = StateOf(Trained(name, classes, 100));
        var other = Catalog.BuiltIn().Learners[name].Create(new(LearnerStream.Features, classes + 1, 1));
        Assert.Throws<CorruptStateException>(() => other.Load(new StateReader(state)));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void The_state_after_two_thousand_examples_is_the_golden_one(string name, int classes)
    {
        var hash = new Golden();
        hash.Add(StateOf(Trained(name, classes, 2000)));
        Assert.True(Goldens.TryGetValue((name, classes), out var golden), $"[(\"{name}\", {classes})] = \"{hash.Text}\",");
        Assert.Equal(golden, hash.Text);
    }

    private static IClassifier Fresh(string name, int classes) => Catalog.BuiltIn().Learners[name].Create(new(LearnerStream.Features, classes, 1));

    private static IClassifier Trained(string name, int classes, int count)
    {
        var stream = new LearnerStream(classes, count);
        var learner = Fresh(name, classes);
        for (var t = 0; t < count; t++)
            learner.Learn(stream.X[t], stream.Labels[t], Weight(t));
        return learner;
    }

    private static double Weight(int t) => t % 4 == 3 ? 0.5 : 1;

    private static byte[] StateOf(IClassifier learner)
    {
        var writer = new StateWriter();
        learner.Save(writer);
        return writer.Written.ToArray();
    }

    private static double Accuracy(string name, int classes, out bool looksAtFeatures)
    {
        var stream = new LearnerStream(classes, 3000);
        var learner = Fresh(name, classes);
        var p = new double[classes];
        var right = 0;
        for (var t = 0; t < 3000; t++)
        {
            learner.TestThenTrain(stream.X[t], stream.Labels[t], p);
            var best = 0;
            for (var k = 1; k < classes; k++)
                if (p[k] > p[best])
                    best = k;
            right += best == stream.Labels[t] ? 1 : 0;
        }
        var q = new double[classes];
        looksAtFeatures = false;
        for (var t = 0; t < 100; t++)
        {
            learner.Predict(stream.X[t], q);
            looksAtFeatures |= t > 0 && !p.AsSpan().SequenceEqual(q);
            q.CopyTo(p, 0);
        }
        return right / 3000.0;
    }

    private static void AssertLoads(IClassifier learner, string name, int classes) => Fresh(name, classes).Load(new StateReader(StateOf(learner)));

    private static void AssertProbabilities(double[] probabilities)
    {
        var sum = 0.0;
        foreach (var p in probabilities)
        {
            Assert.InRange(p, 0, 1);
            sum += p;
        }
        Assert.InRange(sum, 1 - 1e-12, 1 + 1e-12);
    }
}
