using SQLitePCL;

namespace Hone.Adapters.Journals;

/// <summary>One connection to a database file with its prepared statements. For one thread at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    static SqliteDatabase() => Batteries_V2.Init();

    private SqliteDatabase(sqlite3 handle) => Handle = handle;

    /// <summary>SQLite's own handle.</summary>
    public sqlite3 Handle { get; }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(Handle);

    /// <summary>Opens a file for reading and writing; makes it where it is missing.</summary>
    public static SqliteDatabase OpenWriting(string path) => Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);

    /// <summary>Opens a file that is there, for reading only. Such a connection never moves the write-ahead log.</summary>
    public static SqliteDatabase OpenReading(string path, int cacheKiB)
    {
        var database = Open(path, raw.SQLITE_OPEN_READONLY);
        try
        {
            raw.sqlite3_busy_timeout(database.Handle, 2000);
            database.Run($"PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -{cacheKiB};");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that return nothing of interest.</summary>
    public void Run(string sql) => Demand(raw.sqlite3_exec(Handle, sql));

    /// <summary>The prepared statement of a text, ready to be bound; disposing it makes it ready for the next use.</summary>
    public SqliteStatement Use(string sql)
    {
        if (_statements.TryGetValue(sql, out var known))
            return known;
        Demand(raw.sqlite3_prepare_v3(Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return _statements[sql] = new SqliteStatement(this, statement);
    }

    /// <summary>First column of the only row; null without one.</summary>
    public long? Number(string sql)
    {
        using var statement = Use(sql);
        if (!statement.Step())
            return null;
        long? number = statement.IsNull(0) ? null : statement.Int64(0);
        ToTheEnd(statement);
        return number;
    }

    /// <summary>First column of the only row, as text.</summary>
    public string Text(string sql)
    {
        using var statement = Use(sql);
        if (!statement.Step())
            return "";
        var text = statement.Text(0);
        ToTheEnd(statement);
        return text;
    }

    /// <summary>Throws where a call failed.</summary>
    public void Demand(int code)
    {
        if (code != raw.SQLITE_OK)
            throw Fault();
    }

    /// <summary>The error that the last call left.</summary>
    public SqliteFaultException Fault()
    {
        var code = raw.sqlite3_extended_errcode(Handle);
        return new SqliteFaultException($"{raw.sqlite3_errmsg(Handle).utf8_to_string()} (SQLite {code})", code);
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.End();
        _statements.Clear();
        raw.sqlite3_close_v2(Handle);
    }

    // A pragma answers first and commits what it changed afterwards: only there is seen that it failed.
    private static void ToTheEnd(SqliteStatement statement)
    {
        while (statement.Step())
        {
        }
    }

    private static SqliteDatabase Open(string path, int flags)
    {
        var code = raw.sqlite3_open_v2(path, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new SqliteDatabase(handle);
        if (code == raw.SQLITE_OK)
        {
            raw.sqlite3_extended_result_codes(handle, 1);
            return database;
        }
        var fault = database.Fault();
        database.Dispose();
        throw fault;
    }
}
