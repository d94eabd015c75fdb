using System.Collections.Concurrent;
using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Host.Tests.Serving;

/// <summary>A journal that keeps documents in memory and has no sessions.</summary>
internal sealed class DocumentJournal : IJournal
{
    private readonly ConcurrentDictionary<(string Kind, string Id), ReadOnlyMemory<byte>> _documents = new();

    public string Description => "memory";

    public long Epoch => 1;

    public JournalHealth Health => default;

    public IEnumerable<ReadOnlyMemory<byte>> All => _documents.Values;

    public int Removals { get; private set; }

    public ValueTask PutDocument(string kind, string id, ReadOnlyMemory<byte> json, CancellationToken cancel = default)
    {
        _documents[(kind, id)] = json.ToArray();
        return default;
    }

    public ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default)
        => new(_documents.TryGetValue((kind, id), out var json) ? json : (ReadOnlyMemory<byte>?)null);

    public ValueTask<int> RemoveDocuments(string kind, long beforeUs, CancellationToken cancel = default)
    {
        Removals++;
        return new(0);
    }

    public ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default) => throw NoSessions();

    public ValueTask Append(JournalBatch batch, CancellationToken cancel = default) => throw NoSessions();

    public ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default) => throw NoSessions();

    public IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, CancellationToken cancel = default) => throw NoSessions();

    public ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default) => throw NoSessions();

    public ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default) => throw NoSessions();

    public ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default) => throw NoSessions();

    public ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default) => throw NoSessions();

    public ValueTask<long> FirstSeq(string session, CancellationToken cancel = default) => throw NoSessions();

    public ValueTask<long> Compact(string session, long keepFromSeq, long keysBeforeUs, CancellationToken cancel = default) => throw NoSessions();

    public ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default) => throw NoSessions();

    public ValueTask DisposeAsync() => default;

    private static NotSupportedException NoSessions() => new("This journal keeps documents alone.");
}
