using System.Collections.Concurrent;
using Hone.Learning.Sessions;
using Hone.Trading.Agents;
using Hone.Trading.Broker;
using Hone.Trading.Labels;
using Hone.Trading.Market;
using Hone.Trading.Sessions;
using Hone.Learning;
using Hone.Learning.State;

namespace Hone.Trading.Tests.Sessions;

/// <summary>Bars and sessions for the tests of the loop.</summary>
internal static class TestMarket
{
    /// <summary>First bar on which a session of <see cref="Small"/> asks: its slowest feature needs so many before it.</summary>
    public const int FirstAsked = 20;

    public static MarketInfo Info { get; } = new("SIM", AssetClass.Crypto, EventTime.HourUs, [], true, 100);

    private static readonly ConcurrentDictionary<int, Bar[]> Made = [];

    /// <summary>Bars of the built-in market; always a new array.</summary>
    public static Bar[] Simulated(int count) => [.. Made.GetOrAdd(count, Make)];

    private static Bar[] Make(int count)
    {
        var market = new MarketSimulator(new SimulatorOptions { Bars = count, Seed = 1, DriftEveryBars = 1500 });
        var bars = new Bar[count];
        for (var i = 0; i < count; i++)
            market.TryNext(out bars[i], out _);
        return bars;
    }

    /// <summary>A price that goes up and down by 0.1 around 100 and stays in its range: stops and targets are far away.</summary>
    public static Bar[] Quiet(int count)
    {
        var bars = new Bar[count];
        var close = 100.0;
        for (var i = 0; i < count; i++)
        {
            var open = close;
            close = i % 2 == 0 ? 100.1 : 100;
            bars[i] = new Bar((i + 1) * EventTime.HourUs, open, 100.15, 99.95, close, 1e9);
        }
        return bars;
    }

    /// <summary>Two features, no costs, no cool-down, a label of 3 bars, and an agent that follows a script.</summary>
    public static SessionSetup Small(string agent = "scripted", string label = "direction") => new()
    {
        Features = ["return_1", "ewma_volatility"],
        Label = new() { Name = label, Options = Json("""{"horizon":3}""") },
        Costs = new() { Name = "none" },
        Agents = [new() { Name = agent }],
        Learning = new() { Members = [new() { Learner = "majority" }] },
        Risk = new() { CooldownBars = 0, LossStreak = 0 },
        Trading = new() { OutcomeVeto = false, HoldingHorizonsMax = 1000 },
    };

    public static System.Text.Json.JsonElement Json(string text) => System.Text.Json.JsonDocument.Parse(text).RootElement;

    public static TradingSession Session(SessionSetup setup, TradingCatalog? catalog = null) => new(catalog ?? TradingCatalog.BuiltIn(), setup, Info);

    /// <summary>A catalog whose agent "scripted" says at bar i what the script says.</summary>
    public static TradingCatalog Scripted(Func<long, Signal> script)
    {
        var catalog = TradingCatalog.BuiltIn();
        catalog.Agents.Add(CatalogEntry<AgentContext, IAgent>.Of<NoOptions>("scripted", "Follows a script.", (_, _) => new ScriptedAgent(script)));
        return catalog;
    }

    public static Signal Long { get; } = new(1, 1);

    public static Signal Short { get; } = new(-1, 1);

    /// <summary>Runs bars through a session.</summary>
    public static void Run(TradingSession session, ReadOnlySpan<Bar> bars)
    {
        foreach (ref readonly var bar in bars)
            session.On(bar);
    }

    public static TradingSession Continued(TradingSession session, SessionSetup setup, TradingCatalog? catalog = null)
    {
        var writer = new StateWriter();
        session.Save(writer);
        var reader = new StateReader(writer.Written.ToArray());
        var next = Session(setup, catalog);
        next.Load(reader);
        Assert.Equal(0, reader.Remaining);
        return next;
    }

    internal sealed record NoOptions;

    private sealed class ScriptedAgent(Func<long, Signal> script) : IAgent
    {
        private long _bar;

        public string Name => "scripted";

        public Signal Decide(in AgentView view) => script(_bar++);

        public void Save(StateWriter writer) => writer.Write(_bar);

        public void Load(StateReader reader) => _bar = reader.ReadInt64();
    }
}

/// <summary>Calls what a test wants to hear.</summary>
internal sealed class Listener : ITradingObserver
{
    public Action<TradingSession, Bar>? Bar { get; init; }

    public Action<TradingSession, ReleasedLabel, Verdict>? Answer { get; init; }

    public Action<TradingSession, Trade, TradeEntry>? Trade { get; init; }

    public void OnBar(TradingSession session, in Bar bar) => Bar?.Invoke(session, bar);

    public void OnAnswer(TradingSession session, in ReleasedLabel label, in Verdict verdict) => Answer?.Invoke(session, label, verdict);

    public void OnTrade(TradingSession session, in Trade trade, TradeEntry entry) => Trade?.Invoke(session, trade, entry);

    public void OnDrift(in DriftEvent drift)
    {
    }

    public void OnAdaptation(in AdaptationEvent adaptation)
    {
    }
}
