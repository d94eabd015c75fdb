using Hone.Trading.Live;

namespace Hone.Adapters.Journals;

/// <summary>Rows as what they hold, with their checksums compared.</summary>
internal static class SqliteRows
{
    /// <summary>From seq, kind, at, received, payload, link. The link is for the caller to compare, who knows the one before it.</summary>
    public static JournalEntry Entry(SqliteStatement row) => new(row.Int64(0), (EntryKind)row.Int64(1), row.Int64(2), row.Int64(3), row.Bytes(4), row.Hash(5));

    /// <summary>From the session's number, seq, n, kind, at, payload, checksum.</summary>
    /// <exception cref="JournalBrokenException">The checksum is another one.</exception>
    public static Emission Emission(SqliteStatement row, string session)
    {
        var emission = new Emission(row.Int64(1), (int)row.Int64(2), (EmissionKind)row.Int64(3), row.Int64(4), row.Bytes(5));
        return SqliteChecksum.Of(row.Int64(0), emission) == row.Hash(6) ? emission : throw Damaged($"emission {emission.Seq}.{emission.N}", session);
    }

    /// <summary>From the session's number, seq, taken, link, hash, engine, state, checksum.</summary>
    /// <exception cref="JournalBrokenException">The checksum is another one.</exception>
    public static StoredSnapshot Snapshot(SqliteStatement row, string session)
    {
        var snapshot = new StoredSnapshot(row.Int64(1), row.Int64(2), row.Hash(3), row.Text(4), row.Text(5), row.Bytes(6));
        return SqliteChecksum.Of(row.Int64(0), snapshot) == row.Hash(7) ? snapshot : throw Damaged($"the snapshot at entry {snapshot.Seq}", session);
    }

    /// <summary>From kind, id, written, json, checksum.</summary>
    /// <exception cref="JournalBrokenException">The checksum is another one.</exception>
    public static WrittenDocument Document(SqliteStatement row)
    {
        var document = new WrittenDocument(row.Text(0), row.Text(1), row.Bytes(3), row.Int64(2));
        return SqliteChecksum.Of(document) == row.Hash(4) ? document : throw Damaged($"the document '{document.Kind}/{document.Id}'");
    }

    private static JournalBrokenException Damaged(string what, string session) => Damaged($"{what} of session '{session}'");

    private static JournalBrokenException Damaged(string what)
        => new($"The journal is damaged: {what} does not fit its checksum. Bring a backup back with hone restore; hone verify says what else is damaged.");
}
