namespace Hone.Adapters.Journals;

/// <summary>Where a session stands, as the writer knows it.</summary>
internal sealed class SqliteHead(long number, long lastSeq, UInt128 lastLink)
{
    /// <summary>The session's number in this database.</summary>
    public long Number { get; } = number;

    /// <summary>Last entry, 0 before the first.</summary>
    public long LastSeq { get; set; } = lastSeq;

    /// <summary>Link of that entry, 0 before the first.</summary>
    public UInt128 LastLink { get; set; } = lastLink;

    /// <summary>Whether the open transaction moved it.</summary>
    public bool Moved { get; set; }
}
