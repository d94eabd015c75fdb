using Hone.Trading.Live;

namespace Hone.Adapters.Journals;

/// <summary>A journal that is opened to be read beside the writer that it belongs to: it takes no lock and no lease, and refuses to write.</summary>
internal abstract class ReadOnlyJournal(string description) : IJournal
{
    public string Description => description;

    public long Epoch => 0;

    public JournalHealth Health => new(JournalStatus.Refusing, 0, 0, 0, 0, "opened for reading");

    public abstract ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default);

    public abstract IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, CancellationToken cancel = default);

    public abstract ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default);

    public abstract ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default);

    public abstract ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default);

    public abstract ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default);

    public abstract ValueTask<long> FirstSeq(string session, CancellationToken cancel = default);

    public abstract ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default);

    public abstract ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default);

    public abstract ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default);

    public abstract ValueTask DisposeAsync();

    public ValueTask Append(JournalBatch batch, CancellationToken cancel = default) => throw Refusal();

    public ValueTask<long> Compact(string session, long keepFromSeq, long keysBeforeUs, CancellationToken cancel = default) => throw Refusal();

    public ValueTask PutDocument(string kind, string id, ReadOnlyMemory<byte> json, CancellationToken cancel = default) => throw Refusal();

    public ValueTask<int> RemoveDocuments(string kind, long beforeUs, CancellationToken cancel = default) => throw Refusal();

    private static InvalidOperationException Refusal() => new("This journal was opened for reading.");
}
