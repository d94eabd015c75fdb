using Hone.Learning.State;
using Hone.Trading.Live;
using Hone.Trading.Market;
using Hone.Trading.Sessions;
using Hone.Trading.Tests.Sessions;

namespace Hone.Trading.Tests.Live;

public class LiveDamageTests
{
    private static readonly TradingCatalog Catalog = TradingCatalog.BuiltIn();

    [Fact]
    public void Every_input_comes_back_as_it_was_missing_values_included()
    {
        var ask = new AskInput { Features = [1, double.NaN, -0.0], PredictionId = "p", MarketId = "m", TimeWasGiven = true, Regime = 2, Price = double.NaN, FeeRate = 0.25, Context = "{\"ä\":1}" };
        var read = Inputs.Ask(Entry(EntryKind.Ask, Inputs.Of(ask)));
        Assert.Equal(ask.Features, read.Features);
        Assert.Equal(ask with { Features = read.Features }, read);
        var answer = new AnswerInput(7, 1, double.NaN, -1, 0.5);
        Assert.Equal(answer, Inputs.Answer(Entry(EntryKind.Answer, Inputs.Of(answer))));
        var example = new ExampleInput(null, [double.NaN, 3], 1, double.NaN, 2);
        Assert.Equal(Inputs.Of(example), Inputs.Of(Inputs.Example(Entry(EntryKind.Example, Inputs.Of(example)))));
        var resolve = new ResolveInput("m", -1);
        Assert.Equal(resolve, Inputs.Resolve(Entry(EntryKind.Resolve, Inputs.Of(resolve))));
        var market = new MarketInfo("X", AssetClass.Fx, EventTime.HourUs, ["funding"], false, 1.5);
        Assert.Equal(Inputs.Of(market), Inputs.Of(Inputs.Market(Entry(EntryKind.Market, Inputs.Of(market)))));
        var bar = TestMarket.Simulated(1)[0];
        var (sameBar, extras) = Inputs.Bar(Entry(EntryKind.Bar, Inputs.Of(bar, [double.NaN])));
        Assert.Equal(bar, sameBar);
        Assert.True(double.IsNaN(Assert.Single(extras)));
        Assert.Equal(0.5, Inputs.Fraction(Entry(EntryKind.PortfolioCap, Inputs.Of(0.5))));
        Assert.Equal("engine", Inputs.Text(Entry(EntryKind.EngineChanged, Inputs.Of("engine"))));
    }

    [Fact]
    public void Every_emission_comes_back_as_it_was()
    {
        var emissions = new List<Emission>();
        var asked = new LiveSession(Catalog, LiveSchedule.Setup);
        foreach (var entry in LiveSchedule.Asked(4, 800))
            asked.Apply(entry, emissions);
        var setup = new LiveSetup { Id = "trade", Symbol = "SIM", Trading = true };
        var traded = new LiveSession(Catalog, setup);
        foreach (var entry in LiveSchedule.Traded(setup, TestMarket.Simulated(1200)))
            traded.Apply(entry, emissions);
        Assert.All((EmissionKind[])[EmissionKind.Bar, EmissionKind.Prediction, EmissionKind.Outcome, EmissionKind.Trade], kind => Assert.Contains(emissions, e => e.Kind == kind));
        foreach (var emission in emissions)
            Assert.Equal(emission.Payload.ToArray(), Again(emission));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_damaged_payload_is_refused_as_damage_or_taken_and_nothing_else_happens(int seed)
    {
        var random = new Random(seed);
        var entries = LiveSchedule.Asked(seed, 300);
        var refused = 0;
        for (var round = 0; round < 400; round++)
        {
            // A session in the middle, and one entry that was damaged on the disk by somebody who made its link anew.
            var at = random.Next(1, 60);
            var session = Session(LiveSchedule.Setup, entries.Take(at));
            var payload = Damaged(entries[at].Payload, random);
            try
            {
                session.Apply(entries[at] with { Payload = payload, Kind = random.Next(4) == 0 ? (EntryKind)random.Next(0, 20) : entries[at].Kind }, []);
            }
            catch (CorruptStateException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 20, 400);
    }

    [Fact]
    public void A_damaged_bar_is_refused_as_damage_or_taken()
    {
        var random = new Random(3);
        var setup = new LiveSetup { Id = "trade", Symbol = "SIM", Trading = true };
        var entries = LiveSchedule.Traded(setup, TestMarket.Simulated(40));
        for (var round = 0; round < 200; round++)
        {
            var at = random.Next(1, entries.Count);
            var session = Session(setup, entries.Take(at));
            try
            {
                session.Apply(entries[at] with { Payload = Damaged(entries[at].Payload, random) }, []);
            }
            catch (CorruptStateException)
            {
                continue;
            }
        }
    }

    [Fact]
    public void A_damaged_state_is_refused_as_damage_or_read()
    {
        var random = new Random(5);
        var writer = new StateWriter();
        LiveSnapshot.Write(Session(LiveSchedule.Setup, LiveSchedule.Asked(5, 200)), writer);
        var state = writer.Written.ToArray();
        var refused = 0;
        for (var round = 0; round < 1500; round++)
            try
            {
                _ = LiveSnapshot.Read(Catalog, Damaged(state, random));
            }
            catch (CorruptStateException)
            {
                refused++;
            }
        Assert.InRange(refused, 500, 1500);
    }

    [Fact]
    public void A_truncated_state_is_refused_at_every_length()
    {
        var writer = new StateWriter();
        LiveSnapshot.Write(Session(LiveSchedule.Setup, LiveSchedule.Asked(6, 60)), writer);
        var state = writer.Written.ToArray();
        for (var length = 0; length < state.Length; length += 7)
            Assert.Throws<CorruptStateException>(() => LiveSnapshot.Read(Catalog, state.AsMemory(0, length)));
    }

    private static JournalEntry Entry(EntryKind kind, byte[] payload) => JournalEntry.After(0, 1, kind, 0, 0, payload);

    private static LiveSession Session(LiveSetup setup, IEnumerable<JournalEntry> entries)
    {
        var session = new LiveSession(Catalog, setup);
        foreach (var entry in entries)
            session.Apply(entry, []);
        return session;
    }

    private static byte[] Damaged(ReadOnlyMemory<byte> payload, Random random)
    {
        var bytes = payload.ToArray();
        if (bytes.Length == 0 || random.Next(8) == 0)
            return [.. bytes, (byte)random.Next(256)];
        if (random.Next(8) == 0)
            return bytes[..random.Next(bytes.Length)];
        for (var i = random.Next(1, 4); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)(random.Next(3) == 0 ? 255 : random.Next(256));
        return bytes;
    }

    private static byte[] Again(in Emission emission) => emission.Kind switch
    {
        EmissionKind.Bar => BarTaken.FromPayload(emission.Payload).ToPayload(),
        EmissionKind.Prediction => PredictionMade.FromPayload(emission.Payload).ToPayload(),
        EmissionKind.Outcome => OutcomeTaken.FromPayload(emission.Payload).ToPayload(),
        EmissionKind.Trade => TradeClosed.ToPayload(TradeClosed.FromPayload(emission.Payload)),
        EmissionKind.Drift => DriftSeen.ToPayload(DriftSeen.FromPayload(emission.Payload)),
        _ => AdaptationMade.ToPayload(AdaptationMade.FromPayload(emission.Payload)),
    };
}
