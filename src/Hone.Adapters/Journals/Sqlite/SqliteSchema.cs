namespace Hone.Adapters.Journals.Sqlite;

/// <summary>The tables of a journal in SQLite, and how an older set becomes the newest.</summary>
internal static class SqliteSchema
{
    // Marks a file as ours: "Hone" as a number.
    private const int ApplicationId = 0x486F6E65;

    // Each step runs once, in one transaction, in this order. A step that was released is never changed: a change is a further step.
    private static readonly string[] Released =
    [
        """
        CREATE TABLE writer (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL);
        INSERT INTO writer VALUES (1, 0);
        CREATE TABLE sessions (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            symbol TEXT NOT NULL,
            name TEXT NOT NULL,
            started_us INTEGER NOT NULL,
            stopped_us INTEGER,
            first_seq INTEGER NOT NULL
        );
        CREATE TABLE entries (
            session INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            at_us INTEGER NOT NULL,
            received_us INTEGER NOT NULL,
            payload BLOB NOT NULL,
            link BLOB NOT NULL,
            PRIMARY KEY (session, seq)
        ) WITHOUT ROWID;
        CREATE TABLE emissions (
            session INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            n INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            at_us INTEGER NOT NULL,
            payload BLOB NOT NULL,
            checksum INTEGER NOT NULL,
            PRIMARY KEY (session, seq, n)
        ) WITHOUT ROWID;
        CREATE TABLE keys (
            session INTEGER NOT NULL,
            key TEXT NOT NULL,
            seq INTEGER NOT NULL,
            body BLOB NOT NULL,
            received_us INTEGER NOT NULL,
            PRIMARY KEY (session, key)
        ) WITHOUT ROWID;
        CREATE TABLE snapshots (
            session INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            taken_us INTEGER NOT NULL,
            link BLOB NOT NULL,
            hash TEXT NOT NULL,
            engine TEXT NOT NULL,
            state BLOB NOT NULL,
            checksum INTEGER NOT NULL,
            PRIMARY KEY (session, seq)
        );
        CREATE TABLE documents (
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            json BLOB NOT NULL,
            written_us INTEGER NOT NULL,
            PRIMARY KEY (kind, id)
        ) WITHOUT ROWID;
        CREATE TABLE model_learning_stats (
            session_id TEXT NOT NULL,
            symbol TEXT NOT NULL,
            model_name TEXT NOT NULL,
            predictions INTEGER NOT NULL,
            resolved INTEGER NOT NULL,
            correct INTEGER NOT NULL,
            accuracy REAL,
            ema_accuracy REAL NOT NULL,
            adaptive_threshold REAL NOT NULL,
            adaptive_weight REAL NOT NULL,
            thompson_alpha REAL NOT NULL,
            thompson_beta REAL NOT NULL,
            log_loss REAL,
            calibration_error REAL NOT NULL,
            state TEXT NOT NULL,
            updated_at TEXT,
            PRIMARY KEY (session_id, model_name)
        );
        """,
    ];

    /// <summary>Number of the newest step.</summary>
    public static int Newest => Released.Length;

    /// <summary>Makes the tables of a new file, or brings those of an older one up to date.</summary>
    /// <param name="connection">The writing connection.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="steps">The steps; the released ones unless given.</param>
    /// <exception cref="JournalOpenException">The file is no journal, or one of a newer Hone.</exception>
    public static void Migrate(SqliteConnection connection, string path, IReadOnlyList<string>? steps = null)
    {
        steps ??= Released;
        var version = Check(connection, path, steps.Count);
        // Before the first table: pages of this size hold what a commit writes with the fewest of them.
        if (version == 0)
            connection.Execute("PRAGMA page_size = 8192");
        connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        for (var step = (int)version; step < steps.Count; step++)
        {
            connection.Execute("BEGIN IMMEDIATE");
            try
            {
                connection.Execute(steps[step]);
                connection.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {step + 1}");
                connection.Execute("COMMIT");
            }
            catch
            {
                if (connection.IsInTransaction)
                    connection.Execute("ROLLBACK");
                throw;
            }
        }
    }

    /// <summary>Version of a file's tables; 0 for a new file.</summary>
    /// <exception cref="JournalOpenException">The file is no journal, or one of a newer Hone.</exception>
    public static long Check(SqliteConnection connection, string path, int newest)
    {
        var version = connection.Number("PRAGMA user_version");
        var application = connection.Number("PRAGMA application_id");
        if (application != ApplicationId && (version != 0 || connection.Number("SELECT count(*) FROM sqlite_master") > 0))
            throw new JournalOpenException($"{path} is a database of another program; name another home folder.");
        return version <= newest
            ? version
            : throw new JournalOpenException($"{path} has tables of version {version}, and this Hone knows versions up to {newest}: start the Hone that wrote them, or a newer one.");
    }
}
