using Hone.Trading.Live;

namespace Hone.Adapters.Journals;

/// <summary>
/// Where sessions keep what happened to them. One writer per journal, fenced by an epoch; what <see cref="Append"/> has returned for survives a kill and a power loss.
/// Batches of all sessions are committed together: many callers wait for one sync.
/// </summary>
/// <remarks>Thread-safe. Every backend passes the same acceptance suite.</remarks>
public interface IJournal : IAsyncDisposable
{
    /// <summary>What and where it is, for people and logs; holds no secret.</summary>
    string Description { get; }

    /// <summary>Number of this writer: higher than that of every writer before it.</summary>
    long Epoch { get; }

    /// <summary>Free for the moment, full, or dead; what readiness and queue metrics show.</summary>
    JournalHealth Health { get; }

    /// <summary>Stores a batch: all of it or nothing. Returns after the commit.</summary>
    /// <exception cref="JournalConflictException">The batch does not continue the session where it stands, or a key is taken; nothing was stored.</exception>
    /// <exception cref="JournalFencedException">A later writer has taken over; this one may never write again.</exception>
    /// <exception cref="JournalFullException">There is no room; nothing was stored, and a later attempt may succeed.</exception>
    /// <exception cref="JournalBrokenException">The storage failed in a way after which nothing that is not yet acknowledged can be trusted; the process must end.</exception>
    ValueTask Append(JournalBatch batch, CancellationToken cancel = default);

    /// <summary>All sessions, started and stopped, in the order of their start.</summary>
    ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default);

    /// <summary>Entries of a session from <paramref name="fromSeq"/> to <paramref name="toSeq"/>, both included, in order. Those that were compacted are left out.</summary>
    IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, CancellationToken cancel = default);

    /// <summary>Stored emissions of a session from <paramref name="fromSeq"/> on, in order of seq and n, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default);

    /// <summary>Who has taken a key; null when nobody.</summary>
    ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default);

    /// <summary>The newest snapshot at or before a position; null when there is none.</summary>
    ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default);

    /// <summary>Positions and hashes of all snapshots of a session, oldest first.</summary>
    ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default);

    /// <summary>First entry that is still there; 1 when nothing was compacted.</summary>
    ValueTask<long> FirstSeq(string session, CancellationToken cancel = default);

    /// <summary>
    /// Removes entries and emissions before <paramref name="keepFromSeq"/> and the snapshots before the newest one at or before it, keys of entries received before <paramref name="keysBeforeUs"/> included.
    /// Never removes what the newest snapshot needs to be continued.
    /// </summary>
    /// <returns>The first entry that is still there.</returns>
    ValueTask<long> Compact(string session, long keepFromSeq, long keysBeforeUs, CancellationToken cancel = default);

    /// <summary>Stores a small document under a kind and an id, in place of an earlier one.</summary>
    ValueTask PutDocument(string kind, string id, ReadOnlyMemory<byte> json, CancellationToken cancel = default);

    /// <summary>A document; null when there is none.</summary>
    ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default);

    /// <summary>Documents of a kind whose id is after <paramref name="afterId"/>, in order of the id.</summary>
    ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default);

    /// <summary>Removes documents of a kind that were last written before a moment.</summary>
    ValueTask<int> RemoveDocuments(string kind, long beforeUs, CancellationToken cancel = default);

    /// <summary>Writes a consistent copy while others read and write, under a temporary name first.</summary>
    /// <param name="path">The file; must not exist.</param>
    /// <param name="progress">Share that is done, 0…1.</param>
    /// <param name="cancel">Stops it; nothing is left behind.</param>
    ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default);
}

/// <summary>What is stored at once for one session.</summary>
public sealed class JournalBatch
{
    /// <summary>The session.</summary>
    public required string Session { get; init; }

    /// <summary>Last entry before this batch, 0 for a new session.</summary>
    public required long AfterSeq { get; init; }

    /// <summary>New entries, without gaps from <see cref="AfterSeq"/> + 1.</summary>
    public IReadOnlyList<JournalEntry> Entries { get; init; } = [];

    /// <summary>Keys that the new entries take.</summary>
    public IReadOnlyList<TakenKey> Keys { get; init; } = [];

    /// <summary>Emissions of earlier entries.</summary>
    public IReadOnlyList<Emission> Emissions { get; init; } = [];

    /// <summary>The session's record, where it is new or changes.</summary>
    public SessionRecord? Record { get; init; }

    /// <summary>State at an entry that is stored already or in this batch.</summary>
    public StoredSnapshot? Snapshot { get; init; }

    /// <summary>Rows of the table <c>model_learning_stats</c>, in place of those of the same session and model.</summary>
    public IReadOnlyList<LearningStats> Stats { get; init; } = [];
}

/// <summary>A session as lists show it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Symbol">Market.</param>
/// <param name="Name">Name within the symbol; one active session per symbol and name.</param>
/// <param name="StartedUs">When it was started, microseconds since 1970 UTC.</param>
/// <param name="StoppedUs">When it was stopped; null while it is active.</param>
public sealed record SessionRecord(string Id, string Symbol, string Name, long StartedUs, long? StoppedUs);

/// <summary>A key and the entry that took it.</summary>
/// <param name="Key">See <see cref="JournalKey"/>.</param>
/// <param name="Seq">The entry.</param>
/// <param name="Body">Hash of what was said with it: the same key with another hash is another request.</param>
public readonly record struct TakenKey(string Key, long Seq, UInt128 Body);

/// <summary>A state of a session.</summary>
/// <param name="Seq">Last entry it holds.</param>
/// <param name="TakenUs">When it was taken, microseconds since 1970 UTC.</param>
/// <param name="Link">Link of that entry.</param>
/// <param name="Hash">State hash, 32 hex digits.</param>
/// <param name="Engine">Fingerprint of the build that wrote it.</param>
/// <param name="State">The state.</param>
public sealed record StoredSnapshot(long Seq, long TakenUs, UInt128 Link, string Hash, string Engine, ReadOnlyMemory<byte> State);

/// <summary>A snapshot without its state.</summary>
public readonly record struct SnapshotInfo(long Seq, long TakenUs, string Hash, string Engine, long Bytes);

/// <summary>One row of the table <c>model_learning_stats</c>; the columns have these names in snake_case.</summary>
/// <param name="Symbol">Market.</param>
/// <param name="ModelName">Member, or <c>panel</c>.</param>
/// <param name="Predictions">Predictions made.</param>
/// <param name="Resolved">Predictions scored.</param>
/// <param name="Correct">Predictions that were right.</param>
/// <param name="Accuracy">Share that was right; null before the first.</param>
/// <param name="EmaAccuracy">Exponential mean of being right.</param>
/// <param name="AdaptiveThreshold">Confidence from which it acts.</param>
/// <param name="AdaptiveWeight">Weight in the ensemble.</param>
/// <param name="ThompsonAlpha">Successes of the posterior.</param>
/// <param name="ThompsonBeta">Failures of the posterior.</param>
/// <param name="LogLoss">Mean log-loss in nats; null before the first.</param>
/// <param name="CalibrationError">Mean confidence minus accuracy over the window.</param>
/// <param name="State">voting, warming-up, baseline, lost-vote, failed or stale.</param>
/// <param name="UpdatedUs">Event time of the last answer, microseconds since 1970 UTC; null before the first.</param>
public sealed record LearningStats(
    string Symbol, string ModelName, long Predictions, long Resolved, long Correct, double? Accuracy, double EmaAccuracy, double AdaptiveThreshold, double AdaptiveWeight,
    double ThompsonAlpha, double ThompsonBeta, double? LogLoss, double CalibrationError, string State, long? UpdatedUs);

/// <summary>How a journal is doing.</summary>
/// <param name="Status">Whether it takes batches.</param>
/// <param name="Waiting">Batches that wait for the next commit.</param>
/// <param name="Commits">Commits so far.</param>
/// <param name="Entries">Entries written so far by this writer.</param>
/// <param name="LastCommitMs">Milliseconds that the last commit took.</param>
/// <param name="Problem">What is wrong, in a sentence; null when nothing is.</param>
public readonly record struct JournalHealth(JournalStatus Status, int Waiting, long Commits, long Entries, double LastCommitMs, string? Problem);

/// <summary>Whether a journal takes batches.</summary>
public enum JournalStatus
{
    /// <summary>It does.</summary>
    Writable,

    /// <summary>It refuses for want of room, or cannot be reached; it may take batches again.</summary>
    Refusing,

    /// <summary>It will never again.</summary>
    Dead,
}

/// <summary>A batch that does not fit what is stored.</summary>
public sealed class JournalConflictException(string message) : Exception(message);

/// <summary>A later writer has taken over.</summary>
public sealed class JournalFencedException(string message) : Exception(message);

/// <summary>No room, or out of reach for now; nothing was stored.</summary>
public sealed class JournalFullException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The storage cannot be trusted any more; the process must end and start again.</summary>
public sealed class JournalBrokenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The journal cannot be opened: another writer, a newer schema, damage. The message says what to do.</summary>
public sealed class JournalOpenException(string message, Exception? inner = null) : Exception(message, inner);
