using System.Collections.Concurrent;
using System.Diagnostics;
using Hone.Adapters.Journals;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading;
using Hone.Trading.Live;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Serving;

/// <summary>All sessions of a server: starts, finds, stops and recovers them, and keeps them tidy. Starting and recovering are one path: what is in the journal is applied.</summary>
public sealed class SessionHost : IAsyncDisposable
{
    private readonly TradingCatalog _catalog;
    private readonly IJournal _journal;
    private readonly TimeProvider _time;
    private readonly SessionLimits _limits;
    private readonly ConcurrentDictionary<string, SessionWriter> _writers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SessionRecord> _stopped = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, UnreadableSession> _unreadable = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _starting = new(1);
    private readonly CancellationTokenSource _ending = new();
    private Task _upkeep = Task.CompletedTask;

    private SessionHost(TradingCatalog catalog, IJournal journal, SessionLimits limits, TimeProvider time)
    {
        (_catalog, _journal, _limits, _time) = (catalog, journal, limits, time);
        Engine = EngineFingerprint.Of(catalog);
    }

    /// <summary>Fingerprint of this build.</summary>
    public string Engine { get; }

    /// <summary>Everything a config can name.</summary>
    public TradingCatalog Catalog => _catalog;

    /// <summary>Where everything is stored.</summary>
    public IJournal Journal => _journal;

    /// <summary>Limits and cadences of its sessions.</summary>
    public SessionLimits Limits => _limits;

    /// <summary>Sessions that take requests, those that stand still for a fault included.</summary>
    public ICollection<SessionWriter> Active => _writers.Values;

    /// <summary>Sessions that were stopped.</summary>
    public ICollection<SessionRecord> Stopped => _stopped.Values;

    /// <summary>Sessions that were not stopped and could not be built from the journal at all; all others work. Symbol and name stay theirs until they are stopped.</summary>
    public IReadOnlyDictionary<string, UnreadableSession> Unreadable => _unreadable;

    /// <summary>Entries applied by this process.</summary>
    public long EntriesApplied => Interlocked.Read(ref _applied);

    /// <summary>Hears what sessions emit, in order for each session. Must return at once.</summary>
    public event Action<SessionWriter, IReadOnlyList<Emission>>? Emitted;

    /// <summary>Hears of a session that was stopped, after everything that it emitted.</summary>
    public event Action<SessionWriter>? Ended;

    /// <summary>Hears of a session that stands still, and of a journal that is lost for good (the exception says which).</summary>
    public event Action<SessionWriter, Exception>? Stalled;

    /// <summary>Hears, once, that the journal will never take a batch again: the process must end.</summary>
    public event Action<string>? JournalLost;

    /// <summary>Hears of a commit: how long it took, in seconds, and how many entries it held.</summary>
    public event Action<double, int>? Committing;

    private long _applied;

    /// <summary>The clock, in microseconds since 1970 UTC.</summary>
    public long NowUs() => (_time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Recovers every active session of a journal.</summary>
    public static async Task<SessionHost> Open(TradingCatalog catalog, IJournal journal, SessionLimits limits, TimeProvider time, CancellationToken cancel = default)
    {
        var host = new SessionHost(catalog, journal, limits, time);
        var records = await journal.Sessions(cancel).ConfigureAwait(false);
        foreach (var record in records)
            if (record.StoppedUs is not null)
                host._stopped[record.Id] = record;
        await Parallel.ForEachAsync(
            records.Where(record => record.StoppedUs is null),
            cancel,
            async (record, token) =>
            {
                try
                {
                    host._writers[record.Id] = await host.Recover(record, token).ConfigureAwait(false);
                }
                catch (Exception e) when (IsOfTheSession(e))
                {
                    // The others are not to suffer for one.
                    host._unreadable[record.Id] = new UnreadableSession(record, e.Message);
                }
            }).ConfigureAwait(false);
        foreach (var writer in host._writers.Values)
            await host.TakeOver(writer).ConfigureAwait(false);
        host._upkeep = Task.Run(host.Upkeep, CancellationToken.None);
        return host;
    }

    /// <summary>The active session of an id; null when there is none.</summary>
    public SessionWriter? Find(string id) => _writers.GetValueOrDefault(id);

    /// <summary>The stopped session of an id; null when there is none.</summary>
    public SessionRecord? FindStopped(string id) => _stopped.GetValueOrDefault(id);

    /// <summary>What lists show of a session, whatever its state; null when there is none.</summary>
    public SessionRecord? RecordOf(string id) => Find(id)?.Record ?? FindStopped(id) ?? _unreadable.GetValueOrDefault(id)?.Record;

    /// <summary>The active session of a symbol and a name; null when there is none.</summary>
    public SessionWriter? Find(string symbol, string name) => _writers.Values.FirstOrDefault(w => w.Setup.Symbol == symbol && w.Setup.Name == name);

    /// <summary>Starts a session.</summary>
    /// <param name="setup">What it is made of.</param>
    /// <param name="continued">A loop that was saved elsewhere and goes on here; null for a fresh one.</param>
    /// <returns>The session; or the one that is in its place already.</returns>
    /// <exception cref="InvalidOptionsException">The setup cannot be used.</exception>
    /// <exception cref="ProblemException">409: a session that cannot be read has its place.</exception>
    public async Task<(SessionWriter Writer, bool Started)> Start(LiveSetup setup, TradingSession? continued = null)
    {
        setup = setup with { Engine = Engine, State = continued is null ? setup.State : setup.State ?? "state" };
        await _starting.WaitAsync().ConfigureAwait(false);
        try
        {
            if (Find(setup.Symbol, setup.Name) is { } there)
                return (there, false);
            if (FindUnreadable(setup.Symbol, setup.Name) is { } unreadable)
                throw new ProblemException(409, $"{setup.Symbol} has the session {unreadable.Record.Id} named '{setup.Name}', which cannot be read: {unreadable.Reason} Stop it first, or choose another name.");
            var session = new LiveSession(_catalog, setup);
            var now = NowUs();
            var record = new SessionRecord(setup.Id, setup.Symbol, setup.Name, now, null);
            var entries = new List<JournalEntry> { JournalEntry.After(0, 1, EntryKind.Start, long.MinValue, now, setup.ToPayload()) };
            if (continued is not null)
                entries.Add(JournalEntry.After(entries[0].Link, 2, EntryKind.Market, continued.LastBarUs, now, Inputs.Of(continued.Market)));
            var emissions = new List<Emission>();
            foreach (var entry in entries)
                session.Apply(entry, emissions);
            StoredSnapshot? snapshot = null;
            if (continued is not null)
            {
                // What it had learned elsewhere is no entry of this journal: the state it begins with is kept as a snapshot.
                session.Adopt(continued);
                snapshot = SnapshotOf(session, now);
            }
            await _journal.Append(new JournalBatch { Session = setup.Id, AfterSeq = 0, Entries = entries, Record = record, Snapshot = snapshot }).ConfigureAwait(false);
            var writer = new SessionWriter(session, record, _journal, this, _limits, snapshot?.Seq ?? 0, []);
            _writers[setup.Id] = writer;
            return (writer, true);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Stops a session, one that stands still or cannot be read as well; its journal stays.</summary>
    /// <returns>Null when it is stopped, otherwise why not.</returns>
    public async Task<Refusal?> Stop(string id)
    {
        if (_unreadable.TryGetValue(id, out var unreadable))
            return await Close(unreadable.Record).ConfigureAwait(false);
        if (Find(id) is not { } writer)
            return _stopped.ContainsKey(id) ? new Refusal(409, $"The session {id} is stopped already.") : new Refusal(404, $"There is no session {id}.");
        var command = await writer.Submit(new StopCommand()).ConfigureAwait(false);
        if (command.Refusal is null)
        {
            _stopped[id] = writer.Record;
            _writers.TryRemove(id, out _);
            Ended?.Invoke(writer);
            return null;
        }
        // It stands still, perhaps since this moment: taking its last snapshot can be what it fails at.
        return writer.Fault is null ? command.Refusal : await Close(writer.Record).ConfigureAwait(false);
    }

    /// <summary>Lets a stopped session go on.</summary>
    public async Task<(SessionWriter? Writer, Refusal? Refusal)> Resume(string id)
    {
        await _starting.WaitAsync().ConfigureAwait(false);
        try
        {
            if (Find(id) is not null)
                return (null, new Refusal(409, $"The session {id} is active.", "config.resume"));
            if (!_stopped.TryGetValue(id, out var record))
                return (null, new Refusal(404, $"There is no session {id}.", "config.resume"));
            if ((Find(record.Symbol, record.Name)?.Id ?? FindUnreadable(record.Symbol, record.Name)?.Record.Id) is { } other)
                return (null, new Refusal(409, $"{record.Symbol} has the active session {other} named '{record.Name}'; stop it first.", "config.resume"));
            SessionWriter writer;
            try
            {
                writer = await Recover(record, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (IsOfTheSession(e))
            {
                return (null, new Refusal(409, $"The session {id} cannot be read: {e.Message}", "config.resume"));
            }
            // Another build may have stopped it: what it computes from here on must be known as its own.
            await TakeOver(writer).ConfigureAwait(false);
            var command = await writer.Submit(new ResumeCommand()).ConfigureAwait(false);
            if (command.Refusal is not null)
                return (null, command.Refusal);
            _writers[id] = writer;
            _stopped.TryRemove(id, out _);
            return (writer, null);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Builds a stopped session from its journal, for reading; null when there is none.</summary>
    /// <exception cref="CorruptStateException">It cannot be read, or not to its end.</exception>
    public async Task<LiveSession?> Load(string id, CancellationToken cancel = default)
    {
        if (!_stopped.TryGetValue(id, out var record))
            return null;
        try
        {
            var recovered = await SessionRecovery.Run(_catalog, _journal, record, long.MaxValue, cancel).ConfigureAwait(false);
            return recovered.Problem is { } problem ? throw new CorruptStateException(problem) : recovered.Session;
        }
        catch (Exception e) when (e is not CorruptStateException && IsOfTheSession(e))
        {
            throw new CorruptStateException($"{id}: {e.Message}");
        }
    }

    internal void Publish(SessionWriter writer, IReadOnlyList<Emission> emissions)
    {
        if (emissions.Count > 0)
            Emitted?.Invoke(writer, emissions);
    }

    internal void Committed(long begun, int entries)
    {
        Interlocked.Add(ref _applied, entries);
        Committing?.Invoke(Stopwatch.GetElapsedTime(begun).TotalSeconds, entries);
    }

    internal void Faulted(SessionWriter writer, Exception problem) => Stalled?.Invoke(writer, problem);

    // What is wrong with one session alone: damage, a part that this build does not have, a learner or an agent that fails. Everything else is the journal's or the process's.
    private static bool IsOfTheSession(Exception problem)
        => problem is not (OutOfMemoryException or OperationCanceledException or JournalFullException or JournalBrokenException or JournalFencedException or JournalConflictException);

    private UnreadableSession? FindUnreadable(string symbol, string name) => _unreadable.Values.FirstOrDefault(u => u.Record.Symbol == symbol && u.Record.Name == name);

    // Without its state no entry can be added: the record alone says that the session is over. It lets go of symbol and name; whoever resumes it has it recovered first.
    private async Task<Refusal?> Close(SessionRecord record)
    {
        var stopped = record with { StoppedUs = record.StoppedUs ?? NowUs() };
        try
        {
            await _journal.Append(new JournalBatch { Session = record.Id, AfterSeq = await LastSeq(record.Id).ConfigureAwait(false), Record = stopped }).ConfigureAwait(false);
        }
        catch (JournalFullException e)
        {
            return new Refusal(507, e.Message) { RetryAfterSecs = 5 };
        }
        catch (Exception e) when (e is JournalBrokenException or JournalFencedException or JournalConflictException)
        {
            return new Refusal(503, e.Message);
        }
        _stopped[record.Id] = stopped;
        _writers.TryRemove(record.Id, out _);
        _unreadable.TryRemove(record.Id, out _);
        return null;
    }

    // Where the journal stands, which is not always where a session that stands still believes it does.
    private async Task<long> LastSeq(string id)
    {
        var snapshots = await _journal.Snapshots(id).ConfigureAwait(false);
        var last = snapshots.Count > 0 ? snapshots[^1].Seq : 0;
        await foreach (var entry in _journal.Entries(id, last + 1).ConfigureAwait(false))
            last = entry.Seq;
        return last;
    }

    private async Task<SessionWriter> Recover(SessionRecord record, CancellationToken cancel)
    {
        var recovered = await SessionRecovery.Run(_catalog, _journal, record, long.MaxValue, cancel).ConfigureAwait(false);
        var writer = new SessionWriter(recovered.Session, record, _journal, this, _limits, recovered.SnapshotSeq, recovered.Unwritten);
        if (recovered.Problem is { } problem)
            writer.Stall(problem);
        return writer;
    }

    private async ValueTask TakeOver(SessionWriter writer)
    {
        if (writer.Fault is not null || writer.Read(session => session.Engine) == Engine)
            return;
        await writer.Submit(new EngineChangedCommand(Engine)).ConfigureAwait(false);
        await writer.Submit(new UpkeepCommand(snapshot: true)).ConfigureAwait(false);
    }

    private static StoredSnapshot SnapshotOf(LiveSession session, long now)
    {
        var writer = new StateWriter();
        LiveSnapshot.Write(session, writer);
        return new StoredSnapshot(session.Seq, now, session.Link, StateHash.Of(writer.Written), session.Engine, writer.Written.ToArray());
    }

    private async Task Upkeep()
    {
        // A few snapshots per round spread the work of many sessions over the interval.
        const int SnapshotsPerRoundMax = 8;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(_limits.FlushMs), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false))
            {
                if (_journal.Health is { Status: JournalStatus.Dead } health)
                {
                    JournalLost?.Invoke(health.Problem ?? "The journal takes no more batches.");
                    return;
                }
                var now = Stopwatch.GetTimestamp();
                var snapshots = 0;
                var due = new List<Task>();
                foreach (var writer in _writers.Values)
                {
                    if (writer.Fault is not null)
                        continue;
                    if (writer.IsIdleAt(NowUs()))
                        due.Add(writer.Submit(new AdvanceCommand(NowUs())).AsTask());
                    if (!writer.IsDue(now, out var snapshot))
                        continue;
                    // All at once: they share a commit.
                    due.Add(writer.Submit(new UpkeepCommand(snapshot && snapshots++ < SnapshotsPerRoundMax)).AsTask());
                }
                await Task.WhenAll(due).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    /// <summary>Takes a snapshot of every session that changed and stops the upkeep. The journal is its owner's to close.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _upkeep.ConfigureAwait(false);
        foreach (var writer in _writers.Values)
            if (writer.Fault is null && writer.EntriesSinceSnapshot > 0)
                await writer.Submit(new UpkeepCommand(snapshot: true)).ConfigureAwait(false);
        _ending.Dispose();
        _starting.Dispose();
    }
}

/// <summary>A session that was not stopped and could not be built from its journal.</summary>
/// <param name="Record">What is known of it.</param>
/// <param name="Reason">Why it could not be built.</param>
public sealed record UnreadableSession(SessionRecord Record, string Reason);
