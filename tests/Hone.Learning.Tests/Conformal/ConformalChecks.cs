using System.Text.Json;
using Hone.Learning.Conformal;
using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Learning.Tests.Numerics;

namespace Hone.Learning.Tests.Conformal;

/// <summary>What every conformal method of the catalog promises, with its defaults and with every variant that it names. Nobody opts out.</summary>
public sealed class ConformalChecks
{
    public static TheoryData<string, string> Every
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var entry in Catalog.BuiltIn().Conformal)
                foreach (var options in (string[])["{}", .. entry.Variants])
                    data.Add(entry.Name, options);
            return data;
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void What_was_saved_in_mid_stream_continues_with_the_same_bits(string name, string options)
    {
        foreach (var cut in (int[])[0, 1, 99, 250, 251, 900])
        {
            var original = Fed(name, options, 0, cut);
            var restored = Fed(name, options, 5_000, 5_400);
            var reader = new StateReader(Saved(original));
            restored.Load(reader);
            Assert.Equal(0, reader.Remaining);
            for (var i = cut; i < cut + 600; i++)
            {
                Assert.Equal(original.Bound, restored.Bound);
                original.Learn(Score(i));
                restored.Learn(Score(i));
            }
            Assert.Equal(Saved(original), Saved(restored));
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void Reading_the_bound_changes_nothing_and_reset_returns_to_the_start(string name, string options)
    {
        var method = Fed(name, options, 0, 400);
        var before = Saved(method);
        Assert.Equal(method.Bound, method.Bound);
        Assert.Equal(before, Saved(method));
        method.Reset();
        Assert.Equal(Saved(New(name, options)), Saved(method));
        Assert.Equal(double.PositiveInfinity, method.Bound);
    }

    [Theory, MemberData(nameof(Every))]
    public void Learning_allocates_nothing(string name, string options)
    {
        var method = Fed(name, options, 0, 600);
        var sum = 0.0;
        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (var i = 0; i < 600; i++)
            {
                sum += Math.Min(method.Bound, 1e9);
                method.Learn(i % 7);
            }
        }));
        Assert.True(sum > 0);
    }

    [Theory, MemberData(nameof(Every))]
    public void What_is_no_score_or_coverage_is_refused_and_changes_nothing(string name, string options)
    {
        var method = Fed(name, options, 0, 100);
        var before = Saved(method);
        foreach (var score in (double[])[double.NaN, -1e-9, double.PositiveInfinity, double.NegativeInfinity])
            Assert.Throws<ArgumentOutOfRangeException>(() => method.Learn(score));
        Assert.Equal(before, Saved(method));
        foreach (var coverage in (double[])[0, 1, -1, double.NaN, double.PositiveInfinity])
            Assert.Throws<ArgumentOutOfRangeException>(() => Catalog.BuiltIn().Conformal[name].Create(coverage));
    }

    [Theory, MemberData(nameof(Every))]
    public void In_a_steady_world_it_covers_what_it_says(string name, string options)
    {
        foreach (var coverage in (double[])[0.5, 0.9, 0.99])
        {
            var method = New(name, options, coverage);
            Assert.Equal(coverage, method.Coverage);
            var covered = 0;
            const int rounds = 12_000;
            for (var i = 0; i < rounds; i++)
            {
                var score = Math.Abs(new Rng(3, "steady", (ulong)i).NextGaussian());
                covered += score <= method.Bound ? 1 : 0;
                method.Learn(score);
            }
            Assert.Equal(coverage, (double)covered / rounds, 0.01);
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void Scores_that_are_all_equal_are_their_own_bound(string name, string options)
    {
        var method = New(name, options);
        for (var i = 0; i < 60; i++)
            method.Learn(2);
        Assert.Equal(2, method.Bound);
    }

    [Theory, MemberData(nameof(Every))]
    public void A_truncated_state_is_refused_and_a_damaged_one_is_refused_or_still_works(string name, string options)
    {
        var state = Saved(Fed(name, options, 0, 300));
        for (var length = 0; length < state.Length; length += 1 + state.Length / 300)
            Assert.Throws<CorruptStateException>(() => New(name, options).Load(new(state.AsMemory(0, length))));
        var random = new Rng(5, "damage");
        for (var round = 0; round < 400; round++)
        {
            var damaged = state.ToArray();
            if (round % 4 == 0)
                BitConverter.TryWriteBytes(damaged.AsSpan(random.NextInt32(damaged.Length - 8)), round % 8 == 0 ? double.NaN : 1e300);
            else
                for (var flips = 1 + random.NextInt32(3); flips > 0; flips--)
                    damaged[random.NextInt32(damaged.Length)] ^= (byte)(1 << random.NextInt32(8));
            var method = New(name, options);
            try
            {
                method.Load(new(damaged));
            }
            catch (CorruptStateException)
            {
                continue;
            }
            for (var i = 0; i < 300; i++)
                method.Learn(Score(i));
            Assert.False(double.IsNaN(method.Bound));
            Saved(method);
        }
    }

    internal static IConformal New(string name, string options = "{}", double coverage = 0.9)
        => Catalog.BuiltIn().Conformal[name].Create(coverage, JsonDocument.Parse(options).RootElement);

    private static byte[] Saved(IConformal method)
    {
        var writer = new StateWriter();
        method.Save(writer);
        return writer.Written.ToArray();
    }

    private static IConformal Fed(string name, string options, int from, int to)
    {
        var method = New(name, options);
        for (var i = from; i < to; i++)
            method.Learn(Score(i));
        return method;
    }

    // Ties, zeros, and a scale that changes.
    private static double Score(int i) => Math.Floor(8 * new Rng(11, "score", (ulong)i).NextDouble()) * (i / 300 % 2 == 0 ? 1 : 2.5);
}
