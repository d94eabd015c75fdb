using Hone.Learning.Numerics;
using Hone.Learning.Wrappers;

namespace Hone.Learning.Tests.Wrappers;

public sealed class FeatureSelectionTests
{
    private const int Features = 50;

    [Fact]
    public void Finds_the_three_that_tell_something_among_fifty_and_lets_the_others_out()
    {
        var learner = Selection("""{"features_min":1,"review_rows":1000}""");
        Run(learner, 4000, 0, 1);

        Assert.Equal([4, 17, 33], Selected(learner));
        Assert.True(learner.Relevance(4) > 0.02 && learner.Relevance(33) > 0.02);
        Assert.InRange(learner.Relevance(5), -0.01, 0.01);
    }

    [Fact]
    public void Follows_when_others_become_relevant()
    {
        var learner = Selection("""{"features_min":1,"features_max":3,"review_rows":500,"memory":1000}""");
        Run(learner, 3000, 0, 1);
        Run(learner, 8000, 5, 2);

        Assert.Equal([9, 22, 38], Selected(learner));
    }

    [Fact]
    public void With_few_features_it_changes_no_bit()
    {
        var catalog = Catalog.BuiltIn();
        var wrapped = catalog.Learners["feature-selection"].Create(new(8, 2, 1));
        var bare = catalog.Learners["logistic-regression"].Create(new(8, 2, 1));
        var rng = new Rng(1, "few");
        double[] p = new double[2], q = new double[2];
        for (var t = 0; t < 5000; t++)
        {
            var x = new double[8];
            foreach (ref var v in x.AsSpan())
                v = rng.NextGaussian();
            var label = x[0] > 0 ? 1 : 0;
            wrapped.TestThenTrain(x, label, p);
            bare.TestThenTrain(x, label, q);
            Assert.Equal(q, p);
        }
    }

    [Fact]
    public void What_is_not_selected_is_missing_to_the_learner()
    {
        Says? inner = null;
        var catalog = Catalog.BuiltIn();
        catalog.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>("seen", "seen", (shape, options) => inner = new Says(shape, options)));
        var learner = (FeatureSelection)catalog.Learners["feature-selection"].Create(new(Features, 2, 1), WithStubs.Json("""{"learner":"seen","features_min":1}"""));
        Run(learner, 2001, 0, 1);

        for (var i = 0; i < Features; i++)
            Assert.Equal(!learner.IsSelected(i), double.IsNaN(inner!.Learned[^1][i]));
        Assert.All(inner!.Learned[0], v => Assert.False(double.IsNaN(v)));
    }

    [Fact]
    public void The_limits_on_the_number_hold()
    {
        var learner = Selection("""{"features_min":7,"features_max":9}""");
        Run(learner, 2000, 0, 1);
        Assert.Equal(7, Selected(learner).Length);

        learner = Selection("""{"features_min":0,"features_max":2}""");
        Run(learner, 2000, 0, 1);
        Assert.Equal(2, Selected(learner).Length);

        Assert.Throws<InvalidOptionsException>(() => Selection("""{"features_min":7,"features_max":6}"""));
    }

    [Fact]
    public void A_regressor_is_given_the_relevant_ones_too()
    {
        var learner = new FeatureSelectionRegressor(new(20, 1), new() { Learner = "lms", FeaturesMin = 0 }, WithStubs.Catalog());
        var rng = new Rng(3, "regression");
        for (var t = 0; t < 3000; t++)
        {
            var x = new double[20];
            foreach (ref var v in x.AsSpan())
                v = rng.NextGaussian();
            learner.Learn(x, 1000 + 5 * x[3] - 3 * x[11] + rng.NextGaussian());
        }
        Assert.Equal([3, 11], Enumerable.Range(0, 20).Where(learner.IsSelected));
    }

    private static FeatureSelection Selection(string options) => (FeatureSelection)Catalog.BuiltIn().Learners["feature-selection"].Create(new(Features, 2, 1), WithStubs.Json(options));

    private static int[] Selected(FeatureSelection learner) => [.. Enumerable.Range(0, Features).Where(learner.IsSelected)];

    // Two features tell something by their mean, one only by its size.
    private static void Run(IClassifier learner, int rows, int shift, ulong seed)
    {
        var rng = new Rng(seed, "fifty");
        var x = new double[Features];
        for (var t = 0; t < rows; t++)
        {
            foreach (ref var v in x.AsSpan())
                v = rng.NextGaussian();
            var score = x[4 + shift] - x[17 + shift] + 1.5 * (x[33 + shift] * x[33 + shift] - 1);
            learner.Learn(x, score + rng.NextGaussian() > 0 ? 1 : 0);
        }
    }
}
