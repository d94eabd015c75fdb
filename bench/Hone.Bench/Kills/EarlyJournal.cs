using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Bench.Kills;

/// <summary>The negative control: says that a batch is stored a moment before it is. A harness that does not catch it measures nothing.</summary>
internal sealed class EarlyJournal(IJournal inner) : IJournal
{
    private const int DelayMs = 150;

    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;

    public string Description => inner.Description;

    public long Epoch => inner.Epoch;

    public JournalHealth Health => inner.Health;

    public ValueTask Append(JournalBatch batch, CancellationToken cancel = default)
    {
        lock (_gate)
            _last = Later(_last, batch);
        return default;
    }

    public ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default) => inner.Sessions(cancel);

    public IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, CancellationToken cancel = default) => inner.Entries(session, fromSeq, toSeq, cancel);

    public ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default) => inner.Emissions(session, fromSeq, limit, cancel);

    public ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default) => inner.Find(session, key, cancel);

    public ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default) => inner.Snapshot(session, atMostSeq, cancel);

    public ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default) => inner.Snapshots(session, cancel);

    public ValueTask<long> FirstSeq(string session, CancellationToken cancel = default) => inner.FirstSeq(session, cancel);

    public ValueTask<long> Compact(string session, long keepFromSeq, long keysBeforeUs, CancellationToken cancel = default) => inner.Compact(session, keepFromSeq, keysBeforeUs, cancel);

    public ValueTask PutDocument(string kind, string id, ReadOnlyMemory<byte> json, CancellationToken cancel = default) => inner.PutDocument(kind, id, json, cancel);

    public ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default) => inner.GetDocument(kind, id, cancel);

    public ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default)
        => inner.Documents(kind, afterId, limit, cancel);

    public ValueTask<int> RemoveDocuments(string kind, long beforeUs, CancellationToken cancel = default) => inner.RemoveDocuments(kind, beforeUs, cancel);

    public ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default) => inner.Backup(path, progress, cancel);

    public async ValueTask DisposeAsync()
    {
        await _last;
        await inner.DisposeAsync();
    }

    private async Task Later(Task before, JournalBatch batch)
    {
        await before;
        await Task.Delay(DelayMs);
        await inner.Append(batch);
    }
}
