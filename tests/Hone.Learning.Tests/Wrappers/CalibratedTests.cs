using Hone.Learning.Numerics;
using Hone.Learning.Wrappers;

namespace Hone.Learning.Tests.Wrappers;

public sealed class CalibratedTests
{
    /// <summary>Labels of class 1 come with the probability σ(z); the learner inside says σ(4z).</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void The_log_loss_of_an_over_confident_learner_falls_to_that_of_the_truth(int classes)
    {
        var calibrated = WithStubs.Catalog().Learners["calibrated"].Create(new(1, classes, 1), WithStubs.Json("""{"learner":"says"}"""));
        var rng = new Rng(2, "confidence");
        var p = new double[classes];
        double raw = 0, own = 0, truth = 0;
        for (var t = 0; t < 6000; t++)
        {
            var z = 1.5 * rng.NextGaussian();
            var chance = Elementary.Sigmoid(z);
            var label = rng.NextDouble() < chance ? 1 : classes == 2 ? 0 : 2 * rng.NextInt32(2);
            var said = Elementary.Sigmoid(4 * z);
            calibrated.TestThenTrain([said], label, p);
            if (t < 2000)
                continue;
            own -= Elementary.Log(p[label]) / 4000;
            raw -= Elementary.Log(label == 1 ? said : (1 - said) / (classes - 1)) / 4000;
            truth -= Elementary.Log(label == 1 ? chance : (1 - chance) / (classes - 1)) / 4000;
        }
        Assert.True(raw > truth + 0.3, $"raw {raw}, truth {truth}");
        Assert.True(own < truth + (classes == 2 ? 0.01 : 0.03), $"calibrated {own}, truth {truth}");
    }

    [Fact]
    public void Where_labels_overlap_it_is_judged_by_a_learner_that_knows_none_of_the_neighbours()
    {
        Says? inner = null;
        var catalog = Catalog.BuiltIn();
        catalog.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>("seen", "seen", (shape, options) => inner = new Says(shape, options)));
        var calibrated = catalog.Learners["calibrated"].Create(new(1, 2, 1, Overlap: 5), WithStubs.Json("""{"learner":"seen"}"""));

        for (var t = 0; t < 20; t++)
            calibrated.Learn([t / 100.0], t % 2);

        // Row 19 was judged after row 14 had been learned; its own label shares parts with those of rows 15 to 18.
        Assert.Equal(16, inner!.Learned.Count);
    }
}
