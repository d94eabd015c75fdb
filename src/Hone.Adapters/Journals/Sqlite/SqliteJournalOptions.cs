using System.ComponentModel.DataAnnotations;

namespace Hone.Adapters.Journals.Sqlite;

/// <summary>How the embedded journal is kept.</summary>
public sealed record SqliteJournalOptions
{
    /// <summary>The database file; its folder must exist.</summary>
    [Required] public required string Path { get; init; }

    /// <summary>Batches that may wait for a commit; further callers wait for a place.</summary>
    [Range(1, 1_000_000)] public int WaitingMax { get; init; } = 16_384;

    /// <summary>Batches of one commit.</summary>
    [Range(1, 100_000)] public int GroupBatchesMax { get; init; } = 4_096;

    /// <summary>Bytes of one commit, roughly.</summary>
    [Range(65_536, 1 << 30)] public long GroupBytesMax { get; init; } = 64L << 20;

    /// <summary>Bytes of the write-ahead log from which it is written back as soon as nobody waits.</summary>
    [Range(65_536, 1 << 30)] public long CheckpointBytes { get; init; } = 4L << 20;

    /// <summary>Bytes of the write-ahead log from which it is written back although somebody waits.</summary>
    [Range(65_536, 16L << 30)] public long CheckpointBytesMax { get; init; } = 256L << 20;

    /// <summary>Connections that read at once.</summary>
    [Range(1, 64)] public int ReadersMax { get; init; } = 4;

    /// <summary>Snapshots that are kept of each session, the newest ones.</summary>
    [Range(1, 1_000)] public int SnapshotsKept { get; init; } = 2;

    /// <summary>Largest database in pages of 8 KiB; 0 for as large as the disk allows. A full one refuses batches and can still be read.</summary>
    [Range(0, int.MaxValue)] public int PagesMax { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
