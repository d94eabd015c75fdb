using System.Runtime.CompilerServices;
using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Host.Tests.Operating;

/// <summary>A journal in memory whose health a test decides.</summary>
internal sealed class MemoryJournal : IJournal
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SessionRecord> _records = [];
    private readonly Dictionary<string, List<JournalEntry>> _entries = [];
    private readonly Dictionary<string, List<Emission>> _emissions = [];
    private readonly Dictionary<(string, string), TakenKey> _keys = [];
    private long _commits;
    private long _written;

    public string Description => "memory";

    public long Epoch => 1;

    public JournalStatus Status { get; set; }

    public string? Problem { get; set; }

    /// <summary>What the next append throws; null for none.</summary>
    public Exception? Failure { get; set; }

    public JournalHealth Health => new(Status, 0, _commits, _written, 0.5, Problem);

    public ValueTask Append(JournalBatch batch, CancellationToken cancel = default)
    {
        lock (_gate)
        {
            if (Failure is { } failure)
                throw failure;
            if (batch.Record is { } record)
                _records[record.Id] = record;
            Of(_entries, batch.Session).AddRange(batch.Entries);
            Of(_emissions, batch.Session).AddRange(batch.Emissions);
            foreach (var key in batch.Keys)
                _keys.Add((batch.Session, key.Key), key);
            _commits++;
            _written += batch.Entries.Count;
        }
        return default;
    }

    public ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default)
    {
        lock (_gate)
            return new([.. _records.Values]);
    }

    public async IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await Task.CompletedTask;
        JournalEntry[] entries;
        lock (_gate)
            entries = [.. Of(_entries, session)];
        foreach (var entry in entries)
            if (entry.Seq >= fromSeq && entry.Seq <= toSeq)
                yield return entry;
    }

    public ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default)
    {
        lock (_gate)
            return new([.. Of(_emissions, session).Where(e => e.Seq >= fromSeq).Take(limit)]);
    }

    public ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default)
    {
        lock (_gate)
            return new(_keys.TryGetValue((session, key), out var taken) ? taken : (TakenKey?)null);
    }

    public ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default) => new((StoredSnapshot?)null);

    public ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default) => new([]);

    public ValueTask<long> FirstSeq(string session, CancellationToken cancel = default) => new(1);

    public ValueTask<long> Compact(string session, long keepFromSeq, long keysBeforeUs, CancellationToken cancel = default) => new(1);

    public ValueTask PutDocument(string kind, string id, ReadOnlyMemory<byte> json, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default) => new((ReadOnlyMemory<byte>?)null);

    public ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default) => new([]);

    public ValueTask<int> RemoveDocuments(string kind, long beforeUs, CancellationToken cancel = default) => new(0);

    public ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;

    private static List<T> Of<T>(Dictionary<string, List<T>> all, string session)
    {
        if (!all.TryGetValue(session, out var list))
            all.Add(session, list = []);
        return list;
    }
}
