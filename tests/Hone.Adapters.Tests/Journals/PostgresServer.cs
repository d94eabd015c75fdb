using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Hone.Adapters.Tests.Journals;

/// <summary>A PostgreSQL cluster of its own, on loopback, in a temporary folder; it goes with everything in it.</summary>
public sealed class PostgresServer : IDisposable
{
    private const string Password = "only for this test";
    private static readonly bool Root = Environment.UserName == "root";
    private readonly string _folder;
    private readonly string _programs;

    private PostgresServer(string programs)
    {
        _programs = programs;
        _folder = Directory.CreateTempSubdirectory("hone-pg-").FullName;
        Port = FreePort();
    }

    /// <summary>Where it listens on 127.0.0.1.</summary>
    public int Port { get; }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Why there is none; null where PostgreSQL is installed.</summary>
    public static string? Missing => Programs() is null ? "PostgreSQL is not installed: apt-get install postgresql (any version from 14 on)." : null;

    /// <summary>Makes a cluster and starts it; null where PostgreSQL is not installed.</summary>
    /// <param name="fsync">Whether it syncs, as a real one must. A process that crashes loses nothing without; a test then does not depend on what else the disk has to do.</param>
    public static PostgresServer? TryStart(bool fsync = false)
    {
        if (Programs() is not { } programs)
            return null;
        var server = new PostgresServer(programs);
        try
        {
            var password = Path.Combine(server._folder, "password");
            File.WriteAllText(password, Password + "\n");
            if (Root)
                Run("chown", ["-R", "postgres", server._folder]);
            server.RunProgram("initdb", "-D", server.Data, "-U", "postgres", "--auth=scram-sha-256", $"--pwfile={password}", "-E", "UTF8", "--locale=C", "--no-sync");
            File.AppendAllText(Path.Combine(server.Data, "postgresql.conf"), string.Create(CultureInfo.InvariantCulture,
                $"\nlisten_addresses = '127.0.0.1'\nport = {server.Port}\nunix_socket_directories = ''\nshared_buffers = '64MB'\nmax_connections = 60\nfsync = {(fsync ? "on" : "off")}\n"));
            server.Start();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts it again where it was stopped.</summary>
    public void Start() => RunProgram("pg_ctl", "-D", Data, "-w", "-t", "60", "-l", Path.Combine(_folder, "log"), "start");

    /// <summary>Stops it as a crash does: nothing is written, every connection breaks.</summary>
    public void Crash() => RunProgram("pg_ctl", "-D", Data, "-w", "-t", "60", "-m", "immediate", "stop");

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public string NewDatabase()
    {
        var name = "t" + Guid.NewGuid().ToString("N");
        Execute(Address("postgres"), $"CREATE DATABASE {name}");
        return Address(name);
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>The first column of the first row; null where there is none.</returns>
    public static object? Execute(string address, string statement)
    {
        using var connection = new NpgsqlConnection(address + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(statement, connection);
        return command.ExecuteScalar();
    }

    /// <summary>The same database behind another port, as through a proxy.</summary>
    public static string Through(string address, int port) => new NpgsqlConnectionStringBuilder(address) { Port = port }.ConnectionString;

    public void Dispose()
    {
        var running = Path.Combine(Data, "postmaster.pid");
        if (File.Exists(running) && int.TryParse(File.ReadLines(running).First(), out var process))
            try
            {
                using var postmaster = Process.GetProcessById(process);
                Run("kill", ["-QUIT", process.ToString(CultureInfo.InvariantCulture)]);
                postmaster.WaitForExit(20_000);
            }
            catch (ArgumentException)
            {
                // It ended by itself.
            }
        Directory.Delete(_folder, recursive: true);
    }

    private static string? Programs()
    {
        const string Debian = "/usr/lib/postgresql";
        var folders = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }

    private string Address(string database)
        => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=postgres;Password={Password};Database={database};SSL Mode=Disable;GSS Encryption Mode=Disable");

    // PostgreSQL refuses to run as root.
    private void RunProgram(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
        if (Root)
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        else
            Run(path, arguments);
    }

    private static void Run(string program, string[] arguments)
    {
        // Output goes nowhere: the server inherits it, and a pipe would stay open as long as it runs.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        foreach (var argument in (string[])["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
