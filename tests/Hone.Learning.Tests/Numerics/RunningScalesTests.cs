using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Numerics;

public sealed class RunningScalesTests
{
    [Fact]
    public void A_scale_is_one_over_the_standard_deviation_and_0_for_what_never_varied()
    {
        var scales = new RunningScales(3, 1e6, 1e100);
        double[] values = [1, 5, 9, 1];
        foreach (var v in values)
            scales.Learn([v, 7, double.NaN]);
        Assert.Equal(1 / Math.Sqrt(11), scales.Scale[0], 1e-12);
        Assert.Equal(0, scales.Scale[1]);
        Assert.Equal(0, scales.Scale[2]);
        Assert.Equal(4, scales.Mean[0], 1e-12);
    }
}
