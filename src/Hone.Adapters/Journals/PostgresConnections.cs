using Npgsql;

namespace Hone.Adapters.Journals;

/// <summary>Opens the connections of one journal: one that writes, some that read.</summary>
internal sealed class PostgresConnections : IAsyncDisposable
{
    private readonly PostgresJournalOptions _options;
    private readonly NpgsqlDataSource _writer;
    private readonly NpgsqlDataSource _readers;

    public PostgresConnections(PostgresJournalOptions options)
    {
        _options = options;
        var address = PostgresAddress.Read(options.Connection);
        Description = PostgresAddress.Describe(address);
        Instance = Guid.NewGuid().ToString("N");
        address.Enlist = false;
        address.Multiplexing = false;
        address.IncludeErrorDetail = false;
        address.PersistSecurityInfo = false;
        address.CommandTimeout = options.CommandTimeoutSecs;
        address.Timeout = options.CommandTimeoutSecs;
        // An answer that does not come in time means a lost connection: there is no use in asking for it to be cancelled.
        address.CancellationTimeout = -1;
        address.TcpKeepAlive = true;

        address.ApplicationName = WriterName;
        address.Pooling = false;
        address.MaxAutoPrepare = 32;
        address.AutoPrepareMinUsages = 2;
        _writer = new NpgsqlDataSourceBuilder(address.ConnectionString).Build();

        address.ApplicationName = $"hone reader {Instance}";
        address.Pooling = true;
        address.MinPoolSize = 0;
        address.MaxPoolSize = options.ReadersMax;
        _readers = new NpgsqlDataSourceBuilder(address.ConnectionString).Build();
    }

    /// <summary>Where, without secrets.</summary>
    public string Description { get; }

    /// <summary>Tells this journal from every other one that was ever open.</summary>
    public string Instance { get; }

    private string WriterName => $"hone writer {Instance}";

    /// <summary>Opens the connection that writes and ends what is left on the server of an earlier one of this journal.</summary>
    public async Task<NpgsqlConnection> OpenWriter(CancellationToken cancel)
    {
        var connection = await _writer.OpenConnectionAsync(cancel);
        try
        {
            // synchronous_commit: whoever asked for more (remote_apply) keeps it, less is raised.
            // idle_in_transaction_session_timeout: a writer that falls silent inside a transaction must not hold the writer's row against its successor, who waits for one time-out.
            // enable_seqscan and the plan mode: the few statements look up keys, and their plans must not depend on what statistics said on the first day. jit: compiling costs more than they do.
            await using var settings = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    new("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')"),
                    new($"SET idle_in_transaction_session_timeout = {_options.CommandTimeoutSecs * 500}"),
                    new("SET enable_seqscan = off"),
                    new("SET jit = off"),
                    new("SET plan_cache_mode = force_generic_plan"),
                    new("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()") { Parameters = { new() { Value = WriterName } } },
                },
            };
            await settings.ExecuteNonQueryAsync(cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection that reads, from a small pool.</summary>
    public ValueTask<NpgsqlConnection> OpenReader(CancellationToken cancel) => _readers.OpenConnectionAsync(cancel);

    /// <summary>Forgets pooled connections: the server that they led to is gone.</summary>
    public void ForgetReaders() => _readers.Clear();

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _readers.DisposeAsync();
    }
}
