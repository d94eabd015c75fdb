using Hone.Learning.Sessions;
using Hone.Trading.Live;
using Hone.Trading.Market;
using Hone.Trading.Tests.Sessions;

namespace Hone.Trading.Tests.Live;

/// <summary>Journals as a seed makes them: everything that can be said to a session, in an order that clients would not choose.</summary>
internal sealed class LiveSchedule
{
    private readonly Random _random;
    private readonly List<JournalEntry> _entries = [];
    private readonly List<long> _open = [];
    private long _atUs = 1_700_000_000_000_000;

    private LiveSchedule(int seed) => _random = new Random(seed);

    public static LiveSetup Setup { get; } = new()
    {
        Id = "live",
        Symbol = "TEST",
        Features = ["a", "b", "c"],
        Session = new() { Learning = new SessionOptions { Members = [new() { Learner = "logistic-regression" }, new() { Learner = "hoeffding-tree" }, new() { Learner = "no-change" }], OpenQuestionDaysMax = 2 } },
    };

    /// <summary>A session that is asked with features.</summary>
    public static IReadOnlyList<JournalEntry> Asked(int seed, int length)
    {
        var schedule = new LiveSchedule(seed);
        schedule.Add(EntryKind.Start, Setup.ToPayload());
        while (schedule._entries.Count < length)
            schedule.Next();
        return schedule._entries;
    }

    /// <summary>A session that trades bars.</summary>
    public static IReadOnlyList<JournalEntry> Traded(LiveSetup setup, ReadOnlySpan<Bar> bars)
    {
        var schedule = new LiveSchedule(1) { _atUs = long.MinValue };
        schedule.Add(EntryKind.Start, setup.ToPayload());
        schedule.Add(EntryKind.Market, Inputs.Of(TestMarket.Info));
        foreach (ref readonly var bar in bars)
        {
            schedule._atUs = bar.CloseTimeUs;
            schedule.Add(EntryKind.Bar, Inputs.Of(bar, []));
        }
        return schedule._entries;
    }

    /// <summary>The same payloads in another order, linked anew.</summary>
    public static List<JournalEntry> Relinked(IEnumerable<JournalEntry> entries)
    {
        var linked = new List<JournalEntry>();
        foreach (var entry in entries)
            linked.Add(JournalEntry.After(linked.Count > 0 ? linked[^1].Link : 0, linked.Count + 1, entry.Kind, linked.Count > 0 ? Math.Max(linked[^1].AtUs, entry.AtUs) : entry.AtUs, entry.ReceivedUs, entry.Payload));
        return linked;
    }

    private void Next()
    {
        // Mostly minutes, now and then longer than a question may wait.
        _atUs += _random.Next(200) == 0 ? 3L * 86_400_000_000 : _random.Next(300) * 1_000_000L;
        switch (_random.Next(20))
        {
            case < 8:
                _open.Add(_entries.Count + 1);
                Add(EntryKind.Ask, Inputs.Of(new AskInput
                {
                    Features = Features(),
                    PredictionId = _random.Next(2) == 0 ? $"id{_entries.Count}" : null,
                    MarketId = _random.Next(4) == 0 ? $"m{_random.Next(5)}" : null,
                    TimeWasGiven = _random.Next(2) == 0,
                    Regime = _random.Next(-1, 3),
                    Price = _random.Next(2) == 0 ? double.NaN : _random.NextDouble(),
                    FeeRate = 0.01,
                }));
                break;
            case < 14 when _open.Count > 0:
                // Any open one, in any order; one in ten is said twice.
                var question = _open[_random.Next(_open.Count)];
                if (_random.Next(10) > 0)
                    _open.Remove(question);
                Add(EntryKind.Answer, Inputs.Of(new AnswerInput(question, _random.Next(2), _random.Next(3) == 0 ? _random.NextDouble() - 0.5 : double.NaN, _random.Next(-1, 2), 1)));
                break;
            case 14:
                Add(EntryKind.Example, Inputs.Of(Example()));
                break;
            case 15 or 16:
                Add(EntryKind.Pending, Inputs.Of(Example()));
                break;
            case 17:
                Add(EntryKind.LearnPending, default);
                break;
            case 18:
                Add(EntryKind.Resolve, Inputs.Of(new ResolveInput($"m{_random.Next(5)}", _random.Next(-1, 2))));
                break;
            default:
                Add(_random.Next(3) switch { 0 => EntryKind.Stop, 1 => EntryKind.Resume, _ => EntryKind.Advance }, default);
                break;
        }
    }

    private ExampleInput Example() => new(_random.Next(2) == 0 ? null : $"e{_entries.Count}", Features(), _random.Next(2), double.NaN, 0.5);

    private double[] Features() => [_random.Next(20) == 0 ? double.NaN : _random.NextDouble() - 0.5, _random.NextDouble() * 100, _random.Next(2)];

    private void Add(EntryKind kind, ReadOnlyMemory<byte> payload)
        => _entries.Add(JournalEntry.After(_entries.Count > 0 ? _entries[^1].Link : 0, _entries.Count + 1, kind, _atUs, Math.Max(0, _atUs), payload));
}
