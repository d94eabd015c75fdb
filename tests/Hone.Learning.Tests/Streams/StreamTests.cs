using Hone.Learning.Streams;

namespace Hone.Learning.Tests.Streams;

/// <summary>That generated streams are what their papers say.</summary>
public sealed class StreamTests
{
    public static TheoryData<string> Names => [.. All.Keys];

    private static readonly Dictionary<string, Func<ulong, IExampleStream>> All = new()
    {
        ["sea"] = seed => new SeaStream(new([0, 1, 2, 3], 1_000), seed),
        ["sine"] = seed => new SineStream(new([0, 1, 2, 3], 1_000, 100), seed),
        ["agrawal"] = seed => new AgrawalStream(new([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 300), seed),
        ["led"] = seed => new LedStream(new([0, 3, 7], 1_000), seed),
        ["hyperplane"] = seed => new HyperplaneStream(new([0, 1, 2], 1_000, 1_000), seed),
        ["rbf"] = seed => new RbfStream(new([0, 1], 1_000, 500), seed, classes: 3),
        ["friedman"] = seed => new FriedmanStream(new([0, 1, 2], 1_000), seed),
        ["returns"] = seed => new ReturnStream(new([0, 1, 2, 3], 1_000), seed),
    };

    [Theory, MemberData(nameof(Names))]
    public void The_same_seed_gives_the_same_examples_and_another_one_others(string name)
    {
        Assert.Equal(Examples(All[name](1)), Examples(All[name](1)));
        Assert.NotEqual(Examples(All[name](1)), Examples(All[name](2)));
    }

    [Theory, MemberData(nameof(Names))]
    public void Labels_are_classes_features_are_finite_and_changes_are_in_order(string name)
    {
        var stream = All[name](3);
        var x = new double[stream.Features];
        for (var i = 0; i < 4_000; i++)
        {
            var y = stream.Next(x);
            Assert.All(x, v => Assert.True(double.IsFinite(v)));
            Assert.True(stream.Classes == 0 ? double.IsFinite(y) : y >= 0 && y < stream.Classes && y == Math.Floor(y));
        }
        Assert.NotEmpty(stream.Changes);
        Assert.Equal(stream.Changes.OrderBy(c => c.Row), stream.Changes);
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(1, 9)]
    [InlineData(2, 7)]
    [InlineData(3, 9.5)]
    public void Sea_is_class_1_above_its_threshold(int concept, double threshold)
    {
        Assert.Equal(threshold, SeaStream.Threshold(concept));
        var stream = new SeaStream(ConceptSchedule.Fixed(concept), 1, noise: 0);
        var x = new double[3];
        for (var i = 0; i < 2_000; i++)
        {
            var label = stream.Next(x);
            Assert.Equal(x[0] + x[1] > threshold, label == 1);
        }
    }

    [Fact]
    public void Sea_turns_a_tenth_of_the_labels_around_and_changes_at_its_row()
    {
        var stream = new SeaStream(new([2, 3], 20_000), 1);
        var x = new double[3];
        int wrong = 0, wrongAfter = 0;
        for (var i = 0; i < 40_000; i++)
        {
            var error = stream.Next(x) == 1 != x[0] + x[1] > 7;
            wrong += error && i < 20_000 ? 1 : 0;
            wrongAfter += error && i >= 20_000 ? 1 : 0;
        }
        Assert.Equal(0.1, wrong / 20_000.0, 0.01);
        // Between the thresholds 7 and 9.5 lie (9.5² − 7²)/200 = 20.6 % of the points; 80 % of them count.
        Assert.Equal(0.1 + 0.8 * (9.5 * 9.5 - 49) / 200, wrongAfter / 20_000.0, 0.01);
    }

    [Theory]
    // x: salary, commission, age, level, car, zip code, value, years, loan. One applicant who tells the ages, levels and bounds of the rules apart.
    [InlineData(0, 80_000, 0, 30, 3, 100_000, true)]
    [InlineData(0, 80_000, 0, 50, 3, 100_000, false)]
    [InlineData(0, 80_000, 0, 60, 3, 100_000, true)]
    [InlineData(1, 100_000, 0, 39, 3, 100_000, true)]
    [InlineData(1, 100_001, 0, 39, 3, 100_000, false)]
    [InlineData(1, 74_999, 0, 40, 3, 100_000, false)]
    [InlineData(1, 75_000, 0, 60, 3, 100_000, true)]
    [InlineData(2, 60_000, 0, 30, 1, 100_000, true)]
    [InlineData(2, 60_000, 0, 30, 2, 100_000, false)]
    [InlineData(2, 60_000, 0, 45, 3, 100_000, true)]
    [InlineData(2, 60_000, 0, 65, 1, 100_000, false)]
    [InlineData(3, 30_000, 0, 30, 0, 100_000, true)]
    [InlineData(3, 30_000, 0, 30, 4, 100_000, false)]
    [InlineData(3, 110_000, 0, 45, 0, 100_000, true)]
    [InlineData(3, 30_000, 0, 65, 1, 100_000, true)]
    [InlineData(4, 60_000, 0, 30, 0, 150_000, true)]
    [InlineData(4, 60_000, 0, 30, 0, 350_000, false)]
    [InlineData(4, 130_000, 0, 45, 0, 450_000, true)]
    [InlineData(4, 30_000, 0, 65, 0, 350_000, true)]
    [InlineData(5, 40_000, 20_000, 30, 0, 0, true)]
    [InlineData(5, 40_000, 5_000, 30, 0, 0, false)]
    [InlineData(6, 60_000, 0, 30, 0, 99_000, true)]
    [InlineData(6, 60_000, 0, 30, 0, 101_000, false)]
    [InlineData(7, 45_100, 0, 30, 2, 0, true)]
    [InlineData(7, 44_900, 0, 30, 2, 0, false)]
    [InlineData(8, 60_000, 0, 30, 2, 99_000, true)]
    [InlineData(8, 60_000, 0, 30, 2, 101_000, false)]
    [InlineData(9, 15_000, 0, 30, 4, 0, true)]
    public void Agrawal_has_the_published_rules(int concept, double salary, double commission, double age, double level, double loan, bool inA)
        => Assert.Equal(inA, AgrawalStream.IsInGroupA(concept, [salary, commission, age, level, 1, 0, 1_000_000, 30, loan]));

    [Fact]
    public void Agrawals_equity_counts_only_after_twenty_years()
    {
        // 2/3·15,000 − 20,000 − 10,000 = −20,000; ten years of a million are 200,000 in the rule's fifth.
        Assert.True(AgrawalStream.IsInGroupA(9, [15_000, 0, 30, 4, 1, 0, 1_000_000, 30, 0]));
        Assert.False(AgrawalStream.IsInGroupA(9, [15_000, 0, 30, 4, 1, 0, 1_000_000, 20, 0]));
    }

    [Fact]
    public void Agrawals_first_rule_depends_on_age_alone_and_no_commission_is_paid_above_75000()
    {
        var stream = new AgrawalStream(ConceptSchedule.Fixed(), 1, perturbation: 0);
        var x = new double[9];
        for (var i = 0; i < 5_000; i++)
        {
            var y = stream.Next(x);
            Assert.Equal(x[2] is < 40 or >= 60, y == 0);
            Assert.Equal(x[0] >= 75_000, x[1] == 0);
            Assert.True(x[0] is >= 20_000 and <= 150_000 && x[2] is >= 20 and <= 80 && x[3] is >= 0 and <= 4 && x[4] is >= 1 and <= 20 && x[5] is >= 0 and <= 8 && x[7] is >= 1 and <= 30);
        }
    }

    [Fact]
    public void With_a_tenth_of_noise_the_best_reader_of_a_led_display_is_right_in_74_of_100()
    {
        var stream = new LedStream(ConceptSchedule.Fixed(), 1);
        var x = new double[24];
        var right = 0;
        const int rows = 40_000;
        for (var i = 0; i < rows; i++)
        {
            var digit = (int)stream.Next(x);
            // The digit that explains what is lit with the fewest wrong segments; the first of equals.
            var best = Enumerable.Range(0, 10).MinBy(d => Enumerable.Range(0, 7).Count(s => LedStream.IsLit(d, s) != (x[s] == 1)));
            right += best == digit ? 1 : 0;
        }
        Assert.Equal(0.74, right / (double)rows, 0.008);
    }

    [Fact]
    public void Led_drift_moves_segments_to_irrelevant_places()
    {
        var stream = new LedStream(ConceptSchedule.Fixed(3), 1, noise: 0);
        var x = new double[24];
        for (var i = 0; i < 1_000; i++)
        {
            var digit = (int)stream.Next(x);
            for (var s = 0; s < 7; s++)
                Assert.Equal(LedStream.IsLit(digit, s), x[s < 3 ? s + 7 : s] == 1);
        }
    }

    [Fact]
    public void A_reversed_sine_gives_the_other_label()
    {
        for (var pair = 0; pair < 4; pair += 2)
        {
            var stream = new SineStream(ConceptSchedule.Fixed(pair), 4);
            var reversed = new SineStream(ConceptSchedule.Fixed(pair + 1), 4);
            var x = new double[2];
            for (var i = 0; i < 1_000; i++)
            {
                var label = stream.Next(x);
                Assert.Equal(x[1] < (pair == 0 ? Math.Sin(x[0]) : 0.5 + 0.3 * Math.Sin(3 * Math.PI * x[0])) ? 1 : 0, label);
                Assert.Equal(1 - label, reversed.Next(x));
            }
        }
    }

    [Fact]
    public void Friedmans_function_is_the_published_one_with_noise_of_deviation_1()
    {
        Assert.Equal(10 * Math.Sin(Math.PI * 0.1 * 0.2) + 20 * 0.2 * 0.2 + 10 * 0.4 + 5 * 0.5, FriedmanStream.Value(0, [0.1, 0.2, 0.3, 0.4, 0.5, 0, 0, 0, 0, 0]), 1e-12);
        var stream = new FriedmanStream(new([0, 1], 10_000), 1);
        var x = new double[10];
        double before = 0, after = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var residual = stream.Next(x);
            residual -= FriedmanStream.Value(0, x);
            (i < 10_000 ? ref before : ref after) += residual * residual / 10_000;
        }
        Assert.Equal(1, before, 0.05);
        Assert.InRange(after, 20, 60);
    }

    [Fact]
    public void A_gradual_change_gives_way_evenly_over_its_width_and_is_over_then()
    {
        // Concept 0 is a label that concept 1 turns around.
        var share = new double[4];
        var stream = new SineStream(new([0, 1], 10_000, 4_000), 1);
        var x = new double[2];
        for (var i = 0; i < 20_000; i++)
        {
            var turned = stream.Next(x) == 1 != x[1] < Math.Sin(x[0]);
            if (i < 10_000)
                Assert.False(turned);
            if (i >= 14_000)
                Assert.True(turned);
            if (i is >= 10_000 and < 14_000)
                share[(i - 10_000) / 1_000] += turned ? 0.001 : 0;
        }
        for (var k = 0; k < 4; k++)
            Assert.Equal(0.125 + 0.25 * k, share[k], 0.05);
    }

    [Fact]
    public void A_hyperplane_that_turns_agrees_with_its_old_self_less_and_less()
    {
        var turning = new HyperplaneStream(new([0, 1], 5_000, 5_000), 3, noise: 0);
        var still = new HyperplaneStream(new([0, 0], 5_000, 5_000), 3, noise: 0);
        var (x, y) = (new double[10], new double[10]);
        var differs = new int[3];
        for (var i = 0; i < 15_000; i++)
            differs[i / 5_000] += turning.Next(x) != still.Next(y) ? 1 : 0;
        Assert.Equal(0, differs[0]);
        Assert.True(differs[1] > 200 && differs[2] > 1.5 * differs[1], string.Join(", ", differs));
    }

    [Fact]
    public void Returns_cluster_have_unit_deviation_and_an_edge_only_where_one_is_planted()
    {
        foreach (var (concept, right) in new[] { (0, 0.54), (1, 0.46), (2, 0.5) })
        {
            var stream = new ReturnStream(ConceptSchedule.Fixed(concept), 1);
            var x = new double[5];
            double squares = 0, agree = 0, absolute = 0, product = 0, last = 0;
            const int rows = 200_000;
            for (var i = 0; i < rows; i++)
            {
                var label = stream.Next(x);
                agree += label == 1 == x[0] > 0 ? 1 : 0;
                squares += stream.Return * stream.Return;
                absolute += Math.Abs(stream.Return);
                product += Math.Abs(stream.Return) * last;
                last = Math.Abs(stream.Return);
            }
            Assert.Equal(right, agree / rows, 0.004);
            Assert.Equal(1, squares / rows, 0.05);
            var mean = absolute / rows;
            Assert.InRange((product / rows - mean * mean) / (squares / rows - mean * mean), 0.05, 0.3);
        }
    }

    [Fact]
    public void A_concept_that_does_not_exist_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeaStream(ConceptSchedule.Fixed(4), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AgrawalStream(ConceptSchedule.Fixed(10), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConceptSchedule([0, 1], 10, 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConceptSchedule([], 10));
    }

    private static double[] Examples(IExampleStream stream)
    {
        var values = new List<double>();
        var x = new double[stream.Features];
        for (var i = 0; i < 2_500; i++)
        {
            values.Add(stream.Next(x));
            values.AddRange(x);
        }
        return [.. values];
    }
}
