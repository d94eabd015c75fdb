using Hone.Learning;
using Hone.Learning.Numerics;
using Hone.Learning.Sessions;
using Hone.Learning.State;
using Hone.Trading.Sessions;

namespace Hone.Trading.Tests.Sessions;

[Collection(SessionTests.Name)]
public class StateTests
{
    public static TheoryData<string> Kinds => [.. Setups.All.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_session_cut_in_two_by_a_saved_state_goes_on_bit_for_bit(string kind)
    {
        var setup = Setups.All[kind];
        var thorough = kind is "default" or "panel-of-five";
        var bars = TestMarket.Simulated(thorough ? 5000 : 1200);
        var whole = TestMarket.Session(setup);
        var entries = Entries(whole);
        TestMarket.Run(whole, bars);
        // Before the first question, between the first question and its answer, in the middle of it all, before the last bar.
        foreach (var cut in thorough ? (int[])[1, 215, 220, 1777, 4999] : [220, 777])
        {
            var first = TestMarket.Session(setup);
            TestMarket.Run(first, bars.AsSpan(0, cut));
            var second = TestMarket.Continued(first, setup);
            Assert.Equal(StateHash.Of(first), StateHash.Of(second));
            var later = Entries(second);
            TestMarket.Run(second, bars.AsSpan(cut));
            // What was known when a trade was decided outlives the cut too.
            Assert.Equal(entries.TakeLast(later.Count), later);
            Assert.Equal(whole.EmissionHash, second.EmissionHash);
            Assert.Equal(StateHash.Of(whole), StateHash.Of(second));
        }
    }

    private static List<string> Entries(TradingSession session)
    {
        var entries = new List<string>();
        session.Observer = new Listener
        {
            Trade = (_, trade, entry) => entries.Add(
                $"{trade} {entry.Rule} {entry.Panel} {entry.Final} {entry.PanelProbability:R} {entry.PanelActed} {entry.RuleActed} {entry.Regime} {string.Join(' ', entry.Votes.ToArray())} {string.Join(' ', entry.Features.ToArray())}"),
        };
        return entries;
    }

    [Fact]
    public void After_a_load_nothing_is_said_of_the_last_bar()
    {
        var setup = new SessionSetup();
        var session = TestMarket.Session(setup);
        TestMarket.Run(session, TestMarket.Simulated(400));
        Assert.True(session.Asked);
        var loaded = TestMarket.Continued(session, setup);
        Assert.False(loaded.Asked);
        Assert.True(double.IsNaN(loaded.UpProbability()));
        Assert.Equal(default, loaded.Signal);
        Assert.Equal(session.LastBarUs, loaded.LastBarUs);
        Assert.Equal(session.Regime, loaded.Regime);
    }

    [Fact]
    public void A_damaged_state_is_refused_or_loads_but_never_crashes()
    {
        var setup = new SessionSetup();
        var session = TestMarket.Session(setup);
        TestMarket.Run(session, TestMarket.Simulated(600));
        var writer = new StateWriter();
        session.Save(writer);
        var state = writer.Written.ToArray();
        var rng = new Rng(1, "damage");
        var refused = 0;
        for (var i = 0; i < 240; i++)
        {
            var damaged = state.ToArray();
            if (i % 4 == 0)
                damaged = damaged[..rng.NextInt32(damaged.Length)];
            else
                damaged[i % 4 == 1 ? rng.NextInt32(300) : rng.NextInt32(damaged.Length)] ^= (byte)(1 << rng.NextInt32(8));
            try
            {
                TestMarket.Session(setup).Load(new StateReader(damaged));
            }
            catch (CorruptStateException)
            {
                refused++;
            }
        }
        Assert.True(refused > 60);
    }

    [Fact]
    public void A_state_of_another_market_or_another_label_is_refused()
    {
        var setup = new SessionSetup();
        var session = TestMarket.Session(setup);
        TestMarket.Run(session, TestMarket.Simulated(300));
        var writer = new StateWriter();
        session.Save(writer);
        var other = new TradingSession(TradingCatalog.BuiltIn(), setup, TestMarket.Info with { Symbol = "OTHER" });
        Assert.Contains("SIM", Assert.Throws<CorruptStateException>(() => other.Load(new StateReader(writer.Written.ToArray()))).Message);
        var label = TestMarket.Session(setup with { Label = new() { Name = "direction", Options = TestMarket.Json("""{"horizon":7}""") } });
        Assert.Throws<CorruptStateException>(() => label.Load(new StateReader(writer.Written.ToArray())));
    }

    [Fact]
    public void Options_out_of_range_are_refused_when_the_session_is_built()
    {
        var setup = new SessionSetup();
        foreach (var bad in (SessionSetup[])
                 [
                     setup with { Trading = new() { Sizing = new() { RiskBudget = 2 } } }, setup with { Trading = new() { Bracket = new() { StopSigmas = -1 } } },
                     setup with { Trading = new() { EntrySignal = double.NaN } }, setup with { Agents = [] }, setup with { Label = new() { Name = "nothing" } },
                     setup with { Features = ["nothing"] }, setup with { Learning = new() { Members = [] } }, setup with { Risk = new() { DailyLoss = 0 } },
                 ])
            Assert.Throws<InvalidOptionsException>(() => TestMarket.Session(bad));
        Assert.Throws<InvalidOptionsException>(() => new TradingSession(TradingCatalog.BuiltIn(), setup, TestMarket.Info with { ReferencePrice = 0 }));
    }
}

/// <summary>Sessions of every kind: the default, another panel, every label and strategy, specialists.</summary>
internal static class Setups
{
    public static SessionSetup PanelOfFive { get; } = new()
    {
        Label = new() { Name = "triple-barrier" },
        Learning = new()
        {
            Members =
            [
                new() { Learner = "logistic-regression" }, new() { Learner = "passive-aggressive" }, new() { Learner = "mlp" }, new() { Learner = "no-change" }, new() { Learner = "majority" },
            ],
        },
    };

    public static IReadOnlyDictionary<string, SessionSetup> All { get; } = Make();

    private static Dictionary<string, SessionSetup> Make()
    {
        var all = new Dictionary<string, SessionSetup>
        {
            ["default"] = new(),
            ["panel-of-five"] = PanelOfFive,
            ["specialists"] = new() { Learning = new() { Specialists = SpecialistPolicy.ByRegime } },
            ["several-agents"] = new() { Agents = [new() { Name = "trend" }, new() { Name = "rsi-reversion" }] },
        };
        (string Name, string Options)[] labels =
        [
            ("direction", "{}"), ("direction", """{"flat":"three-class"}"""), ("triple-barrier", "{}"), ("triple-barrier", """{"vertical":"flat"}"""),
            ("trade-profitable", """{"take_profit":1,"stop_loss":1}"""),
        ];
        foreach (var (name, options) in labels)
            foreach (var strategy in Enum.GetValues<ServingStrategy>())
                all[$"{name} {options} {strategy}"] = new SessionSetup
                {
                    Label = new() { Name = name, Options = TestMarket.Json(options) },
                    Learning = new() { Strategy = strategy },
                };
        return all;
    }
}
