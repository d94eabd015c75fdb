using System.Diagnostics;
using System.Threading.Channels;

namespace Hone.Adapters.Journals.Sqlite;

/// <summary>
/// The one thread that writes: takes what waits, stores it in one transaction with one sync, answers. It alone writes the log back into the database, when nobody waits or when the log has grown too long.
/// </summary>
internal sealed class SqliteWriter
{
    // A commit writes at least the last page of each table and the path to it; SQLite does not say how long its log is.
    private const int CommitBytes = 8 * 8192;

    private readonly SqliteConnection _connection;
    private readonly SqliteTables _tables;
    private readonly SqliteJournalOptions _options;
    private readonly Channel<SqliteWork> _queue;
    private readonly Thread _thread;
    private readonly Lock _healthLock = new();
    private JournalHealth _health;
    private long _loggedBytes;
    private Exception? _end;

    public SqliteWriter(SqliteConnection connection, SqliteJournalOptions options, long epoch)
    {
        (_connection, _options, Epoch) = (connection, options, epoch);
        _tables = new SqliteTables(connection, options.SnapshotsKept);
        _queue = Channel.CreateBounded<SqliteWork>(new BoundedChannelOptions(options.WaitingMax) { SingleReader = true });
        _thread = new Thread(Run) { Name = "journal", IsBackground = true };
        _thread.Start();
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

    /// <summary>Hands work over and waits for its end. A caller may give up as long as the work waits; what is under way is waited for.</summary>
    public async ValueTask<long> Submit(SqliteWork work, CancellationToken cancel)
    {
        ThrowWhereEnded();
        try
        {
            await _queue.Writer.WriteAsync(work, cancel).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            ThrowWhereEnded();
            throw new ObjectDisposedException(nameof(SqliteJournal));
        }
        await using var registration = cancel.UnsafeRegister(static (state, token) => ((SqliteWork)state!).Withdraw(token), work).ConfigureAwait(false);
        return await work.Done.ConfigureAwait(false);
    }

    /// <summary>Stores what waits, writes the log back, ends.</summary>
    public void Close()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
    }

    private void ThrowWhereEnded()
    {
        if (Volatile.Read(ref _end) is { } end)
            throw Copy(end);
    }

    private void Run()
    {
        var group = new List<SqliteWork>();
        try
        {
            while (Volatile.Read(ref _end) is null && _queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                Take(group);
                if (group.Count > 0)
                    Store(group);
                if (_end is null)
                    WriteBack();
            }
            if (_end is null)
                _connection.Checkpoint(truncate: true);
        }
        catch (SqliteFailureException e)
        {
            // Not even the log could be written back: it is read again at the next start.
            _end ??= Broken(e);
        }
        finally
        {
            _end ??= new ObjectDisposedException(nameof(SqliteJournal));
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var waiting))
                waiting.Fail(Copy(_end));
            _tables.Dispose();
            _connection.Dispose();
        }
    }

    private void Take(List<SqliteWork> group)
    {
        group.Clear();
        var bytes = 0L;
        while (group.Count < _options.GroupBatchesMax && bytes < _options.GroupBytesMax && _queue.Reader.TryPeek(out var next))
        {
            // What takes long must not be undone for others, nor others for it.
            if (next.IsAlone && group.Count > 0)
                return;
            _queue.Reader.TryRead(out _);
            if (!next.TryTake())
                continue;
            group.Add(next);
            bytes += next.Bytes;
            if (next.IsAlone)
                return;
        }
    }

    private void Store(List<SqliteWork> group)
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            _connection.Execute("BEGIN IMMEDIATE");
            if (!_tables.IsMine(Epoch))
                throw new JournalFencedException($"Another server has taken over {_options.Path}; this one must end.");
            var entries = 0;
            foreach (var work in group)
                entries += work.Run(_tables);
            _connection.Execute("COMMIT");
            _tables.Committed();
            _loggedBytes += CommitBytes + group.Sum(work => work.Bytes);
            SetHealth(JournalStatus.Writable, null, Stopwatch.GetElapsedTime(begun).TotalMilliseconds, entries);
            foreach (var work in group)
                work.Complete();
        }
        catch (SqliteFailureException e) when (e.MayPass)
        {
            Undo();
            // Busy belongs to no other writer of ours: somebody has the file open in another program.
            var full = new JournalFullException(
                e.IsFull ? $"There is no room for the journal {_options.Path}: free some space; nothing was stored, and what was stored can be read." : $"The journal {_options.Path} cannot be written for now: {e.Message}.", e);
            SetHealth(JournalStatus.Refusing, full.Message, Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 0);
            foreach (var work in group)
                work.Fail(Copy(full));
        }
        catch (Exception e)
        {
            Undo();
            var end = e is JournalFencedException ? e : Broken(e);
            Volatile.Write(ref _end, end);
            SetHealth(JournalStatus.Dead, end.Message, Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 0);
            foreach (var work in group)
                work.Fail(Copy(end));
        }
    }

    private void Undo()
    {
        _tables.RolledBack();
        try
        {
            if (_connection.IsInTransaction)
                _connection.Execute("ROLLBACK");
        }
        catch (SqliteFailureException)
        {
            // The transaction was never acknowledged; SQLite discards it when the file is next opened.
        }
    }

    private void WriteBack()
    {
        if (_loggedBytes < _options.CheckpointBytes || (_queue.Reader.Count > 0 && _loggedBytes < _options.CheckpointBytesMax))
            return;
        try
        {
            _connection.Checkpoint(truncate: false);
            _loggedBytes = 0;
        }
        catch (SqliteFailureException e) when (e.IsFull)
        {
            // The log stays as it is; the next attempt may find room.
            SetHealth(JournalStatus.Refusing, e.Message, _health.LastCommitMs, 0);
        }
        catch (SqliteFailureException e)
        {
            Volatile.Write(ref _end, Broken(e));
            SetHealth(JournalStatus.Dead, _end!.Message, _health.LastCommitMs, 0);
        }
    }

    private void SetHealth(JournalStatus status, string? problem, double commitMs, int entries)
    {
        lock (_healthLock)
            _health = new JournalHealth(status, 0, _health.Commits + (problem is null ? 1 : 0), _health.Entries + entries, commitMs, problem);
    }

    private JournalBrokenException Broken(Exception e)
        => new($"The journal {_options.Path} failed: {e.Message}. What was acknowledged is on the disk; the server must end and start again, and the disk should be checked.", e);

    private static Exception Copy(Exception end) => end switch
    {
        JournalFencedException => new JournalFencedException(end.Message),
        JournalFullException => new JournalFullException(end.Message, end),
        JournalBrokenException => new JournalBrokenException(end.Message, end),
        _ => new ObjectDisposedException(nameof(SqliteJournal)),
    };
}
