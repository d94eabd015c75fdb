using Hone.Learning.Tests.Online;
using Hone.Learning.Wrappers;

namespace Hone.Learning.Tests.Wrappers;

public sealed class DelayedLabelsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(48)]
    public void Has_the_bits_of_a_learner_that_is_told_so_much_later(int delay)
    {
        var catalog = Catalog.BuiltIn();
        var stream = new LearnerStream(3, 400);
        var shape = new LearnerShape(LearnerStream.Features, 3, 1);
        var wrapped = catalog.Learners["delayed-labels"].Create(shape, new DelayedLabelsOptions { Learner = "logistic-regression", Delay = delay });
        var bare = catalog.Learners["logistic-regression"].Create(shape);
        double[] p = new double[3], q = new double[3];
        for (var t = 0; t < 400; t++)
        {
            if (t - delay - 1 >= 0)
                bare.Learn(stream.X[t - delay - 1], stream.Labels[t - delay - 1], Subject.Weight(t - delay - 1));
            bare.Predict(stream.X[t], q);
            wrapped.Predict(stream.X[t], p);
            Assert.Equal(q, p);
            wrapped.Learn(stream.X[t], stream.Labels[t], Subject.Weight(t));
        }
    }

    [Fact]
    public void Late_labels_of_a_number_are_late_too()
    {
        var catalog = WithStubs.Catalog();
        var wrapped = new DelayedLabelsRegressor(new(1, 1), new() { Learner = "lms", Delay = 3 }, catalog);
        var bare = new Lms(new(1, 1), new());
        for (var t = 0; t < 50; t++)
        {
            if (t >= 4)
                bare.Learn([t - 4], 2 * (t - 4));
            Assert.Equal(bare.Predict([t]), wrapped.TestThenTrain([t], 2 * t));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => wrapped.Learn([1], double.NaN));
    }

    [Fact]
    public void More_rows_than_fit_into_half_a_gigabyte_are_refused()
    {
        var problem = Assert.Throws<InvalidOptionsException>(
            () => Catalog.BuiltIn().Learners["delayed-labels"].Create(new(1000, 2, 1), WithStubs.Json("""{"delay":1000000}""")));
        Assert.Contains("1000000 rows of 1000 features", problem.Message);
    }
}
