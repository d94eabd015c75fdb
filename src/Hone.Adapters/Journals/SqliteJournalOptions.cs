using System.ComponentModel.DataAnnotations;

namespace Hone.Adapters.Journals;

/// <summary>Where a journal in a file is, and what bounds it.</summary>
public sealed record SqliteJournalOptions
{
    /// <summary>The database file; beside it stand <c>-wal</c>, <c>-shm</c>, <c>.lock</c> and <c>.pid</c>. Its folder is made where it is missing.</summary>
    public required string Path { get; init; }

    /// <summary>Batches that may wait for the next commit; further callers wait for a place.</summary>
    [Range(1, 1_000_000)]
    public int WaitingMax { get; init; } = 4096;

    /// <summary>Batches that one commit stores at most.</summary>
    [Range(1, 10_000)]
    public int GroupBatchesMax { get; init; } = 512;

    /// <summary>Bytes after which a commit takes no further batch.</summary>
    [Range(1 << 16, 1 << 28)]
    public int GroupBytesMax { get; init; } = 16 << 20;

    /// <summary>Connections that read at the same time; further readers wait for one.</summary>
    [Range(1, 64)]
    public int ReadersMax { get; init; } = 4;

    /// <summary>Page cache of the writing connection in KiB; each reader has a quarter of it.</summary>
    [Range(256, 1 << 22)]
    public int CacheKiB { get; init; } = 16 << 10;

    /// <summary>Bytes of the write-ahead log, roughly, after which the writer moves it into the database. Little at a time: who waits meanwhile waits for milliseconds.</summary>
    [Range(1 << 16, 1 << 30)]
    public int CheckpointBytes { get; init; } = 2 << 20;

    /// <summary>Largest size of the database in 4-KiB pages; what does not fit is refused as a full disk would.</summary>
    [Range(64, 1_073_741_823)]
    public int PagesMax { get; init; } = 1_073_741_823;

    /// <summary>Clock of commit times and of the moments at which documents were written.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Tests only: open beside a living writer, to see it fenced by its epoch.</summary>
    internal bool WithoutLock { get; init; }

    /// <summary>Tests only: without syncs, the negative control of the tests that drop what was not synced.</summary>
    internal bool WithoutSync { get; init; }
}
