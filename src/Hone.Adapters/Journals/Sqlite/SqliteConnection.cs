using SQLitePCL;

namespace Hone.Adapters.Journals.Sqlite;

/// <summary>One connection to a database file, used by one thread at a time.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private readonly sqlite3 _db;

    static SqliteConnection() => Batteries_V2.Init();

    private SqliteConnection(sqlite3 db) => _db = db;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isWriter">Whether it may write and create; a reader's writes are refused by SQLite itself.</param>
    public static SqliteConnection Open(string path, bool isWriter)
    {
        var flags = isWriter ? raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE : raw.SQLITE_OPEN_READWRITE;
        var code = raw.sqlite3_open_v2(path, out var db, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var connection = new SqliteConnection(db);
        try
        {
            connection.Require(code);
            raw.sqlite3_extended_result_codes(db, 1);
            raw.sqlite3_busy_timeout(db, 5_000);
            // The one writer writes the log back, nobody else.
            connection.Execute("PRAGMA wal_autocheckpoint = 0; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
            if (!isWriter)
                connection.Execute("PRAGMA query_only = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_db);

    /// <summary>Runs statements without values and without rows.</summary>
    public void Execute(string sql) => Require(raw.sqlite3_exec(_db, sql));

    /// <summary>Prepares a statement that will be used often.</summary>
    public SqliteStatement Prepare(string sql)
    {
        Require(raw.sqlite3_prepare_v3(_db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return new SqliteStatement(this, statement);
    }

    /// <summary>The first number of a statement's first row.</summary>
    public long Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>The first text of a statement's first row.</summary>
    public string Text(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    /// <summary>Whether a transaction is open; SQLite rolls back by itself after some errors.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_db) == 0;

    /// <summary>Writes the log back into the database file, as far as readers allow; returns the pages of the log that are left.</summary>
    public int Checkpoint(bool truncate)
    {
        Require(raw.sqlite3_wal_checkpoint_v2(_db, null, truncate ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var done), raw.SQLITE_BUSY);
        return Math.Max(0, pages - done);
    }

    /// <summary>Copies this database into another file, page by page.</summary>
    public void CopyTo(SqliteConnection target, Action<double> progress, CancellationToken cancel)
    {
        const int PagesAtOnce = 1024;
        using var backup = raw.sqlite3_backup_init(target._db, "main", _db, "main");
        if (backup.IsInvalid)
            throw new SqliteFailureException(raw.sqlite3_errcode(target._db), raw.sqlite3_errmsg(target._db).utf8_to_string());
        while (true)
        {
            var code = raw.sqlite3_backup_step(backup, PagesAtOnce);
            if (code == raw.SQLITE_DONE)
                return;
            if (code is not (raw.SQLITE_OK or raw.SQLITE_BUSY or raw.SQLITE_LOCKED))
                throw new SqliteFailureException(code, raw.sqlite3_errmsg(target._db).utf8_to_string());
            var pages = raw.sqlite3_backup_pagecount(backup);
            progress(pages > 0 ? 1 - (double)raw.sqlite3_backup_remaining(backup) / pages : 0);
            cancel.ThrowIfCancellationRequested();
        }
    }

    internal void Require(int code, int alsoFine = raw.SQLITE_OK)
    {
        if (code != raw.SQLITE_OK && code != raw.SQLITE_ROW && code != raw.SQLITE_DONE && code != alsoFine)
            throw new SqliteFailureException(raw.sqlite3_extended_errcode(_db), raw.sqlite3_errmsg(_db).utf8_to_string());
    }

    /// <inheritdoc/>
    public void Dispose() => _db.Dispose();
}

/// <summary>SQLite's own word for what went wrong.</summary>
internal sealed class SqliteFailureException(int code, string message) : Exception($"SQLite: {message} (code {code})")
{
    /// <summary>The extended code.</summary>
    public int Code { get; } = code;

    /// <summary>The code without its details.</summary>
    public int Kind => Code & 0xFF;

    /// <summary>No room: nothing is lost, and it passes.</summary>
    public bool IsFull => Kind == raw.SQLITE_FULL;

    /// <summary>It may pass: no room, or another program holds the file. Everything else is a failed storage, a damaged file or our own mistake.</summary>
    public bool MayPass => Kind is raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED;
}
