namespace Hone.Adapters.Journals;

/// <summary>What an error of SQLite means for a journal.</summary>
internal enum SqliteFaultKind
{
    /// <summary>No room; the transaction can be undone and tried later.</summary>
    Full,

    /// <summary>Another connection is in the way for a moment.</summary>
    Busy,

    /// <summary>The storage or the program is wrong: nothing that was not acknowledged can be trusted.</summary>
    Broken,
}

/// <summary>An error of SQLite with its extended code.</summary>
internal sealed class SqliteFaultException(string message, int extendedCode) : Exception(message)
{
    /// <summary>SQLite's extended result code.</summary>
    public int ExtendedCode { get; } = extendedCode;

    /// <summary>What it means. A failed sync is never "full", whatever the system says: the kernel may have dropped the pages.</summary>
    public SqliteFaultKind Kind => (ExtendedCode & 0xff) switch
    {
        // The index of the log cannot grow: nothing has been written yet.
        SQLitePCL.raw.SQLITE_IOERR when ExtendedCode == SQLitePCL.raw.SQLITE_IOERR_SHMSIZE => SqliteFaultKind.Full,
        SQLitePCL.raw.SQLITE_FULL => SqliteFaultKind.Full,
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => SqliteFaultKind.Busy,
        _ => SqliteFaultKind.Broken,
    };
}
