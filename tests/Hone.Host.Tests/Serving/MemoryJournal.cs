using System.Runtime.CompilerServices;
using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Host.Tests.Serving;

/// <summary>A journal in memory with the semantics of the port: all of a batch or nothing, conflicts, keys, snapshots. Opened again it goes on where it was.</summary>
internal sealed class MemoryJournal : IJournal
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Book> _books = new(StringComparer.Ordinal);

    public string Description => "memory";

    public long Epoch => 1;

    public JournalHealth Health => default;

    public int Appends { get; private set; }

    public ValueTask Append(JournalBatch batch, CancellationToken cancel = default)
    {
        lock (_gate)
        {
            var isNew = !_books.TryGetValue(batch.Session, out var book);
            book ??= new Book();
            if (isNew && batch.Record is null)
                throw new JournalConflictException($"There is no session {batch.Session}.");
            if (batch.AfterSeq != book.Entries.Count)
                throw new JournalConflictException($"{batch.Session} stands at {book.Entries.Count}, the batch follows {batch.AfterSeq}.");
            for (var i = 0; i < batch.Entries.Count; i++)
                if (batch.Entries[i].Seq != batch.AfterSeq + 1 + i)
                    throw new ArgumentException("The entries have gaps.");
            foreach (var key in batch.Keys)
                if (book.Keys.ContainsKey(key.Key) || batch.Keys.Count(k => k.Key == key.Key) > 1)
                    throw new JournalConflictException($"The key {key.Key} is taken.");
            var last = book.Emissions.Count > 0 ? (book.Emissions[^1].Seq, book.Emissions[^1].N) : (0L, -1);
            foreach (var emission in batch.Emissions)
            {
                if ((emission.Seq, emission.N).CompareTo(last) <= 0)
                    throw new JournalConflictException($"The emission {emission.Seq}.{emission.N} is stored already.");
                last = (emission.Seq, emission.N);
            }
            _books[batch.Session] = book;
            book.Entries.AddRange(batch.Entries);
            foreach (var key in batch.Keys)
                book.Keys.Add(key.Key, key);
            book.Emissions.AddRange(batch.Emissions);
            book.Record = batch.Record ?? book.Record;
            if (batch.Snapshot is { } snapshot)
                book.Snapshots[snapshot.Seq] = snapshot;
            Appends++;
            return default;
        }
    }

    public ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default) => Get<IReadOnlyList<SessionRecord>>(() => [.. _books.Values.Select(b => b.Record!)]);

    public async IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (var entry in await Get(() => _books[session].Entries.Where(e => e.Seq >= fromSeq && e.Seq <= toSeq).ToArray()))
            yield return entry;
    }

    public ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default)
        => Get<IReadOnlyList<Emission>>(() => [.. _books[session].Emissions.Where(e => e.Seq >= fromSeq).Take(limit)]);

    public ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default) => Get(() => _books[session].Keys.TryGetValue(key, out var taken) ? taken : (TakenKey?)null);

    public ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default)
        => Get(() => _books[session].Snapshots.Values.LastOrDefault(s => s.Seq <= atMostSeq));

    public ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default)
        => Get<IReadOnlyList<SnapshotInfo>>(() => [.. _books[session].Snapshots.Values.Select(s => new SnapshotInfo(s.Seq, s.TakenUs, s.Hash, s.Engine, s.State.Length))]);

    public ValueTask<long> FirstSeq(string session, CancellationToken cancel = default) => new(1L);

    /// <summary>Changes what is stored, as damage would.</summary>
    public void Damage(string session, Action<Book> change)
    {
        lock (_gate)
            change(_books[session]);
    }

    public ValueTask<long> Compact(string session, long keepFromSeq, long keysBeforeUs, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask PutDocument(string kind, string id, ReadOnlyMemory<byte> json, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<int> RemoveDocuments(string kind, long beforeUs, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;

    private ValueTask<T> Get<T>(Func<T> get)
    {
        lock (_gate)
            return new(get());
    }

    internal sealed class Book
    {
        public List<JournalEntry> Entries { get; } = [];

        public List<Emission> Emissions { get; } = [];

        public Dictionary<string, TakenKey> Keys { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<long, StoredSnapshot> Snapshots { get; } = [];

        public SessionRecord? Record { get; set; }
    }
}
