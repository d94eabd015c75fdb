namespace Hone.Adapters.Journals;

/// <summary>The tables of a journal in a file, and how an older set becomes the newest.</summary>
internal static class SqliteSchema
{
    /// <summary>Each step runs once, in one transaction, in this order. A step that was released is never changed: a change is a further step.</summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL);
        INSERT INTO meta (one, epoch) VALUES (1, 0);
        CREATE TABLE sessions (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            symbol TEXT NOT NULL,
            name TEXT NOT NULL,
            started_us INTEGER NOT NULL,
            stopped_us INTEGER,
            first_seq INTEGER NOT NULL,
            last_seq INTEGER NOT NULL,
            last_link BLOB NOT NULL
        );
        CREATE INDEX sessions_active ON sessions (symbol, name) WHERE stopped_us IS NULL;
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
            checksum BLOB NOT NULL,
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
            bytes INTEGER NOT NULL,
            checksum BLOB NOT NULL,
            state BLOB NOT NULL,
            PRIMARY KEY (session, seq)
        );
        CREATE TABLE documents (
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            written_us INTEGER NOT NULL,
            json BLOB NOT NULL,
            checksum BLOB NOT NULL,
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
        ) WITHOUT ROWID;
        """,
    ];

    /// <summary>Makes the tables, or brings older ones up to date.</summary>
    /// <exception cref="JournalOpenException">The tables are newer than this program, or not a journal's.</exception>
    public static void Migrate(SqliteDatabase database, string path, IReadOnlyList<string> steps)
    {
        var version = Demand(database, path, steps.Count);
        for (var step = version; step < steps.Count; step++)
        {
            database.Run("BEGIN IMMEDIATE");
            database.Run(steps[step]);
            database.Run($"PRAGMA user_version = {step + 1}");
            database.Run("COMMIT");
        }
    }

    /// <summary>The version of the tables, where this program can read or update them.</summary>
    public static int Demand(SqliteDatabase database, string path, int newest)
    {
        var version = (int)(database.Number("PRAGMA user_version") ?? 0);
        if (version > newest)
            throw new JournalOpenException($"'{path}' has tables of version {version}, and this Hone knows versions up to {newest}: start the Hone that wrote it, or a newer one.");
        if (version == 0 && database.Number("SELECT count(*) FROM sqlite_master") > 0)
            throw new JournalOpenException($"'{path}' is a database of another program: name another file.");
        return version;
    }
}
