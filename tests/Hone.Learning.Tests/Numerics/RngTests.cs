using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Numerics;

/// <summary>Streams that depend on nothing but seed, purpose and counter.</summary>
public sealed class RngTests
{
    [Fact]
    public void Bits_are_the_same_on_every_CPU()
    {
        var rng = new Rng(42, "golden");
        var hash = new Golden();
        for (var i = 0; i < 2000; i++)
        {
            hash.Add(rng.NextUInt64());
            hash.Add(rng.NextDouble());
            hash.Add((ulong)rng.NextInt32(17));
            hash.Add(rng.NextGaussian());
            hash.Add(rng.NextGamma(0.5));
            hash.Add(rng.NextBeta(2, 3));
        }
        Assert.Equal("88fc845a9e7fa9d3", hash.Text);
    }

    [Fact]
    public void Another_seed_or_another_purpose_is_another_stream()
    {
        var a = new Rng(1, "bagging").NextUInt64();
        Assert.NotEqual(a, new Rng(2, "bagging").NextUInt64());
        Assert.NotEqual(a, new Rng(1, "weights").NextUInt64());
        Assert.Equal(a, new Rng(1, "bagging").NextUInt64());
    }

    [Fact]
    public void A_saved_stream_continues_where_it_was()
    {
        var rng = new Rng(3, "saved");
        for (var i = 0; i < 10; i++)
            rng.NextGaussian();
        var writer = new StateWriter();
        rng.Save(writer);
        var copy = Rng.Load(new StateReader(writer.WrittenMemory));
        for (var i = 0; i < 10; i++)
            Assert.Equal(rng.NextUInt64(), copy.NextUInt64());
    }

    [Fact]
    public void Draws_have_the_moments_of_their_distributions()
    {
        var rng = new Rng(4, "moments");
        Welford uniform = new(), normal = new(), gamma = new(), small = new(), beta = new();
        for (var i = 0; i < 50_000; i++)
        {
            uniform.Add(rng.NextDouble());
            normal.Add(rng.NextGaussian());
            gamma.Add(rng.NextGamma(2.5));
            small.Add(rng.NextGamma(0.3));
            beta.Add(rng.NextBeta(2, 6));
        }
        Assert.Equal(0.5, uniform.Mean, 0.01);
        Assert.Equal(0, normal.Mean, 0.02);
        Assert.Equal(1, normal.Variance, 0.03);
        Assert.Equal(2.5, gamma.Mean, 0.04);
        Assert.Equal(2.5, gamma.Variance, 0.15);
        Assert.Equal(0.3, small.Mean, 0.02);
        Assert.Equal(0.25, beta.Mean, 0.01);
    }
}
