using System.Globalization;
using Hone.Host.Configuration;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Hone.Host.Operating.Doctor;

/// <summary>The SQLite that is built in.</summary>
internal sealed class SqliteCheck : IDoctorCheck
{
    public string Name => "sqlite";

    public async Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection("Data Source=:memory:");
        await using (connection)
        {
            await connection.OpenAsync(cancel);
            return Finding.Ok($"SQLite {connection.ServerVersion} is built in; it opens only files that the server wrote itself, with one connection that writes.");
        }
    }
}

/// <summary>Whether a server has the embedded journal open.</summary>
internal sealed class JournalLockCheck : IDoctorCheck
{
    public string Name => "journal";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var home = Path.GetFullPath(subject.Serve.Home);
        if (!subject.Serve.Store.Equals("sqlite", StringComparison.Ordinal))
            return Task.FromResult(Finding.Ok("Sessions are kept in PostgreSQL."));
        var files = Directory.Exists(home) ? Directory.GetFiles(home, "*.db").Order(StringComparer.Ordinal).ToArray() : [];
        if (files.Length == 0)
            return Task.FromResult(Finding.Ok($"There is no journal in {home} yet."));
        var holders = FileLocks.HoldersOf(Directory.GetFiles(home));
        foreach (var file in files)
            if (ProblemOf(file, holders.Count > 0) is { } problem)
                return Task.FromResult(Finding.Fail($"{file} cannot be read: {problem}", "Restore the newest backup with `hone restore`; keep this file for a closer look."));
        var bytes = files.Sum(f => new FileInfo(f).Length);
        var found = string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", files.Select(Path.GetFileName))}: {bytes / 1048576.0:0.0} MiB");
        return Task.FromResult(holders.Count == 0
            ? Finding.Ok($"{found}, opens read-only; no server has it open.")
            : Finding.Ok($"{found}, opens read-only; process {string.Join(", ", holders)} has it open."));
    }

    private static string? ProblemOf(string file, bool isOpenElsewhere)
    {
        // Where no server has it open, a look must not make the files beside it that SQLite makes for its readers: they would belong to whoever looked.
        var source = isOpenElsewhere ? file : new Uri(file).AbsoluteUri + "?immutable=1";
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM sqlite_master";
            command.ExecuteScalar();
            return null;
        }
        catch (SqliteException e)
        {
            return ConfigProblem.OneLine(e.Message);
        }
    }
}

/// <summary>Who holds locks on files, as Linux tells.</summary>
internal static class FileLocks
{
    private const string Table = "/proc/locks";

    /// <summary>Ids of the processes that hold a lock on one of these files; empty where that cannot be told.</summary>
    public static IReadOnlyList<int> HoldersOf(IReadOnlyCollection<string> files)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Table))
            return [];
        // 1: POSIX  ADVISORY  WRITE 4711 08:01:1835012 0 EOF
        var locks = File.ReadLines(Table).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(parts => parts.Length >= 8 && !parts.Contains("->"));
        var processes = locks.Select(parts => int.Parse(parts[4], CultureInfo.InvariantCulture)).Where(id => id > 0 && id != Environment.ProcessId).ToHashSet();
        var names = files.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        return [.. processes.Where(id => Open(id).Any(names.Contains)).Order()];
    }

    // The table names files by their number alone; what each process has open names them by path.
    private static IEnumerable<string> Open(int process)
    {
        try
        {
            return [.. Directory.GetFiles($"/proc/{process}/fd").Select(link => File.ResolveLinkTarget(link, false)?.FullName).OfType<string>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

/// <summary>PostgreSQL, where the store is one.</summary>
internal sealed class PostgresCheck : IDoctorCheck
{
    private const int VersionMin = 13;

    public string Name => "postgres";

    public async Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var store = subject.Serve.Store;
        if (!store.StartsWith("postgres", StringComparison.Ordinal))
            return Finding.Ok("Not used; the store is sqlite.");
        NpgsqlConnection connection;
        try
        {
            connection = new NpgsqlConnection(Adapters.Journals.PostgresStore.ConnectionString(store));
        }
        catch (Adapters.Journals.JournalOpenException e)
        {
            return Finding.Fail("serve.store cannot be read.", e.Message);
        }
        await using (connection)
            try
            {
                await connection.OpenAsync(cancel);
                await using var command = new NpgsqlCommand(
                    "SELECT current_setting('server_version_num')::int / 10000, has_schema_privilege(current_schema(), 'CREATE'), current_setting('fsync'), current_setting('synchronous_commit'), pg_is_in_recovery()", connection);
                await using var row = await command.ExecuteReaderAsync(cancel);
                await row.ReadAsync(cancel);
                return Judge(connection.PostgreSqlVersion, row.GetInt32(0), row.GetBoolean(1), row.GetString(2), row.GetString(3), row.GetBoolean(4));
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
            {
                return Finding.Fail($"PostgreSQL cannot be reached: {ConfigProblem.OneLine(e.Message)}", "Check the address, the password (PGPASSWORD or a password file) and pg_hba.conf.");
            }
    }

    private static Finding Judge(Version version, int major, bool mayCreate, string fsync, string synchronous, bool standby)
    {
        var found = $"PostgreSQL {version} answers.";
        return major < VersionMin ? Finding.Fail(found, $"Hone needs PostgreSQL {VersionMin} or newer.")
            : standby ? Finding.Fail($"{found} It is a standby.", "Name the server that takes writes, or add target_session_attrs=read-write.")
            : !mayCreate ? Finding.Warn($"{found} This user may not make tables here.", "Good once the tables are there; before the first start: GRANT CREATE ON SCHEMA public TO the user.")
            : fsync != "on" || synchronous == "off" ? Finding.Fail($"{found} fsync is {fsync}, synchronous_commit is {synchronous}.", "With these settings a power cut loses what was acknowledged; switch both on.")
            : Finding.Ok(found);
    }
}
