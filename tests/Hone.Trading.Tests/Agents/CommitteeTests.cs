using System.Text.Json;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Agents;
using Hone.Trading.Regimes;

namespace Hone.Trading.Tests.Agents;

public sealed class CommitteeTests
{
    private static readonly double[] Nothing = TinyFeatures.Of();
    private static readonly CommitteeOptions Plain = new() { RegimeTilt = 0, AgreementMin = 0 };

    [Fact]
    public void It_is_the_confidence_weighted_mean_of_those_who_speak()
    {
        var committee = new Committee([Says(1, 0.6, weight: 2), Says(-0.5, 0.4), Says(0, 0)], Plain);
        var signal = committee.Decide(Nothing);
        Assert.Equal((2 * 0.6 * 1 + 0.4 * -0.5) / (2 * 0.6 + 0.4), signal.Direction, 15);
        Assert.Equal((2 * 0.6 * 1 + 0.4 * -0.5) / 3, signal.Confidence, 15);
    }

    [Fact]
    public void Those_who_agree_have_their_mean_confidence_and_those_who_cancel_say_nothing()
    {
        var agree = new Committee([Says(-1, 0.6), Says(-1, 0.4)], Plain).Decide(Nothing);
        Assert.Equal(-1, agree.Direction);
        Assert.Equal(0.5, agree.Confidence, 15);
        Assert.Equal(Signal.None, new Committee([Says(1, 0.1), Says(1, 0.2), Says(-1, 0.3)], Plain).Decide(Nothing));
    }

    [Theory]
    [InlineData(TrendRegime.Bull, 1.5, 0.5)]
    [InlineData(TrendRegime.Bear, 1.5, 0.5)]
    [InlineData(TrendRegime.Sideways, 0.5, 1.5)]
    public void Trend_rules_count_more_in_a_trend_and_reversion_rules_sideways(TrendRegime regime, double trend, double reversion)
    {
        var committee = new Committee([Says(1, 0.8, RuleStyle.Trend), Says(-1, 0.4, RuleStyle.Reversion)], Plain with { RegimeTilt = 0.5 });
        var signal = committee.Decide(Nothing, regime);
        Assert.Equal((trend * 0.8 - reversion * 0.4) / (trend * 0.8 + reversion * 0.4), signal.Direction, 15);
    }

    [Fact]
    public void It_begins_to_speak_at_its_agreement_and_falls_silent_when_the_mean_turns()
    {
        var voice = new Voice();
        var committee = new Committee([new(voice, RuleStyle.Trend, 1), Says(1, 0.5)], Plain with { AgreementMin = 0.5 });
        // The mean direction is (voice + 1) / 2 at equal confidence.
        double[] voices = [-0.1, 0.1, -0.9, -1, -0.9];
        Assert.Equal([false, true, true, false, false], voices.Select(direction =>
        {
            voice.Says = new(direction, 0.5);
            return committee.Decide(Nothing).Direction > 0;
        }));
    }

    [Fact]
    public void A_member_without_a_vote_in_this_regime_still_sees_every_bar()
    {
        var voice = new Voice { Says = new(1, 0.5) };
        var committee = new Committee([new(voice, RuleStyle.Reversion, 1)], Plain with { RegimeTilt = 1 });
        Assert.Equal(Signal.None, committee.Decide(Nothing, TrendRegime.Bull));
        Assert.Equal(1, committee.Decide(Nothing, TrendRegime.Sideways).Direction);
        Assert.Equal(2, voice.Asked);
    }

    [Fact]
    public void By_default_every_rule_that_comes_with_Hone_sits_in_it()
    {
        Assert.Equal(
            TinyFeatures.All.Select(entry => entry.Name).Where(name => name != "committee"),
            Rules.BuiltIn.Select(rule => rule.Entry.Name));
        var bull = TinyFeatures.Of(("ema_cross", 2), ("macd_hist", 0.001), ("return_12", 0.1), ("ewma_volatility", 0.01), ("donchian_position_20", 1.5), ("bollinger_z_20", 0), ("rsi_14", 50));
        var committee = TinyFeatures.New("committee").Decide(bull, TrendRegime.Bull);
        Assert.Equal(1, committee.Direction);
        Assert.Equal(new[] { "trend", "momentum", "breakout" }.Average(name => TinyFeatures.New(name).Decide(bull).Confidence), committee.Confidence, 15);
    }

    [Fact]
    public void A_config_chooses_members_weights_and_their_options()
    {
        var json = JsonDocument.Parse("""{"members": [{"agent": "rsi-reversion", "weight": 2, "options": {"oversold": 40}}, {"agent": "momentum"}], "regime_tilt": 0}""").RootElement;
        var committee = TinyFeatures.All["committee"].Create(TinyFeatures.Context, json);
        var x = TinyFeatures.Of(("rsi_14", 39), ("return_12", 0), ("ewma_volatility", 0.01));
        Assert.Equal(1, committee.Decide(x).Direction);
        Assert.Equal(Signal.None, TinyFeatures.New("committee").Decide(x));
    }

    [Theory]
    [InlineData("""{"members": []}""", "members is empty")]
    [InlineData("""{"members": [{"agent": "astrology"}]}""", "there is no rule 'astrology'. Known: rsi-reversion, trend")]
    [InlineData("""{"members": [{"agent": "trend", "weight": 0}]}""", "the weight of 'trend' is 0")]
    [InlineData("""{"members": [{"agent": "trend", "wieght": 2}]}""", "wieght")]
    [InlineData("""{"members": [{"agent": "trend", "options": {"entry": -1}}]}""", "trend: entry is -1")]
    [InlineData("""{"members": [{"agent": "trend", "options": {"exits": 1}}]}""", "exits")]
    [InlineData("""{"members": [null]}""", "seat 1 is null")]
    public void What_cannot_be_seated_is_refused_with_the_reason(string json, string reason)
        => Assert.Contains(reason, Assert.Throws<InvalidOptionsException>(() => TinyFeatures.All["committee"].Create(TinyFeatures.Context, JsonDocument.Parse(json).RootElement)).Message);

    private static CommitteeMember Says(double direction, double confidence, RuleStyle style = RuleStyle.Trend, double weight = 1)
        => new(new Voice { Says = new(direction, confidence) }, style, weight);

    private sealed class Voice : IAgent
    {
        public Signal Says { get; set; }

        public int Asked { get; private set; }

        public string Name => "voice";

        public Signal Decide(in AgentView view)
        {
            Asked++;
            return Says;
        }

        public void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }
}
