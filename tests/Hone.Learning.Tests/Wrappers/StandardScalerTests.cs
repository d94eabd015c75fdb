using Hone.Learning.Numerics;
using Hone.Learning.Wrappers;

namespace Hone.Learning.Tests.Wrappers;

public sealed class StandardScalerTests
{
    [Fact]
    public void A_learner_that_takes_features_as_they_are_needs_it()
    {
        var catalog = WithStubs.Catalog();
        var shape = new LearnerShape(4, 2, 1);
        var bare = catalog.Learners["perceptron"].Create(shape);
        var scaled = catalog.Learners["standard-scaler"].Create(shape, WithStubs.Json("""{"learner":"perceptron"}"""));

        Assert.True(Accuracy(bare) < 0.75);
        Assert.True(Accuracy(scaled) > 0.9);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_learner_sees_what_the_rows_before_make_of_a_row(bool impute)
    {
        Says? inner = null;
        var catalog = Catalog.BuiltIn();
        catalog.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>("seen", "seen", (shape, options) => inner = new Says(shape, options)));
        var learner = catalog.Learners["standard-scaler"].Create(new(1, 2, 1), new StandardScalerOptions { Learner = "seen", Impute = impute });
        var rng = new Rng(1, "x");
        double sum = 0, squares = 0;
        for (var t = 0; t < 50; t++)
        {
            double[] x = [100 + 3 * rng.NextGaussian()];
            learner.Learn(x, 0);
            if (t >= 10)
            {
                var deviation = Math.Sqrt(squares / t - sum / t * (sum / t));
                Assert.Equal((x[0] - sum / t) / deviation, inner!.Learned[^1][0], 1e-8);
            }
            sum += x[0];
            squares += x[0] * x[0];
        }
        learner.Learn([double.NaN], 0);
        Assert.Equal(impute ? 0 : double.NaN, inner!.Learned[^1][0]);
    }

    [Fact]
    public void A_regressor_behind_it_sees_the_same()
    {
        var catalog = WithStubs.Catalog();
        var bare = new Lms(new(2, 1), new());
        var scaled = new StandardScalerRegressor(new(2, 1), new() { Learner = "lms" }, catalog);
        var rng = new Rng(1, "regression");
        double bareLoss = 0, scaledLoss = 0;
        for (var t = 0; t < 2000; t++)
        {
            double[] x = [rng.NextGaussian() * 1e-3, 1000 + rng.NextGaussian()];
            var target = 1000 * x[0] + x[1] - 1000;
            bareLoss += Math.Abs(((IRegressor)bare).TestThenTrain(x, target) - target);
            scaledLoss += Math.Abs(scaled.TestThenTrain(x, target) - target);
        }
        Assert.True(scaledLoss < 0.5 * bareLoss);
    }

    private static double Accuracy(IClassifier learner)
    {
        var rng = new Rng(5, "scales");
        var p = new double[2];
        var right = 0;
        for (var t = 0; t < 2000; t++)
        {
            double[] z = [rng.NextGaussian(), rng.NextGaussian(), rng.NextGaussian(), rng.NextGaussian()];
            var label = z[0] + z[1] > 0 ? 1 : 0;
            learner.TestThenTrain([z[0] * 1e-3, z[1], 1e4 + 100 * z[2], 1e6 * z[3]], label, p);
            right += p[1] > 0.5 == (label == 1) ? 1 : 0;
        }
        return right / 2000.0;
    }
}
