namespace Hone.Adapters.Journals.Sqlite;

/// <summary>One caller's write on its way: waits in the queue, is taken into a commit, is answered once.</summary>
/// <param name="run">Writes inside the transaction; returns the result.</param>
/// <param name="bytes">What it holds, roughly.</param>
/// <param name="entries">Entries it brings.</param>
/// <param name="isAlone">Whether it has a transaction of its own.</param>
internal sealed class SqliteWork(Func<SqliteTables, long> run, long bytes, int entries = 0, bool isAlone = false)
{
    private const int Waiting = 0, Taken = 1, Withdrawn = 2;

    private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JournalConflictException? _conflict;
    private long _result;
    private int _state;

    public long Bytes => bytes;

    public bool IsAlone => isAlone;

    /// <summary>Ends with the result, or with why there is none.</summary>
    public Task<long> Done => _done.Task;

    /// <summary>The writer has it now; false when the caller has given up.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>The caller gives up; too late when the writer has it.</summary>
    public void Withdraw(CancellationToken cancel)
    {
        if (Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting)
            _done.TrySetCanceled(cancel);
    }

    /// <summary>Writes; a conflict is its caller's alone and leaves nothing behind. Returns the entries written.</summary>
    public int Run(SqliteTables tables)
    {
        try
        {
            _result = run(tables);
            return entries;
        }
        catch (JournalConflictException e)
        {
            _conflict = e;
            return 0;
        }
    }

    public void Complete()
    {
        if (_conflict is null)
            _done.TrySetResult(_result);
        else
            _done.TrySetException(_conflict);
    }

    public void Fail(Exception why) => _done.TrySetException(why);
}
