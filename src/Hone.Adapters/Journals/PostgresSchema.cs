using Npgsql;

namespace Hone.Adapters.Journals;

/// <summary>The tables of a journal in PostgreSQL, in the schema <c>hone</c>, and how an older set becomes the newest.</summary>
internal static class PostgresSchema
{
    // Each step runs once, in one transaction, in this order. A step that was released is never changed: a change is a further step.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE hone.writer (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            epoch bigint NOT NULL,
            turn bigint NOT NULL,
            holder text NOT NULL,
            host text NOT NULL,
            process_id integer NOT NULL,
            process_started_us bigint NOT NULL,
            instance text NOT NULL,
            lease_until timestamptz,
            seen_at timestamptz NOT NULL
        ) WITH (fillfactor = 20);
        INSERT INTO hone.writer (epoch, turn, holder, host, process_id, process_started_us, instance, seen_at) VALUES (0, 0, 'nobody', '', 0, 0, '', now());
        CREATE TABLE hone.sessions (
            id text PRIMARY KEY,
            symbol text NOT NULL,
            name text NOT NULL,
            started_us bigint NOT NULL,
            stopped_us bigint,
            first_seq bigint NOT NULL DEFAULT 1,
            last_seq bigint NOT NULL DEFAULT 0,
            last_link bytea NOT NULL
        ) WITH (fillfactor = 50);
        CREATE INDEX sessions_active ON hone.sessions (symbol, name) WHERE stopped_us IS NULL;
        CREATE TABLE hone.entries (
            session text NOT NULL,
            seq bigint NOT NULL,
            kind smallint NOT NULL,
            at_us bigint NOT NULL,
            received_us bigint NOT NULL,
            payload bytea NOT NULL,
            link bytea NOT NULL,
            PRIMARY KEY (session, seq)
        );
        CREATE TABLE hone.emissions (
            session text NOT NULL,
            seq bigint NOT NULL,
            n integer NOT NULL,
            kind smallint NOT NULL,
            at_us bigint NOT NULL,
            payload bytea NOT NULL,
            PRIMARY KEY (session, seq, n)
        );
        CREATE TABLE hone.keys (
            session text NOT NULL,
            key text NOT NULL,
            seq bigint NOT NULL,
            body bytea NOT NULL,
            received_us bigint NOT NULL,
            PRIMARY KEY (session, key)
        );
        CREATE INDEX keys_by_seq ON hone.keys (session, seq);
        CREATE TABLE hone.snapshots (
            session text NOT NULL,
            seq bigint NOT NULL,
            taken_us bigint NOT NULL,
            link bytea NOT NULL,
            hash text NOT NULL,
            engine text NOT NULL,
            state bytea NOT NULL,
            PRIMARY KEY (session, seq)
        );
        CREATE TABLE hone.documents (
            kind text NOT NULL,
            id text COLLATE "C" NOT NULL,
            json bytea NOT NULL,
            written_us bigint NOT NULL,
            PRIMARY KEY (kind, id)
        );
        CREATE INDEX documents_by_age ON hone.documents (kind, written_us);
        CREATE TABLE hone.model_learning_stats (
            session_id text NOT NULL,
            symbol text NOT NULL,
            model_name text NOT NULL,
            predictions bigint NOT NULL,
            resolved bigint NOT NULL,
            correct bigint NOT NULL,
            accuracy double precision,
            ema_accuracy double precision NOT NULL,
            adaptive_threshold double precision NOT NULL,
            adaptive_weight double precision NOT NULL,
            thompson_alpha double precision NOT NULL,
            thompson_beta double precision NOT NULL,
            log_loss double precision,
            calibration_error double precision NOT NULL,
            state text NOT NULL,
            updated_at timestamptz,
            PRIMARY KEY (session_id, model_name)
        );
        """,
    ];

    /// <summary>Tables that hold what a journal is about, with their columns, in the order in which a copy is written and read.</summary>
    public static IReadOnlyList<(string Table, string Columns)> Contents { get; } =
    [
        ("sessions", "id, symbol, name, started_us, stopped_us, first_seq, last_seq, last_link"),
        ("entries", "session, seq, kind, at_us, received_us, payload, link"),
        ("emissions", "session, seq, n, kind, at_us, payload"),
        ("keys", "session, key, seq, body, received_us"),
        ("snapshots", "session, seq, taken_us, link, hash, engine, state"),
        ("documents", "kind, id, json, written_us"),
        ("model_learning_stats",
            "session_id, symbol, model_name, predictions, resolved, correct, accuracy, ema_accuracy, adaptive_threshold, adaptive_weight, thompson_alpha, thompson_beta, log_loss, calibration_error, state, updated_at"),
    ];

    /// <summary>Number of the newest step.</summary>
    public static int Newest => Steps.Length;

    // Any number that no other program is likely to use; it only has to be the same in every Hone.
    private const long MigrationLock = 0x686f6e65_6a726e6c;

    /// <summary>Makes the tables, or brings older ones up to date. Several may try at once; one does it.</summary>
    /// <exception cref="JournalOpenException">The tables are of a newer Hone.</exception>
    public static async Task Migrate(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            await Lock(connection, cancel);
            if (!await Exists(connection, "SELECT 1 FROM pg_namespace WHERE nspname = 'hone'", cancel))
                await Run(connection, "CREATE SCHEMA hone", cancel);
            if (!await Exists(connection, "SELECT 1 FROM pg_tables WHERE schemaname = 'hone' AND tablename = 'migrations'", cancel))
                await Run(connection, "CREATE TABLE hone.migrations (step integer PRIMARY KEY, done_at timestamptz NOT NULL DEFAULT now())", cancel);
            await transaction.CommitAsync(cancel);
        }
        for (var step = 1; step <= Newest; step++)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await Lock(connection, cancel);
            var done = await Version(connection, cancel);
            if (done > Newest)
                throw new JournalOpenException($"The tables in the schema 'hone' are of version {done}, and this Hone knows versions up to {Newest}: start the Hone that wrote them, or a newer one.");
            if (done < step)
            {
                await Run(connection, Steps[step - 1], cancel);
                await Run(connection, $"INSERT INTO hone.migrations (step) VALUES ({step})", cancel);
            }
            await transaction.CommitAsync(cancel);
        }
    }

    /// <summary>Number of the newest step that was done; 0 before the first.</summary>
    public static async Task<int> Version(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(max(step), 0) FROM hone.migrations", connection);
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static Task Lock(NpgsqlConnection connection, CancellationToken cancel) => Run(connection, $"SELECT pg_advisory_xact_lock({MigrationLock})", cancel);

    private static async Task<bool> Exists(NpgsqlConnection connection, string query, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(query, connection);
        return await command.ExecuteScalarAsync(cancel) is not null;
    }

    private static async Task Run(NpgsqlConnection connection, string statement, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
