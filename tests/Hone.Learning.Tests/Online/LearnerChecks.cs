using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Learning.Tests.Numerics;

namespace Hone.Learning.Tests.Online;

/// <summary>
/// What every learner of the catalog promises, classifier or regressor, with its defaults and with each of its variants.
/// Nobody opts out.
/// </summary>
public sealed class LearnerChecks
{
    /// <summary>Bytes of states that one test of damaged states reads at most: a learner of a large state is damaged less often.</summary>
    private const int DamageBytesMax = 60_000_000;

    public static TheoryData<string> Every => [.. Subject.Ids];

    public static TheoryData<string> EveryClassifier => [.. Subject.Ids.Where(id => !id.EndsWith("regression", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Every))]
    public void Predicting_changes_nothing(string id)
    {
        var learner = Subject.Trained(id, 700);
        var before = learner.State;
        foreach (var x in learner.Stream(50, 9).X)
            learner.Prediction(x);
        Assert.Equal(before, learner.State);
    }

    [Theory, MemberData(nameof(Every))]
    public void The_same_examples_give_the_same_bits(string id) => Assert.Equal(Subject.Trained(id, 700).State, Subject.Trained(id, 700).State);

    [Theory, MemberData(nameof(Every))]
    public void A_saved_learner_continues_bit_for_bit(string id)
    {
        foreach (var cut in (int[])[0, 1, 57, 700])
        {
            var learner = Subject.Trained(id, cut);
            var stream = learner.Stream(1500);
            var copy = Subject.Fresh(id);
            copy.Load(learner.State);
            Assert.Equal(learner.State, copy.State);
            for (var t = cut; t < cut + 300; t++)
            {
                Assert.Equal(learner.Prediction(stream.X[t]), copy.Prediction(stream.X[t]));
                learner.Train(stream, t, t + 1);
                copy.Train(stream, t, t + 1);
            }
            Assert.Equal(learner.State, copy.State);
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void A_saved_learner_overwrites_whatever_the_other_had_learned(string id)
    {
        var learner = Subject.Trained(id, 300);
        var other = Subject.Trained(id, 1000);
        other.Load(learner.State);
        Assert.Equal(learner.State, other.State);
        foreach (var x in learner.Stream(50, 9).X)
            Assert.Equal(learner.Prediction(x), other.Prediction(x));

        var stream = learner.Stream(900);
        learner.Train(stream, 300, 900);
        other.Train(stream, 300, 900);
        Assert.Equal(learner.State, other.State);
    }

    [Theory, MemberData(nameof(Every))]
    public void TestThenTrain_has_the_bits_of_the_two_calls(string id)
    {
        Subject one = Subject.Fresh(id), two = Subject.Fresh(id);
        var stream = one.Stream(1000);
        var p = new double[one.Outputs];
        for (var t = 0; t < 1000; t++)
        {
            one.TestThenTrain(stream.X[t], stream.Target(t, one.Classes), p);
            Assert.Equal(two.Prediction(stream.X[t]), p);
            two.Learn(stream.X[t], stream.Target(t, two.Classes));
        }
        Assert.Equal(two.State, one.State);
    }

    [Theory, MemberData(nameof(EveryClassifier))]
    public void A_block_has_the_bits_of_its_rows_on_any_number_of_lanes(string id)
    {
        if (Subject.Fresh(id).Model is not IBlockClassifier)
            return;
        var rows = Subject.Fresh(id);
        var stream = rows.Stream(1500);
        var expected = new double[1500 * rows.Classes];
        var p = new double[rows.Classes];
        for (var t = 0; t < 1500; t++)
        {
            rows.TestThenTrain(stream.X[t], stream.Labels[t], p);
            p.CopyTo(expected, t * rows.Classes);
        }
        foreach (var lanes in (ILanes[])[OneLane.Instance, new TestLanes(3)])
        {
            var blocks = Subject.Fresh(id);
            var flat = stream.X.SelectMany(x => x).ToArray();
            var answers = new double[expected.Length];
            int[] sizes = [1, 7, 256, 64, 31, 300];
            for (int from = 0, k = 0; from < 1500; k++)
            {
                var count = Math.Min(sizes[k % sizes.Length], 1500 - from);
                ((IBlockClassifier)blocks.Model).TestThenTrain(
                    flat.AsMemory(from * LearnerStream.Features, count * LearnerStream.Features), stream.Labels.AsMemory(from, count),
                    answers.AsMemory(from * rows.Classes, count * rows.Classes), lanes);
                from += count;
            }
            Assert.Equal(expected, answers);
            Assert.Equal(rows.State, blocks.State);
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void Predictions_are_sound_from_the_first_row(string id)
    {
        var learner = Subject.Fresh(id);
        var stream = learner.Stream(1000);
        var p = new double[learner.Outputs];
        for (var t = 0; t < 1000; t++)
        {
            learner.TestThenTrain(stream.X[t], stream.Target(t, learner.Classes), p);
            AssertSound(learner, p);
            if (learner.Classes > 0)
                Assert.True(p[stream.Labels[t]] > 0, "Log-loss must be finite.");
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void Learning_allocates_nothing(string id)
    {
        var learner = Subject.Trained(id, 1000);
        var stream = learner.Stream(3000);
        var p = new double[learner.Outputs];
        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (var t = 0; t < 3000; t++)
            {
                learner.Predict(stream.X[t], p);
                learner.Learn(stream.X[t], stream.Target(t, learner.Classes), 0.5);
                learner.TestThenTrain(stream.X[t], stream.Target(t, learner.Classes), p);
            }
        }));
    }

    [Theory, MemberData(nameof(Every))]
    public void All_memory_there_will_ever_be_is_taken_at_construction_and_is_not_much(string id)
    {
        Subject.Fresh(id);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Subject.Fresh(id);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 128 << 20);
    }

    /// <summary>
    /// The label of the stream persists, is unbalanced and follows the features, so that each learner can beat a coin in its own
    /// way. One whose answers depend on the features has to beat both baselines as well; which ones those are is observed, not declared.
    /// </summary>
    [Theory, MemberData(nameof(Every))]
    public void Beats_a_coin_and_with_features_both_baselines(string id)
    {
        var loss = Loss(id, null, out var looksAtFeatures);
        var classes = Subject.Fresh(id).Classes;
        if (classes > 0)
            Assert.True(loss < 1 - 1.0 / classes - 0.1, $"{id} is wrong in {loss:P1} of the rows.");
        if (!looksAtFeatures)
            return;
        var baseline = classes > 0
            ? Math.Min(Loss($"no-change, {classes} classes", null, out _), Loss($"majority, {classes} classes", null, out _))
            : Math.Min(Loss("last-value, regression", null, out _), Loss("running-mean, regression", null, out _));
        Assert.True(loss < baseline, $"{id} loses {loss:0.000} a row, a baseline {baseline:0.000}.");
    }

    [Theory, MemberData(nameof(Every))]
    public void The_order_of_the_features_matters_little(string id)
    {
        var rng = new Rng(3, "permutation");
        var order = Enumerable.Range(0, LearnerStream.Features).ToArray();
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = rng.NextInt32(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        var loss = Loss(id, null, out _);
        var permuted = Loss(id, order, out _);
        Assert.InRange(permuted, loss * 0.8 - 0.02, loss * 1.25 + 0.02);
    }

    [Fact]
    public void Exactly_the_baselines_look_at_no_feature()
    {
        var blind = new List<string>();
        foreach (var id in Subject.Ids)
        {
            Loss(id, null, out var looksAtFeatures);
            if (!looksAtFeatures)
                blind.Add(id);
        }
        Assert.Equal(
            ["last-value, regression", "majority, 2 classes", "majority, 3 classes", "no-change, 2 classes", "no-change, 3 classes", "running-mean, regression"],
            blind.Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Every))]
    public void Rows_of_nothing_but_missing_values_poison_nothing(string id)
    {
        var learner = Subject.Trained(id, 1000);
        var missing = new double[LearnerStream.Features];
        Array.Fill(missing, double.NaN);
        var stream = learner.Stream(2000);
        var p = new double[learner.Outputs];
        for (var t = 0; t < 50; t++)
            learner.TestThenTrain(missing, learner.Classes > 0 ? t % learner.Classes : 50 + t % 5, p);
        AssertSound(learner, p);
        for (var t = 1000; t < 2000; t++)
        {
            learner.TestThenTrain(stream.X[t], stream.Target(t, learner.Classes), p);
            AssertSound(learner, p);
        }
        Subject.Fresh(id).Load(learner.State);
    }

    [Theory, MemberData(nameof(Every))]
    public void Infinity_means_missing_like_NaN(string id)
    {
        Subject with = Subject.Fresh(id), without = Subject.Fresh(id);
        var stream = with.Stream(600);
        for (var t = 0; t < 600; t++)
        {
            var infinite = stream.X[t].Select((v, i) => double.IsNaN(v) ? (i + t) % 2 == 0 ? double.PositiveInfinity : double.NegativeInfinity : v).ToArray();
            Assert.Equal(without.Prediction(stream.X[t]), with.Prediction(infinite));
            without.Learn(stream.X[t], stream.Target(t, with.Classes));
            with.Learn(infinite, stream.Target(t, with.Classes));
        }
        Assert.Equal(without.State, with.State);
    }

    [Theory, MemberData(nameof(Every))]
    public void Constant_and_huge_values_and_odd_weights_stay_finite(string id)
    {
        var learner = Subject.Fresh(id);
        var rng = new Rng(6, "stress");
        var x = new double[LearnerStream.Features];
        var p = new double[learner.Outputs];
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
            AssertSound(learner, p);
            var target = learner.Classes > 0 ? rng.NextInt32(learner.Classes) : t % 7 == 0 ? 1e100 * (rng.NextDouble() - 0.5) : t % 7 == 1 ? 1e-100 : rng.NextGaussian();
            learner.Learn(x, target, (t % 5) switch { 0 => 1e-300, 1 => 1e-9, 2 => 1e6, 3 => 1e300, _ => 1 });
            if (t % 100 == 99)
                (learner.Model as IRateBoost)?.BoostRate(1 + 100 * rng.NextDouble());
        }
        learner.Predict(x, p);
        AssertSound(learner, p);
        Subject.Fresh(id).Load(learner.State);
    }

    [Theory, MemberData(nameof(Every))]
    public void A_tiny_weight_teaches_next_to_nothing(string id)
    {
        // The label repeats the one before: that it is the latest is news of full weight to a learner of persistence.
        var learner = Subject.Trained(id, 999);
        var stream = learner.Stream(1000);
        var before = learner.Prediction(stream.X[5]);
        learner.Learn(stream.X[5], stream.Target(998, learner.Classes), 1e-12);
        var after = learner.Prediction(stream.X[5]);
        for (var k = 0; k < before.Length; k++)
            Assert.Equal(before[k], after[k], 0.01 * Math.Max(1, Math.Abs(before[k])));
    }

    [Theory, MemberData(nameof(Every))]
    public void What_is_no_target_no_weight_or_no_row_is_refused_and_changes_nothing(string id)
    {
        var learner = Subject.Trained(id, 100);
        var before = learner.State;
        var x = new double[LearnerStream.Features];
        foreach (var weight in (double[])[0, -1, double.NaN, double.PositiveInfinity])
            Assert.Throws<ArgumentOutOfRangeException>(() => learner.Learn(x, 0, weight));
        foreach (var target in learner.Classes > 0 ? (double[])[-1, learner.Classes] : [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e101, -1e101])
            Assert.Throws<ArgumentOutOfRangeException>(() => learner.Learn(x, target));
        Assert.Equal(before, learner.State);
    }

    [Theory, MemberData(nameof(Every))]
    public void Many_readers_of_a_frozen_copy_while_the_original_learns(string id)
    {
        var learner = Subject.Trained(id, 500);
        var stream = learner.Stream(900);
        var frozen = Subject.Fresh(id);
        frozen.Load(learner.State);
        var rows = stream.X[..60];
        var expected = rows.Select(frozen.Prediction).ToArray();
        var wrong = 0;
        using var learned = new ManualResetEventSlim();
        var readers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            do
            {
                for (var i = 0; i < rows.Length; i++)
                    if (!frozen.Prediction(rows[i]).AsSpan().SequenceEqual(expected[i]))
                        Interlocked.Increment(ref wrong);
            }
            while (!learned.IsSet);
        })).ToList();
        readers.ForEach(r => r.Start());
        learner.Train(stream, 500, 900);
        learned.Set();
        readers.ForEach(r => r.Join());
        Assert.Equal(0, wrong);
    }

    [Theory, MemberData(nameof(Every))]
    public void A_truncated_state_is_refused(string id)
    {
        var state = Subject.Trained(id, 300).State;
        var cuts = Math.Clamp(DamageBytesMax / state.Length, 20, 2000);
        var step = Math.Max(1, state.Length / cuts);
        var learner = Subject.Fresh(id);
        for (var length = 0; length < state.Length; length += length < state.Length - 50 ? Math.Min(step, state.Length - 50 - length) : 1)
            Assert.Throws<CorruptStateException>(() => learner.Model.Load(new StateReader(state.AsMemory(0, length))));
    }

    [Theory, MemberData(nameof(Every))]
    public void A_damaged_state_is_refused_or_harmless(string id)
    {
        var learner = Subject.Trained(id, 600);
        var state = learner.State;
        var rows = learner.Stream(20, 3);
        var rng = new Rng(13, "damage");
        var p = new double[learner.Outputs];
        var trials = Math.Clamp(DamageBytesMax / state.Length, 30, 500);
        for (var i = 0; i < trials; i++)
        {
            var damaged = (byte[])state.Clone();
            damaged[rng.NextInt32(damaged.Length)] ^= (byte)(1 << rng.NextInt32(8));
            try
            {
                learner.Load(damaged);
            }
            catch (CorruptStateException)
            {
                continue;
            }
            for (var t = 0; t < 20; t++)
            {
                learner.TestThenTrain(rows.X[t], rows.Target(t, learner.Classes), p);
                AssertSound(learner, p);
            }
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void A_state_of_another_shape_is_refused(string id)
    {
        var learner = Subject.Trained(id, 100);
        Assert.Throws<CorruptStateException>(() => learner.OfAnotherShape().Load(learner.State));
    }

    [Theory, MemberData(nameof(Every))]
    public void The_state_after_two_thousand_examples_is_the_golden_one(string id)
    {
        var hash = new Golden();
        hash.Add(Subject.Trained(id, 2000).State);
        Assert.True(LearnerGoldens.States.TryGetValue(id, out var golden), $"[\"{id.Replace("\"", "\\\"", StringComparison.Ordinal)}\"] = \"{hash.Text}\",");
        Assert.Equal(golden, hash.Text);
    }

    [Fact]
    public void Every_golden_is_that_of_a_learner_there_is() => Assert.Empty(LearnerGoldens.States.Keys.Except(Subject.Ids));

    /// <summary>Share of wrong rows, or for a regressor the mean absolute error, over 3,000 rows.</summary>
    private static double Loss(string id, int[]? order, out bool looksAtFeatures)
    {
        var learner = Subject.Fresh(id);
        var stream = learner.Stream(3000);
        var targets = Enumerable.Range(0, 3000).Select(t => stream.Target(t, learner.Classes)).ToArray();
        if (order is not null)
            for (var t = 0; t < 3000; t++)
                stream.X[t] = [.. order.Select(i => stream.X[t][i])];
        var p = new double[learner.Outputs];
        var loss = 0.0;
        for (var t = 0; t < 3000; t++)
        {
            var target = targets[t];
            learner.TestThenTrain(stream.X[t], target, p);
            loss += learner.Classes == 0 ? Math.Abs(p[0] - target) : p.AsSpan().IndexOf(p.Max()) == (int)target ? 0 : 1;
        }
        looksAtFeatures = false;
        for (var t = 1; t < 100; t++)
            looksAtFeatures |= !learner.Prediction(stream.X[t]).AsSpan().SequenceEqual(learner.Prediction(stream.X[t - 1]));
        return loss / 3000;
    }

    private static void AssertSound(Subject learner, double[] prediction)
    {
        if (learner.Classes == 0)
        {
            Assert.True(double.IsFinite(prediction[0]));
            return;
        }
        var sum = 0.0;
        foreach (var p in prediction)
        {
            Assert.InRange(p, 0, 1);
            sum += p;
        }
        Assert.InRange(sum, 1 - 1e-12, 1 + 1e-12);
    }

    private sealed class TestLanes(int count) : ILanes
    {
        public int Count => count;

        public void For(int pieces, Action<int> action) => Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = count }, action);
    }
}
