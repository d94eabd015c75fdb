using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Host.Tests.Api;

internal sealed class MemoryJournal : IJournal
{
    private sealed class Book
    {
        public SessionRecord Record = null!;
        public List<JournalEntry> Entries = [];
        public List<Emission> Emissions = [];
        public Dictionary<string, TakenKey> Keys = [];
        public List<StoredSnapshot> Snapshots = [];
    }

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Book> _books = [];
    private readonly SortedDictionary<string, (string Kind, string Id, ReadOnlyMemory<byte> Json)> _documents = new(StringComparer.Ordinal);

    public string Description => "memory";
    public long Epoch => 1;
    public JournalHealth Health => default;
    public ValueTask DisposeAsync() => default;

    public async ValueTask Append(JournalBatch batch, CancellationToken cancel = default)
    {
        await Task.Yield();
        lock (_gate)
        {
            if (!_books.TryGetValue(batch.Session, out var book))
                _books[batch.Session] = book = new Book();
            if (batch.AfterSeq != book.Entries.Count)
                throw new JournalConflictException("seq");
            book.Record = batch.Record ?? book.Record;
            book.Entries.AddRange(batch.Entries);
            book.Emissions.AddRange(batch.Emissions);
            foreach (var key in batch.Keys)
                book.Keys.Add(key.Key, key);
            if (batch.Snapshot is { } snapshot)
                book.Snapshots.Add(snapshot);
        }
    }

    public ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default)
    {
        lock (_gate)
            return new((IReadOnlyList<SessionRecord>)[.. _books.Values.Select(b => b.Record)]);
    }

    public async IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
    {
        JournalEntry[] entries;
        lock (_gate)
            entries = _books.TryGetValue(session, out var book) ? [.. book.Entries.Where(e => e.Seq >= fromSeq && e.Seq <= toSeq)] : [];
        await Task.Yield();
        foreach (var entry in entries)
            yield return entry;
    }

    public ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default)
    {
        lock (_gate)
            return new((IReadOnlyList<Emission>)(_books.TryGetValue(session, out var book) ? [.. book.Emissions.Where(e => e.Seq >= fromSeq).Take(limit)] : []));
    }

    public ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default)
    {
        lock (_gate)
            return new(_books.TryGetValue(session, out var book) && book.Keys.TryGetValue(key, out var taken) ? taken : (TakenKey?)null);
    }

    public ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default)
    {
        lock (_gate)
            return new(_books[session].Snapshots.LastOrDefault(s => s.Seq <= atMostSeq));
    }

    public ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default) => throw new NotSupportedException();
    public ValueTask<long> FirstSeq(string session, CancellationToken cancel = default) => new(1L);
    public ValueTask<long> Compact(string session, long keepFromSeq, long keysBeforeUs, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask PutDocument(string kind, string id, ReadOnlyMemory<byte> json, CancellationToken cancel = default)
    {
        lock (_gate)
            _documents[kind + "/" + id] = (kind, id, json.ToArray());
        return default;
    }

    public ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default)
    {
        lock (_gate)
            return new(_documents.TryGetValue(kind + "/" + id, out var found) ? found.Json : (ReadOnlyMemory<byte>?)null);
    }

    public ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default)
    {
        lock (_gate)
            return new((IReadOnlyList<(string, ReadOnlyMemory<byte>)>)[.. _documents.Values.Where(d => d.Kind == kind && string.CompareOrdinal(d.Id, afterId) > 0).Take(limit).Select(d => (d.Id, d.Json))]);
    }

    public ValueTask<int> RemoveDocuments(string kind, long beforeUs, CancellationToken cancel = default) => new(0);
    public ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        File.WriteAllText(path, "backup");
        return default;
    }
}
