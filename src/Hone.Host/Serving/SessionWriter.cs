using System.Diagnostics;
using System.Threading.Channels;
using Hone.Adapters.Journals;
using Hone.Host.Operating.Tracing;
using Hone.Learning.State;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>Limits and cadences of a served session.</summary>
public sealed record SessionLimits
{
    /// <summary>Commands that may wait for one session; more are refused with 429.</summary>
    public int QueueMax { get; init; } = 4096;

    /// <summary>Commands that are committed together for one session.</summary>
    public int BatchMax { get; init; } = 512;

    /// <summary>Entries after which a snapshot is taken, however fast they were.</summary>
    public int SnapshotEntries { get; init; } = 1_000_000;

    /// <summary>Seconds that applying the entries since the last snapshot may have taken: about what a restart would spend on them again.</summary>
    public double ReplaySecsMax { get; init; } = 3;

    /// <summary>Milliseconds after which emissions are written although no entry follows.</summary>
    public int FlushMs { get; init; } = 200;
}

/// <summary>
/// The one writer of a session. Commands wait in a bounded queue; each round takes what is there, lets it in, commits it with one append, applies it, and answers. Nobody is
/// answered before the commit, and nothing is applied before it.
/// </summary>
public sealed class SessionWriter
{
    // Emissions that are kept for repetitions of what was asked a moment ago, before they are read from the journal.
    private const int RecentMax = 256;

    // A session whose last entry was older than this when it was received lives in the past, not by the clock.
    private const long ClockSlackUs = 3_600_000_000;

    private readonly LiveSession _session;
    private readonly IJournal _journal;
    private readonly SessionHost _host;
    private readonly SessionLimits _limits;
    private readonly Channel<SessionCommand> _queue;
    private readonly AdmissionDesk _desk;
    private readonly Lock _gate = new();
    private readonly Lock _hashing = new();
    private readonly List<SessionCommand> _commands = [];
    private readonly List<SessionCommand> _admitted = [];
    private readonly Dictionary<long, Emission[]> _recent = [];
    private readonly Queue<long> _recentOrder = new();
    private readonly StateWriter _state = new();
    private List<Emission> _unwritten = [];
    private int _draining;
    private int _waiting;
    private long _snapshotSeq;
    private long _snapshotAt;
    private long _appliedTicks;
    private long _lastEntryAt;
    private long _usedUs;
    private (long Seq, string Hash) _hashed = (-1, "");

    internal SessionWriter(LiveSession session, SessionRecord record, IJournal journal, SessionHost host, SessionLimits limits, long snapshotSeq, List<Emission> unwritten)
    {
        (_session, Record, _journal, _host, _limits, _snapshotSeq, _unwritten) = (session, record, journal, host, limits, snapshotSeq, unwritten);
        _queue = Channel.CreateBounded<SessionCommand>(new BoundedChannelOptions(limits.QueueMax) { SingleReader = true });
        _desk = new AdmissionDesk(session, journal);
        _snapshotAt = _lastEntryAt = Stopwatch.GetTimestamp();
        foreach (var emission in unwritten.GroupBy(e => e.Seq))
            Remember(emission.Key, [.. emission]);
    }

    /// <summary>The session's id.</summary>
    public string Id => _session.Setup.Id;

    /// <summary>What lists show of it.</summary>
    public SessionRecord Record { get; private set; }

    /// <summary>What it is made of.</summary>
    public LiveSetup Setup => _session.Setup;

    /// <summary>Why it stands still; null while it works.</summary>
    public string? Fault { get; private set; }

    /// <summary>Commands that wait.</summary>
    public int QueueDepth => Volatile.Read(ref _waiting);

    /// <summary>Entries since the last snapshot.</summary>
    public long EntriesSinceSnapshot => _session.Seq - Volatile.Read(ref _snapshotSeq);

    /// <summary>How often the hash of the state was worked out for readers.</summary>
    internal int HashesComputed { get; private set; }

    /// <summary>Time since the last snapshot that this process took; since it took the session over where it took none.</summary>
    public TimeSpan SnapshotAge => Stopwatch.GetElapsedTime(Volatile.Read(ref _snapshotAt));

    /// <summary>Time since the last entry was applied, by the clock on the wall; since it took the session over where none was.</summary>
    public TimeSpan IdleTime => Stopwatch.GetElapsedTime(Volatile.Read(ref _lastEntryAt));

    /// <summary>Hands a command to the session and waits until it is settled.</summary>
    /// <returns>The command, with its result or its <see cref="SessionCommand.Refusal"/>.</returns>
    public async ValueTask<T> Submit<T>(T command)
        where T : SessionCommand
    {
        if (Fault is { } fault)
        {
            command.Refuse(new Refusal(503, fault));
            return command;
        }
        command.ReceivedUs = _host.NowUs();
        command.Trace = RoundTrace.Begin();
        Interlocked.Increment(ref _waiting);
        if (!_queue.Writer.TryWrite(command))
        {
            Interlocked.Decrement(ref _waiting);
            command.Refuse(new Refusal(429, $"{_limits.QueueMax} requests wait for the session {Id}; try again in a moment.") { RetryAfterSecs = 1 });
            return command;
        }
        if (Interlocked.Exchange(ref _draining, 1) == 0)
            _ = Task.Run(Drain);
        await command.Done.ConfigureAwait(false);
        command.Trace?.End(this, command);
        return command;
    }

    /// <summary>Reads the session between two rounds. Short: the writer waits.</summary>
    public T Read<T>(Func<LiveSession, T> read)
    {
        lock (_gate)
            return read(_session);
    }

    /// <summary>
    /// Reads the session together with the hash of its state at that moment, which is worked out once for each entry however often it is asked for. The writer waits while the state is
    /// written down, not while it is hashed.
    /// </summary>
    /// <returns>What was read; the hash, null while the session stands still, whose state means nothing.</returns>
    public (T Value, string? StateHash) ReadHashed<T>(Func<LiveSession, T> read)
    {
        lock (_hashing)
        {
            T value;
            var state = new StateWriter();
            long seq;
            lock (_gate)
            {
                (value, seq) = (read(_session), _session.Seq);
                if (Fault is not null)
                    return (value, null);
                if (_hashed.Seq == seq)
                    return (value, _hashed.Hash);
                LiveSnapshot.Write(_session, state);
            }
            HashesComputed++;
            _hashed = (seq, StateHash.Of(state.Written));
            return (value, _hashed.Hash);
        }
    }

    /// <summary>Emissions of one entry, from memory or from the journal.</summary>
    public async ValueTask<IReadOnlyList<Emission>> EmissionsOf(long seq)
    {
        lock (_recent)
            if (_recent.TryGetValue(seq, out var recent))
                return recent;
        var found = new List<Emission>();
        for (var limit = 64; ; limit *= 8)
        {
            found.Clear();
            var read = await _journal.Emissions(Id, seq, limit).ConfigureAwait(false);
            foreach (var emission in read)
                if (emission.Seq == seq)
                    found.Add(emission);
            if (read.Count < limit || read[^1].Seq > seq)
                return found;
        }
    }

    /// <summary>Emissions from an entry on, in order, at most <paramref name="limit"/>: from the journal, and from memory what it does not have yet.</summary>
    public async ValueTask<IReadOnlyList<Emission>> EmissionsFrom(long fromSeq, int limit, CancellationToken cancel = default)
    {
        // Taken first: what is committed meanwhile is in both, what comes later in neither.
        Emission[] unwritten;
        lock (_gate)
            unwritten = [.. _unwritten];
        var stored = await _journal.Emissions(Id, fromSeq, limit, cancel).ConfigureAwait(false);
        if (stored.Count >= limit || unwritten.Length == 0)
            return stored;
        var last = stored.Count > 0 ? (stored[^1].Seq, stored[^1].N) : (0L, -1);
        return [.. stored, .. unwritten.Where(e => e.Seq >= fromSeq && (e.Seq, e.N).CompareTo(last) > 0).Take(limit - stored.Count)];
    }

    /// <summary>First entry that the journal still has.</summary>
    public ValueTask<long> FirstSeq(CancellationToken cancel = default) => _journal.FirstSeq(Id, cancel);

    /// <summary>Whether emissions or a snapshot wait to be written, and how long for.</summary>
    internal bool IsDue(long now, out bool snapshot)
    {
        var age = Stopwatch.GetElapsedTime(_snapshotAt, now);
        snapshot = EntriesSinceSnapshot > 0 && (EntriesSinceSnapshot >= _limits.SnapshotEntries || Stopwatch.GetElapsedTime(0, Volatile.Read(ref _appliedTicks)).TotalSeconds >= _limits.ReplaySecsMax || age.TotalSeconds >= _session.Setup.Session.Learning.SaveIntervalSecs);
        return snapshot || (_unwritten.Count > 0 && Stopwatch.GetElapsedTime(_lastEntryAt, now).TotalMilliseconds >= _limits.FlushMs);
    }

    /// <summary>Takes no more commands, for a reason that was found before the first.</summary>
    internal void Stall(string fault) => Fault = fault;

    /// <summary>
    /// Whether event time should pass by itself: for a session that lives by the clock, when its review is due and each time its idleness has doubled, so that a session nobody uses
    /// costs a few entries and not hundreds a day. A trading session's time is that of its bars.
    /// </summary>
    internal bool IsIdleAt(long nowUs)
    {
        if (_session.Setup.Trading || _usedUs == 0)
            return false;
        var review = _session.Setup.Session.Learning.MonitorIntervalSecs * 1_000_000L;
        var at = _session.NowUs;
        return nowUs - at >= Math.Max(review, at - _usedUs);
    }

    private async Task Drain()
    {
        do
        {
            while (_queue.Reader.TryRead(out var command))
            {
                _commands.Clear();
                do
                    _commands.Add(command);
                while (_commands.Count < _limits.BatchMax && _queue.Reader.TryRead(out command!));
                Interlocked.Add(ref _waiting, -_commands.Count);
                try
                {
                    await Round().ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    Stop(e);
                }
            }
            // A full fence: the look below must not come before it.
            Interlocked.Exchange(ref _draining, 0);
            // A command that came between the last look and the line above would wait for the next one.
        }
        while (_queue.Reader.TryPeek(out _) && Interlocked.Exchange(ref _draining, 1) == 0);
    }

    private async Task Round()
    {
        if (Fault is { } fault)
        {
            foreach (var command in _commands)
                command.Refuse(new Refusal(503, fault));
            return;
        }
        _desk.Reset();
        _admitted.Clear();
        var (snapshot, record) = (false, (SessionRecord?)null);
        foreach (var command in _commands)
        {
            command.Trace?.Taken();
            _desk.Begin(command);
            if (!await Admit(command).ConfigureAwait(false))
                continue;
            _admitted.Add(command);
            snapshot |= WantsSnapshot(command);
            record = command switch
            {
                StopCommand => Record with { StoppedUs = command.ReceivedUs },
                ResumeCommand => Record with { StoppedUs = null },
                _ => record,
            };
        }
        if (_desk.Entries.Count > 0 || _unwritten.Count > 0 || record is not null)
            if (!await Commit(record).ConfigureAwait(false))
                return;
        foreach (var command in _admitted)
            command.Trace?.Committed();
        if (_desk.Entries.Count > 0)
            Apply();
        foreach (var command in _admitted)
        {
            command.Trace?.Applied();
            await Settle(command).ConfigureAwait(false);
            if (!WantsSnapshot(command))
                command.Complete();
        }
        if (!snapshot)
            return;
        await Snapshot().ConfigureAwait(false);
        // Whoever asked for a snapshot closes or opens something next: nothing of this session may be under way then.
        foreach (var command in _admitted)
            if (WantsSnapshot(command))
                command.Complete();
    }

    private static bool WantsSnapshot(SessionCommand command) => command is UpkeepCommand { Snapshot: true } or StopCommand;

    /// <summary>Lets a command in. Nothing is written yet: whatever goes wrong here is the matter of this command alone.</summary>
    private async ValueTask<bool> Admit(SessionCommand command)
    {
        try
        {
            if (await command.Admit(_desk).ConfigureAwait(false) is not { } refusal)
                return true;
            command.Refuse(refusal);
        }
        catch (JournalFullException e)
        {
            command.Refuse(Full(e));
        }
        catch (Exception e) when (e is not (JournalFencedException or JournalBrokenException))
        {
            command.Fail(e);
        }
        _desk.Undo();
        return false;
    }

    /// <summary>Collects what a command answers. Its entries are stored and applied: when the journal cannot be read, asking again with the same ids finds them.</summary>
    private async ValueTask Settle(SessionCommand command)
    {
        try
        {
            await command.Settle(EmissionsOf).ConfigureAwait(false);
        }
        catch (JournalFullException e)
        {
            command.Refuse(Full(e));
        }
        catch (Exception e) when (e is not (JournalFencedException or JournalBrokenException))
        {
            command.Fail(e);
        }
    }

    private static Refusal Full(JournalFullException problem) => new(507, problem.Message) { RetryAfterSecs = 5 };

    private async ValueTask<bool> Commit(SessionRecord? record)
    {
        var written = _unwritten;
        var begun = Stopwatch.GetTimestamp();
        try
        {
            await _journal.Append(new JournalBatch
            {
                Session = Id,
                AfterSeq = _session.Seq,
                Entries = _desk.Entries,
                Keys = _desk.Keys,
                Emissions = written,
                Record = record,
            }).ConfigureAwait(false);
        }
        catch (JournalFullException e)
        {
            // Nothing was stored and nothing was applied: whoever asked may ask again.
            foreach (var command in _admitted)
                command.Refuse(Full(e));
            return false;
        }
        _host.Committed(begun, _desk.Entries.Count);
        lock (_gate)
            _unwritten = [];
        Record = record ?? Record;
        return true;
    }

    private void Apply()
    {
        var emitted = new List<Emission>();
        var begun = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            foreach (var entry in _desk.Entries)
            {
                var from = emitted.Count;
                _session.Apply(entry, emitted);
                // First where they wait to be written: what waits is never forgotten.
                Emission[] own = [.. emitted[from..]];
                _unwritten.AddRange(own);
                Remember(entry.Seq, own);
            }
            foreach (var command in _admitted)
                command.Applied(_session);
        }
        _lastEntryAt = Stopwatch.GetTimestamp();
        Volatile.Write(ref _appliedTicks, _appliedTicks + _lastEntryAt - begun);
        // By the clock only where questions come at about the time they say.
        if (_desk.Entries[^1] is { Kind: not EntryKind.Advance } last)
            _usedUs = last.AtUs > last.ReceivedUs - ClockSlackUs ? last.AtUs : 0;
        _host.Publish(this, emitted);
    }

    /// <summary>Stores the state as it is, and the statistics that people read from the database.</summary>
    private async ValueTask Snapshot()
    {
        StoredSnapshot snapshot;
        IReadOnlyList<LearningStats> stats;
        lock (_gate)
        {
            _state.Clear();
            LiveSnapshot.Write(_session, _state);
            snapshot = new StoredSnapshot(_session.Seq, _host.NowUs(), _session.Link, StateHash.Of(_state.Written), _session.Engine, _state.Written.ToArray());
            stats = LearningStatistics.Of(_session);
        }
        try
        {
            var written = _unwritten;
            await _journal.Append(new JournalBatch { Session = Id, AfterSeq = _session.Seq, Emissions = written, Snapshot = snapshot, Stats = stats }).ConfigureAwait(false);
            lock (_gate)
                _unwritten = [];
            Volatile.Write(ref _snapshotSeq, snapshot.Seq);
            Volatile.Write(ref _appliedTicks, 0);
        }
        catch (JournalFullException)
        {
            // A snapshot saves time at the next start, no more; it is tried again when it is next due.
        }
        _snapshotAt = Stopwatch.GetTimestamp();
    }

    private void Remember(long seq, Emission[] emissions)
    {
        lock (_recent)
        {
            // What was not written yet cannot be found anywhere else.
            _recent[seq] = emissions;
            _recentOrder.Enqueue(seq);
            while (_recentOrder.Count > RecentMax && (_unwritten.Count == 0 || _recentOrder.Peek() < _unwritten[0].Seq))
                _recent.Remove(_recentOrder.Dequeue());
        }
    }

    private void Stop(Exception problem)
    {
        var refusal = problem switch
        {
            JournalFencedException or JournalBrokenException => new Refusal(503, problem.Message),
            JournalConflictException => new Refusal(503, $"The session {Id} does not stand where its journal does: {problem.Message} It takes no more requests; restart the server."),
            _ => new Refusal(503, $"The session {Id} stopped at entry {_session.Seq}: {problem.Message} It takes no more requests; `hone replay` shows the entry."),
        };
        Fault = refusal.Detail;
        foreach (var command in _commands)
            command.Refuse(refusal);
        _host.Faulted(this, problem);
    }
}
