using System.Text.Json;
using Hone.Learning.Ensembles;
using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Ensembles;

public sealed class TreeEnsembleTests
{
    private const int Change = 6_000;

    public static TheoryData<string> Names => ["adaptive-random-forest", "streaming-random-patches", "leveraging-bagging", "adwin-bagging", "online-adaboost"];

    [Theory, MemberData(nameof(Names))]
    public void Comes_back_after_the_classes_have_changed_places(string name)
    {
        var learner = Build(name, "{}");
        var rights = Run(learner, 2 * Change, t => t >= Change);

        var before = Share(rights, Change - 1_500, Change);
        var at = Share(rights, Change, Change + 100);
        var after = Share(rights, 2 * Change - 1_500, 2 * Change);
        Assert.True(before > 0.85, $"{name} has {before:P1} before the change.");
        Assert.True(at < 0.4, $"{name} has {at:P1} right behind the change: this is no change.");
        Assert.True(after > before - 0.03, $"{name} has {before:P1} before the change and {after:P1} long after it.");
    }

    [Theory, MemberData(nameof(Names))]
    public void Beats_one_of_its_trees_where_a_tree_has_to_cut_often(string name)
    {
        var ensemble = Share(Run(Build(name, "{}"), Change, _ => false), 2_000, Change);
        var tree = Share(Run(Build("hoeffding-tree", "{}"), Change, _ => false), 2_000, Change);
        Assert.True(ensemble > tree, $"{name} has {ensemble:P1}, a tree {tree:P1}.");
    }

    [Theory, MemberData(nameof(Names))]
    public void A_limit_that_is_reached_is_said_and_learning_goes_on(string name)
    {
        var learner = Build(name, """{"leaves_max":2}""");
        var limited = Assert.IsAssignableFrom<ILimited>(learner);
        Assert.Null(limited.LimitReached);

        var rights = Run(learner, Change, _ => false);

        Assert.Contains("leaves_max", limited.LimitReached!, StringComparison.Ordinal);
        Assert.True(Share(rights, 2_000, Change) > 0.55);
    }

    [Fact]
    public void Alarms_about_nothing_cost_nothing()
    {
        // Where nothing changes, a detector that cries all the time must not do harm: a fresh tree has to prove itself.
        var calm = Share(Run(Build("leveraging-bagging", """{"drift_delta":1e-12}"""), Change, _ => false), 1_000, Change);
        var nervous = Share(Run(Build("leveraging-bagging", """{"drift_delta":0.5}"""), Change, _ => false), 1_000, Change);
        Assert.InRange(nervous, calm - 0.01, 1);
    }

    [Fact]
    public void Ten_overlapping_examples_of_a_tenth_are_one_for_those_who_judge()
    {
        var whole = new WholeExamples();
        var completed = 0;
        for (var i = 0; i < 1_000; i++)
            completed += whole.Add(0.1) ? 1 : 0;
        Assert.InRange(completed, 99, 100);
        Assert.True(new WholeExamples().Add(7));
    }

    [Fact]
    public void A_patch_hides_the_other_features_from_a_tree()
    {
        // One tree, one of the two features that matter: it cannot do what a tree with both can.
        var one = Share(Run(Build("streaming-random-patches", """{"members":1,"feature_share":0.1}"""), Change, _ => false), 2_000, Change);
        var all = Share(Run(Build("streaming-random-patches", """{"members":1,"feature_share":1}"""), Change, _ => false), 2_000, Change);
        Assert.True(all > one + 0.1, $"{one:P1} with one feature, {all:P1} with all.");
    }

    [Fact]
    public void Every_tree_learns_a_sample_of_its_own()
    {
        // If all trees were copies, ten of them would vote like one.
        var one = Run(Build("adwin-bagging", """{"members":1}"""), Change, _ => false);
        var ten = Run(Build("adwin-bagging", """{"members":10}"""), Change, _ => false);
        Assert.True(one.Zip(ten).Count(r => r.First != r.Second) > 100);
    }

    private static IClassifier Build(string name, string options)
        => Catalog.BuiltIn().Learners[name].Create(new(4, 2, 3), JsonDocument.Parse(options).RootElement);

    /// <summary>Whether each row was right: the class is whether two features have the same sign, with one answer in twenty wrong; both classes may change places.</summary>
    private static bool[] Run(IClassifier learner, int rows, Func<int, bool> isSwapped)
    {
        var rng = new Rng(8, "quadrants");
        var rights = new bool[rows];
        var x = new double[4];
        var p = new double[2];
        for (var t = 0; t < rows; t++)
        {
            for (var i = 0; i < x.Length; i++)
                x[i] = 2 * rng.NextDouble() - 1 + 0.1 * i;
            var label = x[0] > 0 == x[1] > 0.2 != isSwapped(t) != rng.NextDouble() < 0.05 ? 1 : 0;
            learner.TestThenTrain(x, label, p);
            rights[t] = p[1] > p[0] == (label == 1);
        }
        return rights;
    }

    private static double Share(bool[] rights, int from, int to) => rights[from..to].Count(r => r) / (double)(to - from);
}
