namespace Hone.Adapters.Journals;

/// <summary>One caller's write on its way: waits in the queue, is taken into a commit, is answered once.</summary>
internal sealed class PendingWrite
{
    private const int Waiting = 0, Taken = 1, Withdrawn = 2;

    private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    /// <summary>A batch to store, or</summary>
    public JournalBatch? Batch { get; init; }

    /// <summary>a document to store, or</summary>
    public WrittenDocument? Document { get; init; }

    /// <summary>something to remove, alone in its transaction.</summary>
    public PostgresRemoval? Removal { get; init; }

    /// <summary>the same in a file: removes a slice and returns one number.</summary>
    public Func<SqliteDatabase, long>? Slice { get; init; }

    /// <summary>What it holds, roughly.</summary>
    public long Bytes { get; init; }

    /// <summary>Why it is not part of the transaction that is being tried; null while it is.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>What its statement returned.</summary>
    public long Result { get; set; }

    /// <summary>Ends with the result, or with why there is none.</summary>
    public Task<long> Done => _done.Task;

    /// <summary>The writer has it now; false when the caller has given up.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>The caller gives up; false when it is too late.</summary>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting;

    /// <summary>It was stored, or refused for what it says.</summary>
    public void Complete()
    {
        if (Refusal is null)
            _done.TrySetResult(Result);
        else
            _done.TrySetException(Refusal);
    }

    /// <summary>It was not stored.</summary>
    public void Fail(Exception why) => _done.TrySetException(why);
}

/// <summary>A document as it is stored.</summary>
internal sealed record WrittenDocument(string Kind, string Id, ReadOnlyMemory<byte> Json, long WrittenUs);
