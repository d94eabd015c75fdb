using Hone.Trading.Live;

namespace Hone.Adapters.Journals;

/// <summary>A journal in PostgreSQL, read while another process may write it; the writer's lease stays where it is.</summary>
internal sealed class PostgresReading : ReadOnlyJournal
{
    private readonly PostgresConnections _connections;
    private readonly PostgresReader _reader;

    private PostgresReading(PostgresConnections connections, PostgresJournalOptions options)
        : base(connections.Description)
        => (_connections, _reader) = (connections, new PostgresReader(connections, options));

    public static PostgresReading Open(PostgresJournalOptions options) => new(new PostgresConnections(options), options);

    public override async ValueTask<IReadOnlyList<SessionRecord>> Sessions(CancellationToken cancel = default) => await _reader.Sessions(cancel);

    public override IAsyncEnumerable<JournalEntry> Entries(string session, long fromSeq = 1, long toSeq = long.MaxValue, CancellationToken cancel = default) => _reader.Entries(session, fromSeq, toSeq, cancel);

    public override async ValueTask<IReadOnlyList<Emission>> Emissions(string session, long fromSeq, int limit, CancellationToken cancel = default) => await _reader.Emissions(session, fromSeq, limit, cancel);

    public override async ValueTask<TakenKey?> Find(string session, string key, CancellationToken cancel = default) => await _reader.Find(session, key, cancel);

    public override async ValueTask<StoredSnapshot?> Snapshot(string session, long atMostSeq = long.MaxValue, CancellationToken cancel = default) => await _reader.Snapshot(session, atMostSeq, cancel);

    public override async ValueTask<IReadOnlyList<SnapshotInfo>> Snapshots(string session, CancellationToken cancel = default) => await _reader.Snapshots(session, cancel);

    public override async ValueTask<long> FirstSeq(string session, CancellationToken cancel = default) => await _reader.FirstSeq(session, cancel);

    public override async ValueTask<ReadOnlyMemory<byte>?> GetDocument(string kind, string id, CancellationToken cancel = default) => await _reader.Document(kind, id, cancel);

    public override async ValueTask<IReadOnlyList<(string Id, ReadOnlyMemory<byte> Json)>> Documents(string kind, string afterId, int limit, CancellationToken cancel = default)
        => await _reader.Documents(kind, afterId, limit, cancel);

    public override async ValueTask Backup(string path, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        await using var connection = await _connections.OpenReader(cancel);
        await PostgresBackup.Write(path, connection, Epoch, progress, cancel);
    }

    public override async ValueTask DisposeAsync() => await _connections.DisposeAsync();
}
