using System.ComponentModel.DataAnnotations;
using System.Text;

namespace Hone.Adapters.Journals;

/// <summary>Where a journal in PostgreSQL is, and how patient it is.</summary>
public sealed record PostgresJournalOptions
{
    /// <summary>A URL <c>postgres://user:password@host:port/database?sslmode=verify-full</c> or an Npgsql connection string. Without a password in it, <c>PGPASSWORD</c> or a password file is used.</summary>
    public required string Connection { get; init; }

    /// <summary>Seconds without a sign of life after which another writer may take over; renewed three times in that time.</summary>
    [Range(0.1, 3600.0)]
    public double TakeOverAfterSecs { get; init; } = 15;

    /// <summary>Seconds that batches wait for a server that is out of reach before they are refused.</summary>
    [Range(0.1, 3600.0)]
    public double OutageMaxSecs { get; init; } = 30;

    /// <summary>Seconds after which a statement without an answer counts as a lost connection; also how long connecting may take and how long the server lets a silent transaction stay open.</summary>
    [Range(1, 600)]
    public int CommandTimeoutSecs { get; init; } = 10;

    /// <summary>Batches that may wait for the next commit; further callers wait for a place.</summary>
    [Range(1, 1_000_000)]
    public int QueueBatchesMax { get; init; } = 4096;

    /// <summary>Batches that one commit stores at most.</summary>
    [Range(1, 10_000)]
    public int GroupBatchesMax { get; init; } = 512;

    /// <summary>Bytes after which a commit takes no further batch.</summary>
    [Range(1 << 16, 1 << 28)]
    public int GroupBytesMax { get; init; } = 16 << 20;

    /// <summary>Connections that read at the same time; further readers wait for one.</summary>
    [Range(1, 100)]
    public int ReadersMax { get; init; } = 4;

    /// <summary>Clock of waiting times and of the moments at which documents were written. Leases go by the server's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    // A record prints its properties; this one holds a password.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"TakeOverAfterSecs = {TakeOverAfterSecs}, OutageMaxSecs = {OutageMaxSecs}, CommandTimeoutSecs = {CommandTimeoutSecs}");
        return true;
    }
}
