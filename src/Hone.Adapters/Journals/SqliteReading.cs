using Hone.Trading.Live;

namespace Hone.Adapters.Journals;

/// <summary>A journal in a file, read while another process may write it.</summary>
internal sealed class SqliteReading(SqliteJournalOptions options) : ReadOnlyJournal($"SQLite {options.Path}")
{
    private readonly SqliteReader _reader = new(options);

    public override async ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default) => await _reader.Sessions(cancel);

    public override IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, CancellationToken cancel = default) => _reader.Entries(session, fromSeq, toSeq, cancel);

    public override async ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default) => await _reader.Emissions(session, fromSeq, limit, cancel);

    public override ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default) => _reader.Find(session, key, cancel);

    public override ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default) => _reader.Snapshot(session, atMostSeq, cancel);

    public override async ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default) => await _reader.Snapshots(session, cancel);

    public override ValueTask<long> FirstSeq(string session, CancellationToken cancel = default) => _reader.FirstSeq(session, cancel);

    public override ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default) => _reader.Document(kind, id, cancel);

    public override async ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default)
        => await _reader.Documents(kind, afterId, limit, cancel);

    public override async ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default)
        => await Task.Run(() => _reader.Read(database =>
        {
            SqliteBackup.Write(database, path, progress, cancel);
            return true;
        }, cancel).AsTask(), cancel);

    public override ValueTask DisposeAsync()
    {
        _reader.Dispose();
        return default;
    }
}
