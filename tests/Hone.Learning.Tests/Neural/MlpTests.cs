using System.Buffers.Binary;
using Hone.Learning.Neural;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Neural;

/// <summary>The gradient is the gradient, and what no linear learner can do is learned.</summary>
public sealed class MlpTests
{
    [Theory]
    [InlineData(2, 5, 0, MlpActivation.Tanh)]
    [InlineData(3, 8, 0, MlpActivation.Tanh)]
    [InlineData(2, 9, 4, MlpActivation.Tanh)]
    [InlineData(3, 7, 8, MlpActivation.Relu)]
    public void A_step_goes_down_the_gradient_of_the_log_loss(int classes, int hidden, int second, MlpActivation activation)
    {
        var options = new MlpOptions { Hidden = hidden, SecondHidden = second, Activation = activation, L2 = 0, LearningRate = 0.1 };
        var learner = new Mlp(new(3, classes, 7), options);
        var rng = new Rng(8, "gradient");
        for (var t = 0; t < 200; t++)
            learner.Learn([rng.NextGaussian(), rng.NextGaussian(), rng.NextGaussian()], rng.NextInt32(classes));
        double[] x = [0.4, -1.1, 0.8];
        const int Label = 1;
        var before = StateOf(learner);
        learner.Learn(x, Label);
        var after = StateOf(learner);

        var ratio = double.NaN;
        var compared = 0;
        foreach (var at in WeightsAt(before, classes, hidden, second))
        {
            var slope = (Loss(before, at, 1e-5) - Loss(before, at, -1e-5)) / 2e-5;
            var moved = Number(after, at) - Number(before, at);
            if (Math.Abs(slope) < 1e-4)
            {
                Assert.InRange(Math.Abs(moved), 0, 1e-3);
                continue;
            }
            if (double.IsNaN(ratio))
                ratio = moved / slope;
            Assert.Equal(ratio * slope, moved, Math.Abs(ratio) * (1e-7 + 1e-4 * Math.Abs(slope)));
            compared++;
        }
        Assert.InRange(ratio, -0.1, -1e-3);
        Assert.True(compared > hidden, $"Only {compared} slopes were compared.");

        double Loss(byte[] state, int at, double by)
        {
            var moved = (byte[])state.Clone();
            BinaryPrimitives.WriteDoubleLittleEndian(moved.AsSpan(at), Number(state, at) + by);
            var other = new Mlp(new(3, classes, 7), options);
            other.Load(new StateReader(moved));
            var p = new double[classes];
            other.Predict(x, p);
            return -Math.Log(p[Label]);
        }
    }

    [Theory]
    [InlineData(0, MlpActivation.Tanh, MlpOptimizer.Sgd, 0.3)]
    [InlineData(0, MlpActivation.Relu, MlpOptimizer.Sgd, 0.3)]
    [InlineData(8, MlpActivation.Tanh, MlpOptimizer.Sgd, 0.3)]
    [InlineData(0, MlpActivation.Tanh, MlpOptimizer.Adam, 0.02)]
    [InlineData(8, MlpActivation.Relu, MlpOptimizer.Adam, 0.02)]
    public void It_learns_exclusive_or(int second, MlpActivation activation, MlpOptimizer optimizer, double rate)
    {
        var learner = new Mlp(new(2, 2, 3), new() { SecondHidden = second, Activation = activation, Optimizer = optimizer, LearningRate = rate, RateDecay = 5000 });
        var rng = new Rng(9, "xor");
        var p = new double[2];
        var right = 0;
        for (var t = 0; t < 10_000; t++)
        {
            double[] x = [rng.NextGaussian(), rng.NextGaussian()];
            var label = x[0] > 0 != x[1] > 0 ? 1 : 0;
            learner.TestThenTrain(x, label, p);
            right += t >= 8000 && p[1] > 0.5 == (label == 1) ? 1 : 0;
        }
        Assert.InRange(right / 2000.0, 0.93, 1);
    }

    [Fact]
    public void Before_the_first_example_it_says_nothing()
    {
        var p = new double[3];
        new Mlp(new(4, 3, 1), new()).Predict([1, 2, 3, 4], p);
        Assert.All(p, value => Assert.Equal(1.0 / 3, value, 1e-15));
    }

    [Fact]
    public void Another_seed_is_another_network()
    {
        Assert.NotEqual(StateOf(new(new(4, 2, 1), new())), StateOf(new(new(4, 2, 2), new())));
        Assert.Equal(StateOf(new(new(4, 2, 1), new())), StateOf(new(new(4, 2, 1), new())));
    }

    [Theory]
    [InlineData(MlpActivation.Relu, 12, MlpOptimizer.Sgd)]
    [InlineData(MlpActivation.Relu, 12, MlpOptimizer.Adam)]
    [InlineData(MlpActivation.Tanh, 0, MlpOptimizer.Adam)]
    public void Every_shape_stays_finite_under_the_highest_rates_and_continues_when_saved(MlpActivation activation, int second, MlpOptimizer optimizer)
    {
        var options = new MlpOptions { Activation = activation, SecondHidden = second, Optimizer = optimizer, LearningRate = 10, RateDecay = 1e6 };
        Mlp learner = new(new(11, 4, 3), options), copy = new(new(11, 4, 3), options);
        var rng = new Rng(10, "stress");
        double[] x = new double[11], p = new double[4], q = new double[4];
        for (var t = 0; t < 3000; t++)
        {
            foreach (ref var value in x.AsSpan())
                value = rng.NextGaussian() * (rng.NextDouble() < 0.01 ? 1e12 : 1);
            learner.Learn(x, rng.NextInt32(4), t % 2 == 0 ? 1e9 : 1);
        }
        copy.Load(new StateReader(StateOf(learner)));
        learner.TestThenTrain(x, 1, p);
        copy.TestThenTrain(x, 1, q);
        Assert.Equal(p, q);
        Assert.Equal(StateOf(learner), StateOf(copy));
        Assert.All(p, value => Assert.InRange(value, 1e-15, 1));
    }

    private static byte[] StateOf(Mlp learner)
    {
        var writer = new StateWriter();
        learner.Save(writer);
        return writer.Written.ToArray();
    }

    private static double Number(byte[] state, int at) => BinaryPrimitives.ReadDoubleLittleEndian(state.AsSpan(at));

    /// <summary>Where the weights of real units stand in a state, found from its end: blocks of weights, each followed by two empty ones.</summary>
    private static List<int> WeightsAt(byte[] state, int classes, int hidden, int second)
    {
        var positions = new List<int>();
        var end = state.Length - 16;
        var last = second > 0 ? second : hidden;
        Block(classes == 2 ? 1 : classes, Kernels.Padded(last + 1), last + 1);
        if (second > 0)
            Block(hidden + 1, Kernels.Padded(second), second);
        Block(4, Kernels.Padded(hidden), hidden);
        return positions;

        void Block(int rows, int stride, int used)
        {
            end -= 8 + 8 * rows * stride;
            for (var row = 0; row < rows; row++)
                for (var j = 0; j < used; j++)
                    positions.Add(end + 8 * (row * stride + j));
            end -= 4;
        }
    }
}
