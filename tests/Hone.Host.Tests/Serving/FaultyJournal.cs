using System.Runtime.CompilerServices;
using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Host.Tests.Serving;

/// <summary>A journal whose calls are counted, and fail as a test says.</summary>
internal sealed class FaultyJournal(IJournal inner) : IJournal
{
    private long _calls;

    /// <summary>Calls so far.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Called before the effect of a call, with its running number; throws to fail it, waits to delay it.</summary>
    public Func<long, ValueTask>? Before { get; set; }

    /// <summary>Called after the effect of a call.</summary>
    public Func<long, ValueTask>? After { get; set; }

    public string Description => inner.Description;

    public long Epoch => inner.Epoch;

    public JournalHealth Health => inner.Health;

    public async ValueTask Append(JournalBatch batch, CancellationToken cancel = default) => await Call(async () =>
    {
        await inner.Append(batch, cancel);
        return true;
    });

    public ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default) => inner.Sessions(cancel);

    public async IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var entry in inner.Entries(session, fromSeq, toSeq, cancel))
            yield return entry;
    }

    public ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default) => Call(() => inner.Emissions(session, fromSeq, limit, cancel));

    public ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default) => Call(() => inner.Find(session, key, cancel));

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

    public ValueTask DisposeAsync() => default;

    private async ValueTask<T> Call<T>(Func<ValueTask<T>> effect)
    {
        var call = Interlocked.Increment(ref _calls);
        if (Before is not null)
            await Before(call);
        var result = await effect();
        if (After is not null)
            await After(call);
        return result;
    }
}
