using Hone.Adapters.Journals;
using Hone.Host.Serving;
using Hone.Trading.Live;

namespace Hone.Host.Tests.Serving;

/// <summary>Every call of the journal fails once, at every place of a scenario, before and after its effect, once and for good.</summary>
public class JournalFaultSweepTests
{
    private const int Questions = 24;

    public enum Fault
    {
        Full,
        Broken,
        InDoubt,
    }

    [Theory]
    [InlineData(Fault.Full, false)]
    [InlineData(Fault.Full, true)]
    [InlineData(Fault.Broken, false)]
    [InlineData(Fault.Broken, true)]
    [InlineData(Fault.InDoubt, false)]
    [InlineData(Fault.InDoubt, true)]
    public async Task Whichever_call_fails_no_acknowledged_outcome_is_lost_and_none_is_learned_twice(Fault fault, bool persistent)
    {
        var whole = new FaultyJournal(new MemoryJournal());
        await Run(whole, 0, fault, persistent, after: false);
        Assert.True(whole.Calls >= 125, $"The scenario makes {whole.Calls} calls.");
        for (var k = 1; k <= whole.Calls; k++)
            // Full says that nothing was stored: after the effect it would be a lie of the journal.
            foreach (var after in fault == Fault.Full ? (bool[])[false] : [false, true])
                await Run(new FaultyJournal(new MemoryJournal()), k, fault, persistent, after);
    }

    private static async Task Run(FaultyJournal journal, int failing, Fault fault, bool persistent, bool after)
    {
        var acknowledged = new HashSet<string>();
        var host = await Served.Open(journal);
        await host.Start(Served.Setup());
        // The session is there; from here on calls fail.
        var from = journal.Calls;
        ValueTask Fail(long call) => failing > 0 && (persistent ? call - from >= failing : call - from == failing) ? throw Problem(fault) : default;
        journal.Before = after ? null : Fail;
        journal.After = after ? Fail : null;
        for (var i = 0; i < Questions; i++)
        {
            // Everything is said twice, as clients do who did not hear the answer.
            foreach (var command in (Func<SessionCommand>[])[() => Served.Ask(i), () => Served.Ask(i), () => Served.Answer(i), () => Served.Answer(i)])
            {
                var said = command();
                try
                {
                    await host.Find("s")!.Say(said);
                }
                catch (InvalidOperationException)
                {
                    continue;
                }
                if (said is OutcomeCommand { Refusal: null })
                    acknowledged.Add($"q{i}");
                if (host.Find("s")!.Fault is not null)
                {
                    // The process ends and another one starts, on a journal that is well again unless it fails for good.
                    if (persistent)
                        (journal.Before, journal.After) = (null, null);
                    host = await Served.Open(journal);
                }
            }
            if (i % 5 == 4)
                await host.Find("s")!.Say(new UpkeepCommand(snapshot: true));
        }
        (journal.Before, journal.After) = (null, null);
        var again = await Served.Open(journal);
        Assert.Null(again.Find("s")!.Fault);
        var learned = await Served.Learned(journal, "s");
        Assert.All(acknowledged, id => Assert.True(learned.GetValueOrDefault(id) == 1, $"call {failing}, after {after}: {id} was learned {learned.GetValueOrDefault(id)} times"));
        Assert.All(learned, pair => Assert.True(pair.Value == 1, $"call {failing}, after {after}: {pair.Key} was learned {pair.Value} times"));
        Assert.Equal(LiveSnapshot.HashOf(await Served.Replay(journal, "s")), again.Find("s")!.Hash());
    }

    private static Exception Problem(Fault fault) => fault switch
    {
        Fault.Full => new JournalFullException("the disk is full"),
        Fault.Broken => new JournalBrokenException("a sync failed"),
        _ => new InvalidOperationException("the answer was lost"),
    };
}
