using System.Threading.Channels;
using Npgsql;

namespace Hone.Adapters.Journals;

/// <summary>
/// The one that writes: takes what waits, stores it in one transaction, answers. While nobody writes it renews the lease by an empty transaction.
/// A transaction that was lost on the way is decided by the writer's turn: it has moved exactly when that transaction was stored, and a transaction that is still on its way holds the row that says so.
/// </summary>
internal sealed class PostgresWriter
{
    private readonly PostgresConnections _connections;
    private readonly PostgresJournalOptions _options;
    private readonly Channel<PendingWrite> _queue;
    private readonly Task _run;
    private readonly Lock _healthLock = new();
    private NpgsqlConnection? _connection;
    private long _turn;
    private long? _outSince;
    private volatile bool _closing;
    private volatile bool _outOfReach;
    private JournalHealth _health;
    private Exception? _end;

    /// <summary>Starts to write.</summary>
    /// <param name="connections">Where.</param>
    /// <param name="options">How patiently.</param>
    /// <param name="connection">The connection over which the lease was taken; this writer owns it.</param>
    /// <param name="epoch">The epoch that was taken.</param>
    public PostgresWriter(PostgresConnections connections, PostgresJournalOptions options, NpgsqlConnection connection, long epoch)
    {
        _connections = connections;
        _options = options;
        _connection = connection;
        Epoch = epoch;
        _queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(options.QueueBatchesMax) { SingleReader = true });
        _run = Task.Run(Run);
    }

    /// <summary>Number of this writer.</summary>
    public long Epoch { get; }

    /// <summary>How it is doing.</summary>
    public JournalHealth Health
    {
        get
        {
            lock (_healthLock)
                return _health with { Waiting = _queue.Reader.Count };
        }
    }

    /// <summary>Hands a write over and waits for its end. A caller may give up as long as the write waits; one that is under way is waited for.</summary>
    public async ValueTask<long> Submit(PendingWrite write, CancellationToken cancel)
    {
        ThrowWhereNone();
        try
        {
            await _queue.Writer.WriteAsync(write, cancel);
        }
        catch (ChannelClosedException)
        {
            ThrowWhereNone();
            throw new ObjectDisposedException(nameof(PostgresJournal));
        }
        await using var registration = cancel.UnsafeRegister(static (state, token) =>
        {
            var waiting = (PendingWrite)state!;
            if (waiting.TryWithdraw())
                waiting.Fail(new OperationCanceledException(token));
        }, write);
        return await write.Done;
    }

    /// <summary>Stores what waits, gives the lease back, ends.</summary>
    public async Task Close()
    {
        _closing = true;
        _queue.Writer.TryComplete();
        await _run;
    }

    private void ThrowWhereNone()
    {
        if (_end is { } end)
            throw Copy(end);
        if (_outOfReach)
            throw new JournalFullException(Health.Problem ?? $"{_connections.Description} is out of reach.");
    }

    private async Task Run()
    {
        try
        {
            while (await NextGroup() is { } group)
                await Store(group);
            if (_connection is not null && _end is null)
                await PostgresLease.Release(_connection, Epoch, CancellationToken.None);
        }
        catch (Exception e) when (PostgresFaults.Of(e) == PostgresFault.OutOfReach)
        {
            // The lease was not given back; it runs out by itself.
        }
        finally
        {
            await Disconnect();
            _end ??= new ObjectDisposedException(nameof(PostgresJournal));
            _queue.Writer.TryComplete();
            Drain(_end);
        }
    }

    // What waits, up to the limits of one transaction; nothing when the lease is to be renewed; null at the end.
    private async Task<List<PendingWrite>?> NextGroup()
    {
        var group = new List<PendingWrite>();
        if (_end is not null)
            return null;
        // Nobody is let in before the server is back: look for it at once, not when the lease is due.
        if (_outOfReach && !_closing)
            return group;
        if (!_queue.Reader.TryPeek(out _))
        {
            using var renewal = new CancellationTokenSource(TimeSpan.FromSeconds(_options.TakeOverAfterSecs / 3), _options.Time);
            try
            {
                if (!await _queue.Reader.WaitToReadAsync(renewal.Token))
                    return null;
            }
            catch (OperationCanceledException)
            {
                return group;
            }
        }
        long bytes = 0;
        while (group.Count < _options.GroupBatchesMax && bytes < _options.GroupBytesMax && _queue.Reader.TryPeek(out var next))
        {
            // Removing takes long: it must not be undone for others, nor others for it.
            if (next.Removal is not null && group.Count > 0)
                break;
            _queue.Reader.TryRead(out _);
            if (!next.TryTake())
                continue;
            group.Add(next);
            bytes += next.Bytes;
            if (next.Removal is not null)
                break;
        }
        return group;
    }

    private async Task Store(List<PendingWrite> group)
    {
        var inDoubt = false;
        var entries = 0;
        for (var attempt = 0; ; attempt++)
        {
            var committing = false;
            try
            {
                _connection ??= await Reconnect();
                var started = _options.Time.GetTimestamp();
                var transaction = new PostgresTransaction(_connection, group);
                if (!await transaction.Begin(Epoch, _turn, _options.TakeOverAfterSecs, CancellationToken.None))
                {
                    if (!await WasStored(inDoubt))
                        return;
                }
                else
                {
                    // From here on the lost transaction, where there was one, is known not to have been stored and never will be: this one holds its turn.
                    inDoubt = false;
                    await transaction.Store(CancellationToken.None);
                    entries = transaction.Entries;
                    committing = true;
                    await transaction.Commit(CancellationToken.None);
                }
                _turn++;
                Succeeded(group, entries, _options.Time.GetElapsedTime(started).TotalMilliseconds);
                foreach (var write in group)
                    write.Complete();
                return;
            }
            catch (Exception raised)
            {
                // A connection that broke between two statements says so by an error that is otherwise a programmer's.
                var e = raised is InvalidOperationException and not ObjectDisposedException && _connection is { FullState: not System.Data.ConnectionState.Open } ? new IOException(raised.Message, raised) : raised;
                await Disconnect();
                inDoubt |= committing && !PostgresFaults.IsRefusal(e);
                if (!await Again(e, group, inDoubt, attempt))
                    return;
            }
        }

        // The row did not have this epoch and turn. Either the lost transaction moved it, or somebody else did.
        async Task<bool> WasStored(bool doubt)
        {
            await using var look = new NpgsqlCommand("SELECT epoch, turn, holder FROM hone.writer", _connection);
            await using var reader = await look.ExecuteReaderAsync();
            var (epoch, turn, holder) = await reader.ReadAsync() ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2)) : (0, 0, "nobody");
            if (doubt && epoch == Epoch && turn == _turn + 1)
                return true;
            End(group, epoch != Epoch
                ? new JournalFencedException($"The journal has a later writer: {holder}, epoch {epoch}; this one has epoch {Epoch} and may never write again."
                    + (doubt ? " Whether the batches of its last commit were stored, only the journal can tell." : ""))
                : new JournalBrokenException($"The journal's turn is {turn} where this writer, which alone may move it, left {_turn}: somebody changed hone.writer by hand, or a backup was restored over a running server."));
            return false;
        }
    }

    // Decides after an error whether to try the same again; otherwise everybody has been answered.
    private async Task<bool> Again(Exception error, List<PendingWrite> group, bool inDoubt, int attempt)
    {
        var sentence = PostgresFaults.Sentence(error);
        switch (PostgresFaults.Of(error))
        {
            case PostgresFault.Broken:
                End(group, new JournalBrokenException($"{_connections.Description}: {sentence}. What is stored does not fit what this writer knows; the server must be started again.", error));
                return false;
            case PostgresFault.Full when !inDoubt:
                var full = $"{_connections.Description} has no room: {sentence}.";
                Report(JournalStatus.Refusing, full);
                foreach (var write in group)
                    write.Fail(new JournalFullException(full, error));
                return false;
        }

        _outSince ??= _options.Time.GetTimestamp();
        var outSecs = _options.Time.GetElapsedTime(_outSince.Value).TotalSeconds;
        var closing = _closing;
        var problem = $"{_connections.Description} has been out of reach for {outSecs:0} s: {sentence}";
        var refusing = closing || outSecs > _options.OutageMaxSecs;
        Report(refusing ? JournalStatus.Refusing : JournalStatus.Writable, problem);
        _outOfReach = refusing;
        if (refusing)
        {
            // A batch in doubt is neither refused nor acknowledged: it waits until the server can say, or until this writer ends.
            if (closing && inDoubt && group.Count > 0 && outSecs > _options.CommandTimeoutSecs)
            {
                End(group, new JournalBrokenException($"{problem}. Whether the last commit was stored is not known; the next start reads it.", error));
                return false;
            }
            if (!inDoubt)
                foreach (var write in group)
                    write.Fail(new JournalFullException(problem, error));
            Drain(new JournalFullException(problem, error));
        }
        // Without a batch of its own the attempt goes on as a probe; at the end there is nothing to probe for.
        if (group.Count == 0 ? closing : refusing && !inDoubt)
            return false;
        await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(2000, 20 << Math.Min(attempt, 7))), _options.Time);
        return true;
    }

    private async Task<NpgsqlConnection> Reconnect()
    {
        var connection = await _connections.OpenWriter(CancellationToken.None);
        _connections.ForgetReaders();
        return connection;
    }

    private async Task Disconnect()
    {
        if (_connection is not { } lost)
            return;
        _connection = null;
        try
        {
            await lost.DisposeAsync();
        }
        catch (Exception e) when (PostgresFaults.Of(e) == PostgresFault.OutOfReach)
        {
            // It was lost already.
        }
    }

    private void Succeeded(List<PendingWrite> group, int entries, double tookMs)
    {
        lock (_healthLock)
        {
            _outSince = null;
            _outOfReach = false;
            _health = group.Count == 0
                ? _health with { Status = JournalStatus.Writable, Problem = null }
                : new JournalHealth(JournalStatus.Writable, 0, _health.Commits + 1, _health.Entries + entries, tookMs, null);
        }
    }

    private void Report(JournalStatus status, string? problem)
    {
        lock (_healthLock)
            _health = _health with { Status = status, Problem = problem };
    }

    private void End(List<PendingWrite> group, Exception why)
    {
        _end = why;
        Report(JournalStatus.Dead, why.Message);
        foreach (var write in group)
            write.Fail(Copy(why));
        _queue.Writer.TryComplete();
        Drain(why);
    }

    private void Drain(Exception why)
    {
        while (_queue.Reader.TryRead(out var write))
            if (write.TryTake())
                write.Fail(Copy(why));
    }

    // One exception object per caller: each throws its own.
    private static Exception Copy(Exception why) => why switch
    {
        JournalFencedException => new JournalFencedException(why.Message),
        JournalBrokenException => new JournalBrokenException(why.Message, why.InnerException),
        JournalFullException => new JournalFullException(why.Message, why.InnerException),
        _ => new ObjectDisposedException(nameof(PostgresJournal)),
    };
}
