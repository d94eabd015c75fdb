using Hone.Learning.State;
using Hone.Trading.Live;
using Hone.Trading.Tests.Sessions;

namespace Hone.Trading.Tests.Live;

public class LiveSessionTests
{
    private static readonly TradingCatalog Catalog = TradingCatalog.BuiltIn();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_session_saved_anywhere_goes_on_bit_for_bit(int seed)
    {
        var entries = LiveSchedule.Asked(seed, 1500);
        var whole = Run(entries, out var emissions);
        Assert.Equal(whole.EmissionHash, Run(entries, out _).EmissionHash);
        var random = new Random(seed);
        foreach (var cut in Enumerable.Range(0, 12).Select(_ => random.Next(1, entries.Count)).Append(1).Append(entries.Count))
            AssertContinues(entries, cut, whole, emissions);
    }

    [Fact]
    public void A_trading_session_in_a_live_session_gives_what_it_gives_alone_and_goes_on_after_any_bar()
    {
        var bars = TestMarket.Simulated(1200);
        var setup = new LiveSetup { Id = "trade", Symbol = "SIM", Trading = true };
        var entries = LiveSchedule.Traded(setup, bars);
        var alone = TestMarket.Session(setup.Session);
        TestMarket.Run(alone, bars);
        var live = new LiveSession(Catalog, setup);
        var emissions = new List<Emission>();
        foreach (var entry in entries)
            live.Apply(entry, emissions);
        Assert.Equal(alone.EmissionHash, live.Trading!.EmissionHash);
        Assert.Equal(StateHash.Of(alone), StateHash.Of(live.Trading));
        Assert.Equal(1200, emissions.Count(e => e.Kind == EmissionKind.Bar));
        foreach (var cut in (int[])[1, 2, 3, 219, 220, 700, 1201])
            AssertContinues(entries, cut, live, emissions);
    }

    [Fact]
    public void Independent_outcomes_in_any_order_are_the_same_set_learned_once()
    {
        var asks = Enumerable.Range(0, 60).Select(i => Bare(EntryKind.Ask, Inputs.Of(new AskInput { Features = [i % 7, i % 3, i % 2], PredictionId = $"q{i}" }))).ToArray();
        var start = Bare(EntryKind.Start, LiveSchedule.Setup.ToPayload());
        var sets = new List<string>();
        for (var seed = 0; seed < 5; seed++)
        {
            var order = Enumerable.Range(0, 60).ToArray();
            if (seed > 0)
                new Random(seed).Shuffle(order);
            // Every outcome twice: the second one changes nothing.
            var answers = order.SelectMany(i => Enumerable.Repeat(Bare(EntryKind.Answer, Inputs.Of(new AnswerInput(i + 2, i % 2, double.NaN, 0, 1))), 2));
            var session = Run(LiveSchedule.Relinked([start, .. asks, .. answers]), out var emissions);
            Assert.Equal(60, session.Learning!.Panel.Resolved);
            var learned = emissions.Where(e => e.Kind == EmissionKind.Outcome).Select(e => OutcomeTaken.FromPayload(e.Payload)).Where(o => o.Status == OutcomeStatus.Learned).ToArray();
            sets.Add(string.Join(' ', learned.Select(o => $"{o.Id}:{o.Label}:{o.Predicted}:{o.Confidence:R}").Order(StringComparer.Ordinal)));
        }
        Assert.All(sets, set => Assert.Equal(sets[0], set));
    }

    [Fact]
    public void An_entry_that_does_not_follow_is_refused_and_changes_nothing()
    {
        var entries = LiveSchedule.Asked(1, 50);
        var session = Run(entries.Take(20), out _);
        var hash = LiveSnapshot.HashOf(session);
        Assert.Throws<CorruptStateException>(() => session.Apply(entries[21], []));
        Assert.Throws<CorruptStateException>(() => session.Apply(entries[20] with { AtUs = entries[19].AtUs - 1 }, []));
        Assert.Equal(hash, LiveSnapshot.HashOf(session));
        session.Apply(entries[20], []);
    }

    [Fact]
    public void A_changed_exchanged_or_missing_entry_breaks_the_chain_of_links()
    {
        var entries = LiveSchedule.Asked(1, 50);
        Assert.True(entries[20].Follows(entries[19].Link));
        Assert.False((entries[20] with { AtUs = entries[20].AtUs + 1 }).Follows(entries[19].Link));
        Assert.False((entries[20] with { Kind = EntryKind.Advance }).Follows(entries[19].Link));
        Assert.False(entries[21].Follows(entries[19].Link));
        var payload = entries[20].Payload.ToArray().Append((byte)0).ToArray();
        Assert.False((entries[20] with { Payload = payload }).Follows(entries[19].Link));
    }

    private static JournalEntry Bare(EntryKind kind, byte[] payload) => JournalEntry.After(0, 1, kind, 1_700_000_000_000_000, 0, payload);

    private static LiveSession Run(IEnumerable<JournalEntry> entries, out List<Emission> emissions)
    {
        LiveSession? session = null;
        emissions = [];
        foreach (var entry in entries)
        {
            session ??= new LiveSession(Catalog, LiveSetup.FromPayload(entry.Payload.Span));
            session.Apply(entry, emissions);
        }
        return session!;
    }

    private static void AssertContinues(IReadOnlyList<JournalEntry> entries, int cut, LiveSession whole, List<Emission> emissions)
    {
        var first = Run(entries.Take(cut), out _);
        var writer = new StateWriter();
        LiveSnapshot.Write(first, writer);
        var second = LiveSnapshot.Read(Catalog, writer.Written.ToArray());
        Assert.Equal(LiveSnapshot.HashOf(first), LiveSnapshot.HashOf(second));
        var later = new List<Emission>();
        foreach (var entry in entries.Skip(cut))
            second.Apply(entry, later);
        Assert.Equal(whole.EmissionHash, second.EmissionHash);
        Assert.Equal(LiveSnapshot.HashOf(whole), LiveSnapshot.HashOf(second));
        var tail = emissions.Where(e => e.Seq > cut).ToArray();
        Assert.Equal(tail.Length, later.Count);
        for (var i = 0; i < tail.Length; i++)
            Assert.True(tail[i].Seq == later[i].Seq && tail[i].N == later[i].N && tail[i].Kind == later[i].Kind && tail[i].Payload.Span.SequenceEqual(later[i].Payload.Span));
    }
}
