using Hone.Trading.Performance;

namespace Hone.Trading.Tests.Performance;

/// <summary>The published examples of the papers, and what happens where nothing can be said.</summary>
public sealed class SharpeInferenceTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void The_probabilistic_sharpe_ratio_is_the_one_of_the_paper()
        => Assert.Equal(0.91323430688486018, SharpeInference.Probabilistic(1.585 / Math.Sqrt(12), 0, 24, -2.448, 10.164)!.Value, Tolerance);

    [Fact]
    public void Kurtosis_is_not_in_excess()
    {
        // Normal returns, Sharpe 0.5 on 24 observations against 0.2. With the excess kurtosis of 0 in its place it would read 0.931.
        var value = SharpeInference.Probabilistic(0.5, 0.2, 24, 0, 3)!.Value;
        Assert.InRange(value, 0.9125, 0.9135);
    }

    [Fact]
    public void The_expected_maximum_of_a_hundred_trials_is_the_one_of_the_paper()
        => Assert.Equal(2.5306028932016846, SharpeInference.ExpectedMaximum(100), Tolerance);

    [Fact]
    public void One_trial_has_nothing_to_deflate()
    {
        Assert.Equal(0, SharpeInference.ExpectedMaximum(1));
        Assert.Equal(SharpeInference.Probabilistic(0.1, 0, 500, -0.5, 4), SharpeInference.Deflated(0.1, 500, -0.5, 4, 1, 0.01));
    }

    [Theory]
    [InlineData(1_000_000, 4.863)]
    [InlineData(1_000_000_000_000, 7.034)]
    public void The_expected_maximum_stays_sound_for_very_many_trials(double trials, double simulated)
        => Assert.InRange(SharpeInference.ExpectedMaximum(trials), simulated - 0.02, simulated + 0.1);

    [Fact]
    public void The_deflated_sharpe_ratio_is_the_one_of_the_paper()
        => Assert.Equal(0.90039683444939034, SharpeInference.Deflated(2.5 / Math.Sqrt(250), 1250, -3, 10, 100, 0.5 / 250)!.Value, Tolerance);

    [Fact]
    public void The_minimum_track_records_are_those_of_the_published_vectors()
    {
        Assert.Equal(2.7311878017281761, SharpeInference.MinimumTrackRecord(2 / Math.Sqrt(250), 1 / Math.Sqrt(250), 0, 3)!.Value / 250, Tolerance);
        Assert.Equal(27.352920196040301, SharpeInference.MinimumTrackRecord(3 / Math.Sqrt(12), 2.5 / Math.Sqrt(12), -0.72, 5.78)!.Value / 12, Tolerance);
    }

    [Fact]
    public void The_minimum_backtest_length_is_the_one_of_the_paper()
        => Assert.Equal(4.9980870044434038, SharpeInference.MinimumBacktestYears(45, 1)!.Value, Tolerance);

    [Fact]
    public void A_track_record_of_the_minimum_length_is_just_significant()
    {
        var length = SharpeInference.MinimumTrackRecord(0.07, 0, -0.4, 6)!.Value;
        Assert.Equal(0.95, SharpeInference.Probabilistic(0.07, 0, length, -0.4, 6)!.Value, 1e-12);
    }

    [Fact]
    public void What_cannot_be_said_is_null()
    {
        Assert.Null(SharpeInference.Probabilistic(0.1, 0, 1, 0, 3));
        Assert.Null(SharpeInference.Probabilistic(double.NaN, 0, 100, 0, 3));
        Assert.Null(SharpeInference.Probabilistic(2, 0, 100, 3, 3));
        Assert.Null(SharpeInference.Deflated(0.1, 100, 0, 3, 10, double.NaN));
        Assert.Null(SharpeInference.MinimumTrackRecord(0.1, 0.1, 0, 3));
        Assert.Null(SharpeInference.MinimumBacktestYears(10, 0));
        Assert.Null(SharpeInference.MinimumBacktestYears(10, -1));
    }
}
