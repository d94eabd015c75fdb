using Hone.Trading.Agents;

namespace Hone.Trading.Tests.Agents;

public sealed class MlAwareTests
{
    private static readonly MlAware Join = new(new());

    [Theory]
    [InlineData(0.8, 0.7, 0.5, 0.75)]
    [InlineData(-1.0, 0.5, 0.2, 0.6)]
    [InlineData(0.0, 0.0, -0.3, 0.65)]
    public void When_the_panel_acts_direction_is_60_to_40_and_confidence_70_to_30(double rule, double ruleConfidence, double panel, double panelConfidence)
    {
        var joined = Join.Join(new(rule, ruleConfidence), new(panel, panelConfidence), panelActs: true);
        // Bit for bit: hybrid predictions over HTTP promise these very formulas.
        Assert.Equal(0.6 * rule + 0.4 * panel, joined.Final.Direction);
        Assert.Equal(0.7 * ruleConfidence + 0.3 * panelConfidence, joined.Final.Confidence);
        Assert.Equal((new Signal(rule, ruleConfidence), new Signal(panel, panelConfidence), true), (joined.Rule, joined.Panel, joined.PanelActed));
    }

    [Fact]
    public void Otherwise_the_rule_is_unchanged_and_both_votes_are_kept()
    {
        var (rule, panel) = (new Signal(0.1 + 0.2, 1.0 / 3), new Signal(-0.9, 0.95));
        Assert.Equal(new(rule, panel, false, rule), Join.Join(rule, panel, panelActs: false));
        Assert.Equal(rule, Join.Join(rule, new(double.NaN, double.NaN), panelActs: false).Final);
    }

    [Fact]
    public void The_shares_are_options()
    {
        var joined = new MlAware(new() { MlWeight = 1, MlConfidenceWeight = 0 }).Join(new(1, 0.5), new(-0.5, 0.9), panelActs: true);
        Assert.Equal(new(-0.5, 0.5), joined.Final);
    }

    [Theory]
    [InlineData(double.NaN, 0.5)]
    [InlineData(1.1, 0.5)]
    [InlineData(0.5, double.NaN)]
    [InlineData(0.5, 1.1)]
    [InlineData(0.5, -0.1)]
    public void A_panel_that_acts_without_a_sound_vote_is_refused(double direction, double confidence)
        => Assert.Throws<ArgumentException>(() => Join.Join(new(1, 0.5), new(direction, confidence), panelActs: true));

    [Fact]
    public void A_vote_on_direction_is_twice_the_probability_of_up_less_one()
    {
        Assert.Equal(new(2 * 0.58 - 1, 0.58), MlAware.DirectionVote([0.42, 0.58]));
        Assert.Equal(new(2 * 0.3 - 1, 0.7), MlAware.DirectionVote([0.7, 0.3]));
        Assert.Equal(new(0.5 - 0.2, 0.5), MlAware.DirectionVote([0.2, 0.3, 0.5]));
        Assert.Equal(new(0.3 - 0.2, 0.5), MlAware.DirectionVote([0.2, 0.5, 0.3]));
        Assert.Equal(new(1, 1), MlAware.DirectionVote([0, 1 + 1e-15]));
        Assert.Throws<ArgumentException>(() => MlAware.DirectionVote([0.25, 0.25, 0.25, 0.25]));
    }

    [Theory]
    [InlineData(0.3, 0.8, 0.6)]
    [InlineData(-1.0, 0.8, -0.6)]
    [InlineData(-1.0, 0.2, 0.6)]
    [InlineData(0.0, 0.8, 0.0)]
    public void A_vote_on_profit_is_for_or_against_the_side_of_the_rule(double rule, double profitable, double direction)
    {
        var vote = MlAware.ProfitableVote([1 - profitable, profitable], new(rule, 0.5));
        Assert.Equal(direction, vote.Direction, 12);
        Assert.Equal(0.8, vote.Confidence, 12);
        Assert.Throws<ArgumentException>(() => MlAware.ProfitableVote([0.2, 0.3, 0.5], default));
    }
}
