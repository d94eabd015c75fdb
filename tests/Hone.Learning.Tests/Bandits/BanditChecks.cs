using System.Text.Json;
using Hone.Learning.Bandits;
using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Learning.Tests.Numerics;

namespace Hone.Learning.Tests.Bandits;

/// <summary>What every bandit of the catalog promises, with its defaults and with every variant that it names. Nobody opts out.</summary>
public sealed class BanditChecks
{
    private const int Arms = 3;
    private const int ContextLength = 2;

    // Key and counter of the random stream stand at the end of every state.
    private const int RandomBytes = 16;

    public static TheoryData<string, string> Every
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var entry in Catalog.BuiltIn().Bandits)
                foreach (var options in (string[])["{}", .. entry.Variants])
                    data.Add(entry.Name, options);
            return data;
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void What_was_saved_in_mid_stream_continues_with_the_same_bits(string name, string options)
    {
        foreach (var cut in (int[])[0, 1, 2, 57, 700])
        {
            var original = Fed(name, options, 0, cut);
            var restored = Fed(name, options, 3_000, 3_300);
            var reader = new StateReader(Saved(original));
            restored.Load(reader);
            Assert.Equal(0, reader.Remaining);
            for (var i = cut; i < cut + 300; i++)
                Assert.Equal(Step(original, i), Step(restored, i));
            Assert.Equal(Saved(original), Saved(restored));
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void The_same_seed_makes_the_same_choices_and_another_one_others(string name, string options)
    {
        int same = 0, others = 0;
        IBandit one = New(name, options, 1), two = New(name, options, 1), other = New(name, options, 2);
        for (var i = 0; i < 300; i++)
        {
            var choice = Step(one, i);
            same += Step(two, i) == choice ? 1 : 0;
            others += Step(other, i) == choice ? 0 : 1;
        }
        Assert.Equal(300, same);
        Assert.True(others > 0);
    }

    [Theory, MemberData(nameof(Every))]
    public void Choosing_changes_nothing_but_the_next_draw(string name, string options)
    {
        foreach (var fed in (int[])[0, 300])
        {
            var bandit = Fed(name, options, 0, fed);
            var before = Saved(bandit);
            for (var i = 0; i < 200; i++)
                bandit.Choose(Context(i));
            var after = Saved(bandit);
            Assert.Equal(before[..^RandomBytes], after[..^RandomBytes]);
            Assert.NotEqual(before, after);
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void Weighting_by_the_inverse_of_the_reported_probability_is_unbiased(string name, string options)
    {
        var bandit = Fed(name, options, 0, 12);
        var weights = new double[Arms];
        const int draws = 60_000;
        for (var i = 0; i < draws; i++)
        {
            var choice = bandit.Choose([0.3, -0.2]);
            Assert.InRange(choice.Arm, 0, Arms - 1);
            Assert.True(choice.Probability > 0 && choice.Probability <= 1);
            weights[choice.Arm] += 1 / choice.Probability / draws;
        }

        // An arm that is never chosen weighs nothing; every other one weighs one.
        foreach (var weight in weights)
            Assert.True(weight == 0 || Math.Abs(weight - 1) < 0.06, $"{weight}");
    }

    [Theory, MemberData(nameof(Every))]
    public void Choosing_and_learning_allocate_nothing(string name, string options)
    {
        var bandit = Fed(name, options, 0, 300);
        var context = Context(1);
        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (var i = 0; i < 300; i++)
                bandit.Learn(context, bandit.Choose(context), 0.5);
        }));
    }

    [Theory, MemberData(nameof(Every))]
    public void What_is_no_reward_or_choice_is_refused_and_changes_nothing(string name, string options)
    {
        var bandit = Fed(name, options, 0, 50);
        var before = Saved(bandit);
        foreach (var reward in (double[])[double.NaN, -1e-9, 1.0000001, double.PositiveInfinity])
            Assert.Throws<ArgumentOutOfRangeException>(() => bandit.Learn(Context(1), new(0, 0.5), reward));
        foreach (var arm in (int[])[-1, Arms, int.MaxValue])
            Assert.Throws<ArgumentOutOfRangeException>(() => bandit.Learn(Context(1), new(arm, 0.5), 1));
        foreach (var probability in (double[])[double.NaN, 0, -1, 1.1])
            Assert.Throws<ArgumentOutOfRangeException>(() => bandit.Learn(Context(1), new(0, probability), 1));
        Assert.Equal(before, Saved(bandit));
    }

    [Theory, MemberData(nameof(Every))]
    public void A_shape_without_a_choice_is_refused(string name, string options)
    {
        foreach (var shape in (BanditShape[])[new(1, 0, 1), new(-1, 0, 1), new(10_001, 0, 1), new(2, -1, 1)])
            Assert.Throws<ArgumentOutOfRangeException>(() => Catalog.BuiltIn().Bandits[name].Create(shape, Json(options)));
    }

    [Theory, MemberData(nameof(Every))]
    public void Contexts_with_nothing_in_them_or_out_of_all_bounds_do_no_harm(string name, string options)
    {
        var bandit = New(name, options, 1);
        double[][] contexts = [[double.NaN, double.PositiveInfinity], [1e300, -1e300], [double.NegativeInfinity, 1], [1e-300, 0]];
        for (var i = 0; i < 400; i++)
            bandit.Learn(contexts[i % 4], bandit.Choose(contexts[i % 3]), i % 2);
        var choice = bandit.Choose([0.1, 0.2]);
        Assert.True(choice.Probability > 0);
        New(name, options, 1).Load(new(Saved(bandit)));
    }

    [Theory, MemberData(nameof(Every))]
    public void It_gives_away_less_than_a_random_choice(string name, string options)
    {
        foreach (var (world, share) in new[] { ("close-arms", 0.97), ("far-arms", 0.25) })
        {
            double regret = 0, uniform = 0;
            for (ulong seed = 1; seed <= 12; seed++)
            {
                var outcome = World(world).Play(New(name, options, seed, World(world)), 8_000, seed);
                regret += outcome.Regret;
                uniform += outcome.UniformRegret;
            }
            Assert.True(regret < share * uniform, $"{world}: {regret / 12:F0} of {uniform / 12:F0}");
        }
    }

    [Theory, MemberData(nameof(Every))]
    public void Rewards_that_come_200_choices_late_are_learned_from(string name, string options)
    {
        double regret = 0, uniform = 0;
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var outcome = World("far-arms").Play(New(name, options, seed, World("far-arms")), 6_000, seed, delayRounds: 200);
            regret += outcome.Regret;
            uniform += outcome.UniformRegret;
        }
        Assert.True(regret < 0.35 * uniform, $"{regret / 4:F0} of {uniform / 4:F0}");
    }

    [Theory, MemberData(nameof(Every))]
    public void A_truncated_state_is_refused(string name, string options)
    {
        var state = Saved(Fed(name, options, 0, 200));
        for (var length = 0; length < state.Length; length++)
            Assert.Throws<CorruptStateException>(() => New(name, options, 1).Load(new(state.AsMemory(0, length))));
        Assert.Throws<CorruptStateException>(() => Catalog.BuiltIn().Bandits[name].Create(new BanditShape(Arms + 1, ContextLength, 1), Json(options)).Load(new(state)));
    }

    [Theory, MemberData(nameof(Every))]
    public void A_damaged_state_is_refused_or_still_works(string name, string options)
    {
        var random = new Rng(5, "damage");
        var state = Saved(Fed(name, options, 0, 200));
        for (var round = 0; round < 400; round++)
        {
            var damaged = state.ToArray();
            if (round % 4 == 0)
                BitConverter.TryWriteBytes(damaged.AsSpan(random.NextInt32(damaged.Length - 8)), round % 8 == 0 ? double.NaN : 1e300);
            else
                for (var flips = 1 + random.NextInt32(3); flips > 0; flips--)
                    damaged[random.NextInt32(damaged.Length)] ^= (byte)(1 << random.NextInt32(8));
            var bandit = New(name, options, 1);
            try
            {
                bandit.Load(new(damaged));
            }
            catch (CorruptStateException)
            {
                continue;
            }
            for (var i = 0; i < 50; i++)
                Assert.InRange(Step(bandit, i).Arm, 0, Arms - 1);
            Saved(bandit);
        }
    }

    internal static BanditWorld World(string name) => BanditWorld.All.Single(w => w.Name == name);

    internal static IBandit New(string name, string options, ulong seed, BanditWorld? world = null)
        => Catalog.BuiltIn().Bandits[name].Create(new BanditShape(world?.Arms ?? Arms, world?.ContextLength ?? ContextLength, seed), Json(options));

    private static JsonElement Json(string options) => JsonDocument.Parse(options).RootElement;

    private static byte[] Saved(IBandit bandit)
    {
        var writer = new StateWriter();
        bandit.Save(writer);
        return writer.Written.ToArray();
    }

    private static IBandit Fed(string name, string options, int from, int to)
    {
        var bandit = New(name, options, 7);
        for (var i = from; i < to; i++)
            Step(bandit, i);
        return bandit;
    }

    private static double[] Context(int i)
    {
        var random = new Rng(11, "context", 10UL * (ulong)i);
        return [random.NextGaussian(), random.NextGaussian()];
    }

    // The better arm changes with the context; rewards are fractions.
    private static BanditChoice Step(IBandit bandit, int i)
    {
        var context = Context(i);
        var choice = bandit.Choose(context);
        var noise = new Rng(12, "reward", (ulong)i).NextDouble();
        bandit.Learn(context, choice, Math.Clamp(0.4 + 0.1 * choice.Arm + (choice.Arm == 1 ? 0.2 : -0.2) * context[0] + 0.4 * (noise - 0.5), 0, 1));
        return choice;
    }
}
