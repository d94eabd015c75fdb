using Hone.Learning.Calibration;
using Hone.Learning.Numerics;
using Hone.Learning.Tests.Drift;

namespace Hone.Learning.Tests.Calibration;

/// <summary>What every calibrator in the catalog promises with its default options.</summary>
public sealed class CalibratorChecks
{
    private static readonly double[] Probabilities = [0, 1e-300, 1e-9, 0.001, 0.3, 0.5, 0.5000001, 0.9, 1 - 1e-12, 1];

    public static TheoryData<string> Names => [.. Catalog.BuiltIn().Calibrators.Select(c => c.Name)];

    private static ICalibrator New(string name) => Catalog.BuiltIn().Calibrators[name].Create(1);

    [Theory, MemberData(nameof(Names))]
    public void A_new_calibrator_is_the_identity(string name)
    {
        foreach (var p in Probabilities)
            Assert.Equal(Math.Clamp(p, 1e-7, 1 - 1e-7), New(name).Apply(p));
    }

    [Theory, MemberData(nameof(Names))]
    public void Apply_stays_inside_0_and_1_rises_and_changes_nothing(string name)
    {
        var specimen = Specimen.Named(name);
        foreach (var outcomes in new Func<int, int>[] { i => i % 2, _ => 0, _ => 1, i => i % 10 < 4 ? 1 : 0 })
        {
            var calibrator = New(name);
            for (var i = 0; i < 3_000; i++)
                calibrator.Learn(Probabilities[i % Probabilities.Length], outcomes(i));
            var before = specimen.Saved(calibrator);
            var last = 0.0;
            foreach (var p in Probabilities)
            {
                var calibrated = calibrator.Apply(p);
                Assert.True(calibrated > 0 && calibrated < 1 && calibrated >= last);
                last = calibrated;
            }
            Assert.Equal(before, specimen.Saved(calibrator));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void What_is_no_probability_outcome_or_weight_is_refused_and_changes_nothing(string name)
    {
        var specimen = Specimen.Named(name);
        var calibrator = (ICalibrator)specimen.Fed(0, 300);
        var before = specimen.Saved(calibrator);
        foreach (var p in new[] { double.NaN, -1e-9, 1.0000001, double.PositiveInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => calibrator.Apply(p));
            Assert.Throws<ArgumentOutOfRangeException>(() => calibrator.Learn(p, 1));
        }
        foreach (var weight in new[] { double.NaN, 0, -1, double.PositiveInfinity })
            Assert.Throws<ArgumentOutOfRangeException>(() => calibrator.Learn(0.5, 1, weight));
        Assert.Throws<ArgumentOutOfRangeException>(() => calibrator.Learn(0.5, 2));
        Assert.Equal(before, specimen.Saved(calibrator));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_calibrated_stream_is_left_as_it_is(string name)
    {
        var calibrator = New(name);
        var random = new Rng(3, "calibrated");
        for (var i = 0; i < 20_000; i++)
        {
            var p = 0.3 + 0.4 * random.NextDouble();
            calibrator.Learn(p, random.NextDouble() < p ? 1 : 0);
        }
        for (var p = 0.3; p <= 0.7; p += 0.05)
            Assert.Equal(p, calibrator.Apply(p), 0.03);
    }
}
