using System.Text.Json;
using Hone.Learning.Anomaly;
using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Learning.Tests.Numerics;

namespace Hone.Learning.Tests.Anomaly;

/// <summary>What every anomaly detector of the catalog promises, with its defaults and with each of its variants. Nobody opts out.</summary>
public sealed class AnomalyChecks
{
    private const int Features = 7;

    public static TheoryData<string, string> Every()
    {
        var data = new TheoryData<string, string>();
        foreach (var entry in Catalog.BuiltIn().Anomaly)
            foreach (var options in (string[])["{}", .. entry.Variants])
                data.Add(entry.Name, options);
        return data;
    }

    [Theory, MemberData(nameof(Every))]
    public void Planted_anomalies_score_higher(string name, string options)
    {
        var detector = Fresh(name, options);
        var rng = new Rng(3, "planted");
        var normal = new List<double>();
        var planted = new List<double>();
        for (var t = 0; t < 4000; t++)
        {
            var odd = t > 1000 && rng.NextDouble() < 0.02;
            var x = Row(ref rng, odd);
            if (t > 1000)
                (odd ? planted : normal).Add(detector.Score(x));
            detector.Learn(x);
        }
        var above = planted.Sum(a => normal.Sum(n => a > n ? 1 : a == n ? 0.5 : 0));
        Assert.InRange(above / ((double)planted.Count * normal.Count), 0.9, 1);
    }

    [Theory, MemberData(nameof(Every))]
    public void Scores_are_from_0_to_1_whatever_comes(string name, string options)
    {
        var detector = Fresh(name, options);
        var rng = new Rng(4, "stress");
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, -1e300, 0, 1e-300];
        for (var t = 0; t < 2000; t++)
        {
            var x = Row(ref rng, false);
            for (var i = 0; i < Features; i++)
                if (rng.NextDouble() < 0.2)
                    x[i] = odd[rng.NextInt32(odd.Length)];
            Assert.InRange(detector.Score(x), 0, 1);
            detector.Learn(x);
        }
        Fresh(name, options).Load(new StateReader(StateOf(detector)));
    }

    [Theory, MemberData(nameof(Every))]
    public void Infinity_means_missing_like_NaN(string name, string options)
    {
        IAnomalyDetector with = Fresh(name, options), without = Fresh(name, options);
        var rng = new Rng(5, "missing");
        for (var t = 0; t < 1000; t++)
        {
            double[] x = Row(ref rng, false), y = [.. x];
            (x[t % Features], y[t % Features]) = (double.NaN, t % 2 == 0 ? double.PositiveInfinity : double.NegativeInfinity);
            Assert.Equal(without.Score(x), with.Score(y));
            without.Learn(x);
            with.Learn(y);
        }
        Assert.Equal(StateOf(without), StateOf(with));
    }

    [Theory, MemberData(nameof(Every))]
    public void Scoring_changes_nothing_and_many_may_score_at_once(string name, string options)
    {
        var detector = Trained(name, options, 700);
        var before = StateOf(detector);
        var rng = new Rng(6, "rows");
        var rows = Enumerable.Range(0, 100).Select(i => Row(ref rng, i % 9 == 0)).ToArray();
        var expected = rows.Select(x => detector.Score(x)).ToArray();
        var wrong = 0;
        var readers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < rows.Length; i++)
                if (detector.Score(rows[i]) != expected[i])
                    Interlocked.Increment(ref wrong);
        })).ToList();
        readers.ForEach(r => r.Start());
        readers.ForEach(r => r.Join());
        Assert.Equal(0, wrong);
        Assert.Equal(before, StateOf(detector));
    }

    [Theory, MemberData(nameof(Every))]
    public void A_saved_detector_continues_bit_for_bit(string name, string options)
    {
        foreach (var cut in (int[])[0, 1, 249, 600])
        {
            var detector = Trained(name, options, cut);
            var copy = Trained(name, options, 333);
            copy.Load(new StateReader(StateOf(detector)));
            Assert.Equal(StateOf(detector), StateOf(copy));
            var rng = new Rng(8, "more");
            for (var t = 0; t < 600; t++)
            {
                var x = Row(ref rng, t % 50 == 0);
                Assert.Equal(detector.Score(x), copy.Score(x));
                detector.Learn(x);
                copy.Learn(x);
            }
            Assert.Equal(StateOf(detector), StateOf(copy));
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void Nothing_is_allocated(string name, string options)
    {
        var detector = Trained(name, options, 700);
        var rng = new Rng(9, "rows");
        var rows = Enumerable.Range(0, 600).Select(_ => Row(ref rng, false)).ToArray();
        Assert.Equal(0, Allocated.Bytes(() =>
        {
            foreach (var x in rows)
            {
                detector.Score(x);
                detector.Learn(x);
            }
        }));
    }

    [Theory, MemberData(nameof(Every))]
    public void A_truncated_or_damaged_state_is_refused_or_harmless(string name, string options)
    {
        var state = StateOf(Trained(name, options, 600));
        var rng = new Rng(13, "damage");
        for (var i = 0; i < 40; i++)
            Assert.Throws<CorruptStateException>(() => Fresh(name, options).Load(new StateReader(state.AsMemory(0, rng.NextInt32(state.Length)))));
        for (var i = 0; i < 60; i++)
        {
            var damaged = (byte[])state.Clone();
            // The first bytes are the ones that lengths and counters are in.
            damaged[i % 2 == 0 ? rng.NextInt32(600) : rng.NextInt32(damaged.Length)] ^= (byte)(1 << rng.NextInt32(8));
            var detector = Fresh(name, options);
            try
            {
                detector.Load(new StateReader(damaged));
            }
            catch (CorruptStateException)
            {
                continue;
            }
            for (var t = 0; t < 20; t++)
            {
                var x = Row(ref rng, false);
                Assert.InRange(detector.Score(x), 0, 1);
                detector.Learn(x);
            }
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void A_state_of_another_shape_is_refused(string name, string options)
    {
        var state = StateOf(Trained(name, options, 100));
        var other = Catalog.BuiltIn().Anomaly[name].Create(new RegressorShape(Features + 1, 1), JsonDocument.Parse(options).RootElement);
        Assert.Throws<CorruptStateException>(() => other.Load(new StateReader(state)));
    }

    [Fact]
    public void Half_space_trees_follow_a_world_that_moves_within_two_windows()
    {
        var detector = new HalfSpaceTrees(new(1, 1), new() { WindowRows = 100, ScalingMemory = 100 });
        var rng = new Rng(2, "moves");
        for (var t = 0; t < 1000; t++)
            detector.Learn([rng.NextGaussian()]);
        var strange = detector.Score([4.0]);
        Assert.True(strange > detector.Score([0.0]) + 0.2);
        for (var t = 0; t < 600; t++)
            detector.Learn([4 + rng.NextGaussian()]);
        Assert.True(detector.Score([4.0]) < strange - 0.2);
        Assert.True(detector.Score([0.0]) > detector.Score([4.0]) + 0.2);
    }

    private static IAnomalyDetector Fresh(string name, string options)
        => Catalog.BuiltIn().Anomaly[name].Create(new RegressorShape(Features, 1), JsonDocument.Parse(options).RootElement);

    private static IAnomalyDetector Trained(string name, string options, int count)
    {
        var detector = Fresh(name, options);
        var rng = new Rng(1, "trained");
        for (var t = 0; t < count; t++)
            detector.Learn(Row(ref rng, false));
        return detector;
    }

    // Two clusters on unlike scales; an anomaly lies between and beside them.
    private static double[] Row(ref Rng rng, bool odd)
    {
        var x = new double[Features];
        var cluster = rng.NextDouble() < 0.5 ? -3 : 3;
        for (var i = 0; i < Features; i++)
            x[i] = ((odd ? i % 2 == 0 ? 5 : -6 : i % 2 == 0 ? cluster : -cluster) + rng.NextGaussian()) * (i == 3 ? 1e5 : 1);
        return x;
    }

    private static byte[] StateOf(ISaved saved)
    {
        var writer = new StateWriter();
        saved.Save(writer);
        return writer.Written.ToArray();
    }
}
