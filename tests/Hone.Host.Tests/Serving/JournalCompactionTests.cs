using Hone.Adapters.Journals;
using Hone.Host.Configuration;
using Hone.Host.Jobs;
using Hone.Host.Serving;
using Hone.Trading.Live;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Tests.Serving;

/// <summary>What the policy removes and what it leaves, on a real journal with a clock that the test moves.</summary>
public sealed class JournalCompactionTests : IDisposable
{
    private const long DayUs = 86_400_000_000;
    private readonly TemporaryFolder _folder = new();
    private readonly TickingTime _time = new();
    private readonly LogBook _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Entries_older_than_the_policy_go_and_the_session_goes_on()
    {
        await using var journal = Open();
        var last = await Fill(journal, "a", snapshots: [150, 190, 195]);
        await Compaction(journal, new JournalPolicy { KeepDays = 30, KeepEntriesMin = 10 }).Round(default);

        // One entry a day, the last of them now: those received 30 days ago and later stay.
        Assert.Equal(170, await journal.FirstSeq("a"));
        Assert.Equal([150L, 190L, 195L], (await journal.Snapshots("a")).Select(s => s.Seq));
        Assert.Contains("entries 1 to 169", Assert.Single(_log.Lines));
        await journal.Append(new JournalBatch { Session = "a", AfterSeq = 200, Entries = [JournalEntry.After(last.Link, 201, EntryKind.Ask, 1, NowUs, default)] });
        Assert.Empty((await journal.Verify()).Problems);
    }

    [Fact]
    public async Task The_entries_that_the_newest_two_snapshots_need_stay_whatever_their_age()
    {
        await using var journal = Open();
        await Fill(journal, "two", snapshots: [100, 120]);
        await Fill(journal, "one", snapshots: [120]);
        await Fill(journal, "none", snapshots: []);
        await Compaction(journal, new JournalPolicy { KeepDays = 1, KeepEntriesMin = 0 }).Round(default);

        Assert.Equal(101, await journal.FirstSeq("two"));
        Assert.Equal(1, await journal.FirstSeq("one"));
        Assert.Equal(1, await journal.FirstSeq("none"));
    }

    [Fact]
    public async Task The_newest_entries_stay_by_number_and_zero_days_keep_everything()
    {
        await using var journal = Open();
        await Fill(journal, "a", snapshots: [190, 200]);
        await journal.PutDocument(JobBoard.DocumentKind, "old", new byte[] { 1 });
        _time.Advance(TimeSpan.FromDays(400));
        await Compaction(journal, new JournalPolicy { KeepDays = 0, KeepEntriesMin = 0 }).Round(default);
        Assert.Equal(1, await journal.FirstSeq("a"));
        Assert.Single(await journal.Documents(JobBoard.DocumentKind, "", 10));

        await Compaction(journal, new JournalPolicy { KeepDays = 1, KeepEntriesMin = 50 }).Round(default);
        Assert.Equal(151, await journal.FirstSeq("a"));
        Assert.Empty(await journal.Documents(JobBoard.DocumentKind, "", 10));
    }

    [Fact]
    public async Task Keys_outlive_their_entries_by_their_own_days()
    {
        await using var journal = Open();
        await Fill(journal, "a", snapshots: [198, 200]);
        var compaction = Compaction(journal, new JournalPolicy { KeepDays = 30, KeepEntriesMin = 0, KeysDays = 90 });
        await compaction.Round(default);
        Assert.Equal(170, await journal.FirstSeq("a"));
        Assert.Null(await journal.Find("a", "p:79"));
        Assert.NotNull(await journal.Find("a", "p:80"));

        // Later nothing but keys grows old.
        _time.Advance(TimeSpan.FromDays(10));
        await compaction.Round(default);
        Assert.Null(await journal.Find("a", "p:89"));
        Assert.NotNull(await journal.Find("a", "p:90"));
    }

    [Fact]
    public async Task It_runs_every_hour_until_the_server_ends()
    {
        await using var journal = Open();
        await Fill(journal, "a", snapshots: [198, 200]);
        using var compaction = Compaction(journal, new JournalPolicy { KeepDays = 30, KeepEntriesMin = 0 });
        await compaction.StartAsync(default);
        await Eventually.Holds(() => Task.FromResult(_time.Periods.Contains(TimeSpan.FromHours(1))), "the hourly timer");
        Assert.Equal(1, await journal.FirstSeq("a"));
        _time.Tick();
        await Eventually.Holds(async () => await journal.FirstSeq("a") == 170, "the first round");
        await Eventually.Holds(() => Task.FromResult(_log.Lines.Count == 1), "the line of what was removed");

        await compaction.StopAsync(default);
        Assert.True(compaction.ExecuteTask!.IsCompletedSuccessfully);
    }

    private long NowUs => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10;

    private SqliteJournal Open() => SqliteJournal.Open(new SqliteJournalOptions { Path = Path.Combine(_folder["journal"], "journal.db"), Time = _time });

    private JournalCompaction Compaction(IJournal journal, JournalPolicy policy) => new(journal, new ServeOptions { Journal = policy }, _time, _log);

    // 200 entries, one a day, the last one received now; each with a key.
    private async Task<JournalEntry> Fill(SqliteJournal journal, string session, long[] snapshots)
    {
        var entries = new List<JournalEntry>();
        for (var seq = 1; seq <= 200; seq++)
            entries.Add(JournalEntry.After(seq == 1 ? 0 : entries[^1].Link, seq, EntryKind.Ask, seq, NowUs - (200 - seq) * DayUs, new byte[] { (byte)seq }));
        await journal.Append(new JournalBatch
        {
            Session = session,
            AfterSeq = 0,
            Entries = entries,
            Keys = [.. entries.Select(entry => new TakenKey($"p:{entry.Seq}", entry.Seq, 1))],
            Record = new SessionRecord(session, "TEST", session, 1, null),
        });
        foreach (var seq in snapshots)
            await journal.Append(new JournalBatch { Session = session, AfterSeq = 200, Snapshot = new StoredSnapshot(seq, seq, entries[(int)seq - 1].Link, "h", "e", new byte[] { 1 }) });
        return entries[^1];
    }

    /// <summary>A clock that stands still until it is moved, and whose timers fire when the test says so.</summary>
    private sealed class TickingTime : TimeProvider
    {
        private readonly List<(TimerCallback Callback, object? State)> _timers = [];
        private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public List<TimeSpan> Periods { get; } = [];

        public void Advance(TimeSpan by) => _now += by;

        public void Tick()
        {
            lock (_timers)
                foreach (var (callback, state) in _timers)
                    callback(state);
        }

        public override DateTimeOffset GetUtcNow() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_timers)
            {
                _timers.Add((callback, state));
                Periods.Add(period);
            }
            return new Never();
        }

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }

    private sealed class LogBook : ILogger<JournalCompaction>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines)
                Lines.Add(formatter(state, exception));
        }
    }
}
