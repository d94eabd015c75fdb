using System.Text.Json;
using Hone.Adapters.Tests.Journals;
using Hone.Bench.Kills;
using Npgsql;

namespace Hone.Host.Tests.Serving;

/// <summary>Kills, verify, backup and restore over PostgreSQL.</summary>
public sealed class PostgresRecoveryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_is_lost_to_kills_and_a_backup_is_restored_and_verified_in_another_database()
    {
        using var server = PostgresServer.TryStart();
        if (server is null)
            Assert.Skip(PostgresServer.Missing!);
        var (store, other) = (Store(server.NewDatabase()), Store(server.NewDatabase()));

        var result = await KillRun.Go(store, _folder.Path, kills: 10, seed: 3);
        Assert.True(result.Holds, $"{result.Lost} lost, {result.Duplicates} learned twice; {string.Join("; ", result.Problems)}");
        Assert.True(result.Acknowledged > 20, $"Only {result.Acknowledged} outcomes were acknowledged.");

        var verified = Sessions(Verb("verify", "--home", _folder.Path, "--store", store, "--json"));
        Assert.NotEmpty(verified);
        Assert.Equal(0, Verb("backup", "--home", _folder.Path, "--store", store, "--out", _folder["b.hone"]).Code);
        var (code, text, error) = Verb("restore", _folder["b.hone"], "--home", _folder["other"], "--store", other);
        Assert.True(code == 0, error);
        Assert.Contains("restored and verified", text, StringComparison.Ordinal);
        Assert.Equal(verified, Sessions(Verb("verify", "--home", _folder["other"], "--store", other, "--json")));
    }

    private static (string Id, long Entries, string? Hash)[] Sessions((int Code, string Out, string Error) ended)
    {
        Assert.True(ended.Code == 0, ended.Out + ended.Error);
        return [.. JsonDocument.Parse(ended.Out).RootElement.GetProperty("sessions").EnumerateArray().Select(s => (s.GetProperty("session_id").GetString()!, s.GetProperty("entries").GetInt64(), s.GetProperty("state_hash").GetString()))];
    }

    private static string Store(string address)
    {
        var parts = new NpgsqlConnectionStringBuilder(address);
        return FormattableString.Invariant($"postgres://{parts.Username}:{Uri.EscapeDataString(parts.Password!)}@{parts.Host}:{parts.Port}/{parts.Database}?sslmode=disable");
    }

    private static (int Code, string Out, string Error) Verb(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = HoneApp.Run(arguments, null, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
