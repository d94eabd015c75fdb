using System.Threading.Channels;
using SQLitePCL;

namespace Hone.Adapters.Journals;

/// <summary>
/// The one that writes, on a thread of its own: takes what waits, stores it in one transaction, syncs, answers. It also moves the write-ahead log into the database, and nobody else does:
/// the defect of SQLite before 3.51.3 that can damage a log needs two connections at it.
/// </summary>
internal sealed class SqliteWriter
{
    private readonly SqliteDatabase _database;
    private readonly SqliteTransaction _transaction;
    private readonly SqliteJournalOptions _options;
    private readonly Channel<PendingWrite> _queue;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _healthLock = new();
    private JournalHealth _health;
    private long _loggedBytes;
    private volatile Exception? _end;

    /// <summary>Starts to write over a connection, which this writer owns from now on.</summary>
    public SqliteWriter(SqliteDatabase database, SqliteJournalOptions options, long epoch)
    {
        _database = database;
        _transaction = new SqliteTransaction(database);
        _options = options;
        Epoch = epoch;
        _queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(options.WaitingMax) { SingleReader = true });
        new Thread(Run) { IsBackground = true, Name = "journal" }.Start();
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
        if (_end is { } end)
            throw Copy(end);
        try
        {
            await _queue.Writer.WriteAsync(write, cancel);
        }
        catch (ChannelClosedException)
        {
            throw Copy(_end);
        }
        await using var registration = cancel.UnsafeRegister(static (state, token) =>
        {
            var waiting = (PendingWrite)state!;
            if (waiting.TryWithdraw())
                waiting.Fail(new OperationCanceledException(token));
        }, write);
        return await write.Done;
    }

    /// <summary>Stores what waits, moves the log, closes.</summary>
    public Task Close()
    {
        _queue.Writer.TryComplete();
        return _ended.Task;
    }

    private void Run()
    {
        try
        {
            while (_end is null && NextGroup() is { } group)
                Store(group);
        }
        finally
        {
            _end ??= new ObjectDisposedException(nameof(SqliteJournal));
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var write))
                if (write.TryTake())
                    write.Fail(Copy(_end));
            _database.Dispose();
            _ended.SetResult();
        }
    }

    private List<PendingWrite>? NextGroup()
    {
        if (!_queue.Reader.TryPeek(out _) && !_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            return null;
        var group = new List<PendingWrite>();
        long bytes = 0;
        while (group.Count < _options.GroupBatchesMax && bytes < _options.GroupBytesMax && _queue.Reader.TryRead(out var next))
        {
            if (!next.TryTake())
                continue;
            group.Add(next);
            bytes += next.Bytes;
        }
        _loggedBytes += bytes;
        return group;
    }

    private void Store(List<PendingWrite> group)
    {
        if (group.Count == 0)
            return;
        var started = _options.Time.GetTimestamp();
        try
        {
            var entries = 0;
            _transaction.Begin(Epoch);
            foreach (var write in group)
            {
                if (write.Batch is { } batch)
                {
                    write.Refusal = _transaction.Store(batch);
                    entries += write.Refusal is null ? batch.Entries.Count : 0;
                }
                else if (write.Document is { } document)
                    _transaction.Store(document);
                else if (write.Slice is { } slice)
                    write.Result = slice(_database);
            }
            _transaction.Commit();
            lock (_healthLock)
                _health = new JournalHealth(JournalStatus.Writable, 0, _health.Commits + 1, _health.Entries + entries, _options.Time.GetElapsedTime(started).TotalMilliseconds, null);
        }
        catch (Exception e)
        {
            GiveUp(group, e);
            return;
        }
        foreach (var write in group)
            write.Complete();
        MoveLog(group.Count);
    }

    private void GiveUp(List<PendingWrite> group, Exception error)
    {
        Exception why = error switch
        {
            JournalFencedException => error,
            SqliteFaultException { Kind: SqliteFaultKind.Full } => new JournalFullException($"There is no room for the journal '{_options.Path}': {error.Message}. Make room; nothing was stored, and nothing stored is lost.", error),
            SqliteFaultException { Kind: SqliteFaultKind.Busy } => new JournalFullException($"Another program holds the journal '{_options.Path}': {error.Message}. Close it; nothing was stored.", error),
            _ => Broken(error),
        };
        try
        {
            _transaction.Rollback();
        }
        catch (SqliteFaultException e)
        {
            why = Broken(e);
        }
        var isFinal = why is not JournalFullException;
        lock (_healthLock)
            _health = _health with { Status = isFinal ? JournalStatus.Dead : JournalStatus.Refusing, Problem = why.Message };
        if (isFinal)
            _end = why;
        foreach (var write in group)
            write.Fail(Copy(why));
    }

    private JournalBrokenException Broken(Exception error)
        => new($"The journal '{_options.Path}' failed: {error.Message}. What was not acknowledged may or may not be stored; the server must end and start again.", error);

    // After the callers have their answers: they do not wait for it. Pages are 4 KiB, and a batch touches a few whatever it holds.
    private void MoveLog(int batches)
    {
        const int BytesPerBatch = 2048;
        _loggedBytes += batches * BytesPerBatch;
        if (_loggedBytes < _options.CheckpointBytes)
            return;
        _loggedBytes = 0;
        var code = raw.sqlite3_wal_checkpoint_v2(_database.Handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        if (code == raw.SQLITE_OK)
            return;
        // A full disk or a reader in the way leaves the log as it is: what it holds is safe, and the next attempt goes on.
        var fault = _database.Fault();
        if (fault.Kind == SqliteFaultKind.Broken)
            GiveUp([], fault);
    }

    // One exception object per caller: each throws its own.
    private static Exception Copy(Exception? why) => why switch
    {
        JournalFencedException => new JournalFencedException(why.Message),
        JournalBrokenException => new JournalBrokenException(why.Message, why.InnerException),
        JournalFullException => new JournalFullException(why.Message, why.InnerException),
        _ => new ObjectDisposedException(nameof(SqliteJournal)),
    };
}
