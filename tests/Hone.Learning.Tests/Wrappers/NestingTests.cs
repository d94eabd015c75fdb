using Hone.Learning.State;
using Hone.Learning.Tests.Online;
using Hone.Learning.Wrappers;

namespace Hone.Learning.Tests.Wrappers;

public sealed class NestingTests
{
    [Fact]
    public void Four_may_stand_around_a_learner_and_a_fifth_may_not()
    {
        Assert.Equal(2, Nest(4).Classes);
        var problem = Assert.Throws<InvalidOptionsException>(() => Nest(5));
        Assert.Contains("4 at most", problem.Message);

        static IClassifier Nest(int depth)
        {
            var options = "{}";
            for (var i = 1; i < depth; i++)
                options = $$"""{"learner":"standard-scaler","options":{{options}}}""";
            return Catalog.BuiltIn().Learners["standard-scaler"].Create(new(3, 2, 1), WithStubs.Json(options));
        }
    }

    [Fact]
    public void A_learner_that_names_itself_is_refused_and_ends()
    {
        var catalog = Catalog.BuiltIn();
        catalog.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>(
            "ouroboros", "ouroboros", (shape, _) => new Calibrated(shape, new() { Learner = "ouroboros" }, catalog)));
        Assert.Throws<InvalidOptionsException>(() => catalog.Learners["ouroboros"].Create(new(3, 2, 1)));
    }

    [Theory]
    [InlineData("standard-scaler")]
    [InlineData("feature-selection")]
    [InlineData("calibrated")]
    [InlineData("retrain-on-drift")]
    [InlineData("background-challenger")]
    [InlineData("delayed-labels")]
    public void A_raised_rate_reaches_the_learner_inside_and_only_one_that_has_a_rate(string name)
    {
        Assert.True(((IRateBoost)Create("""{"learner":"logistic-regression"}""")).CanBoost);
        Assert.False(((IRateBoost)Create("""{"learner":"majority"}""")).CanBoost);
        var learner = Create("{}");
        var before = WithStubs.State(learner);
        ((IRateBoost)learner).BoostRate(5);
        Assert.NotEqual(before, WithStubs.State(learner));

        IClassifier Create(string options)
        {
            var made = Catalog.BuiltIn().Learners[name].Create(new(3, 2, 1), WithStubs.Json(options));
            for (var t = 0; t < 200; t++)
                made.Learn([t, t % 7, 1], t % 2);
            return made;
        }
    }

    [Fact]
    public void A_limit_that_is_reached_inside_is_said_outside()
    {
        var catalog = Catalog.BuiltIn();
        catalog.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>("full", "full", (shape, _) => new Full(shape)));
        Assert.Equal("full", ((ILimited)catalog.Learners["calibrated"].Create(new(3, 2, 1), WithStubs.Json("""{"learner":"full"}"""))).LimitReached);
        Assert.Equal("full full", ((ILimited)catalog.Learners["expert-weighting"].Create(new(3, 2, 1), WithStubs.Json("""{"learners":["full","mlp","full"]}"""))).LimitReached);
        Assert.Null(((ILimited)catalog.Learners["expert-weighting"].Create(new(3, 2, 1))).LimitReached);
    }

    [Theory]
    [InlineData("calibrated", """{"learner":"expert-weighting","options":{"learners":["logistic-regression",{"name":"calibrated","options":{"learner":"mlp"}}]}}""")]
    [InlineData("retrain-on-drift", """{"learner":"background-challenger","options":{"learner":"standard-scaler"},"warm_start_rows":20}""")]
    [InlineData("delayed-labels", """{"learner":"feature-selection","delay":7,"options":{"review_rows":100,"features_max":4,"features_min":1}}""")]
    public void Learners_in_learners_with_overlapping_labels_continue_from_a_saved_state_bit_for_bit(string name, string options)
    {
        var entry = Catalog.BuiltIn().Learners[name];
        var shape = new LearnerShape(LearnerStream.Features, 3, 1, Overlap: 6);
        var stream = new LearnerStream(3, 1200);
        foreach (var cut in (int[])[3, 250, 600])
        {
            IClassifier learner = entry.Create(shape, WithStubs.Json(options)), copy = entry.Create(shape, WithStubs.Json(options));
            for (var t = 0; t < cut; t++)
                learner.Learn(stream.X[t], stream.Labels[t], Subject.Weight(t));
            copy.Load(new(WithStubs.State(learner)));
            double[] p = new double[3], q = new double[3];
            for (var t = cut; t < cut + 500; t++)
            {
                learner.TestThenTrain(stream.X[t], stream.Labels[t], p);
                copy.TestThenTrain(stream.X[t], stream.Labels[t], q);
                Assert.Equal(p, q);
            }
            Assert.Equal(WithStubs.State(learner), WithStubs.State(copy));
        }
    }

    private sealed class Full(LearnerShape shape) : IClassifier, ILimited
    {
        public string? LimitReached => "full";

        public int Features => shape.Features;

        public int Classes => shape.Classes;

        public void Predict(ReadOnlySpan<double> x, Span<double> probabilities) => probabilities.Fill(1.0 / Classes);

        public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
        {
        }

        public void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }
}
