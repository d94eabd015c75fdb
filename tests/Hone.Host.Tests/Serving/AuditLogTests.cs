using System.Net;
using System.Text.Json;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Host.Serving.Auditing;
using Hone.Host.Serving.Keys;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hone.Host.Tests.Serving;

public sealed class AuditLogTests
{
    [Fact]
    public async Task Every_change_is_one_line_with_who_what_where_and_how_it_ended()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var admin = server.Client();
        using var reader = server.Client(Role.Read);
        using var nobody = server.Client(null);
        nobody.DefaultRequestHeaders.Authorization = new("Bearer", "hone_wrong");

        Assert.Equal(HttpStatusCode.NoContent, (await admin.PostAsync("/api/v1/switch", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync("/api/v1/everything")).StatusCode);
        await (await reader.PostAsync("/api/v1/switch", null)).Problem(403);
        await (await nobody.GetAsync("/health/ready")).Problem(401);
        await (await admin.GetAsync("/api/v1/things/a")).Success();
        await (await admin.PostAsync("/api/v1/things", Answers.Json(TestApi.Valid))).Success();

        var lines = Lines(server.Options.Home);
        Assert.Equal(["POST", "DELETE", "POST", "wrong-key"], lines.Select(l => l.GetProperty("what").GetString()));
        Assert.Equal([204, 204, 403, 401], lines.Select(l => l.GetProperty("status").GetInt32()));
        Assert.Equal(["admin", "admin", server.KeyFile.Read().Single().Id, "nobody"], lines.Select(l => l.GetProperty("who").GetString()));
        Assert.Equal(["/api/v1/switch", "/api/v1/everything", "/api/v1/switch", "/health/ready"], lines.Select(l => l.GetProperty("path").GetString()));
        Assert.All(lines, l => Assert.Equal("127.0.0.1", l.GetProperty("ip").GetString()));
        var verdict = AuditLog.Verify(server.Options.Home);
        Assert.Equal((4, null), (verdict.Lines, verdict.Problem));
        Assert.Equal(lines[^1].GetProperty("hash").GetString(), verdict.LastHash);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Permissions.Of(Path.Combine(server.Options.Home, "audit.jsonl")));
    }

    [Fact]
    public void Any_flipped_bit_is_found()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 20);
        var path = folder["audit.jsonl"];
        var whole = File.ReadAllBytes(path);
        var random = new Random(7);

        // A bit of every byte of the last line, where nothing after it could give a change away, and some of all others.
        var last = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        var bits = Enumerable.Range(last, whole.Length - last).Select(b => b * 8 + random.Next(8)).Concat(Enumerable.Range(0, 300).Select(_ => random.Next(last * 8)));
        foreach (var bit in bits)
        {
            var spoilt = (byte[])whole.Clone();
            spoilt[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, spoilt);
            Assert.True(AuditLog.Verify(folder.Path).Problem is not null, $"bit {bit} of {whole.Length * 8}");
        }
        File.WriteAllBytes(path, whole);
        Assert.Null(AuditLog.Verify(folder.Path).Problem);
    }

    [Fact]
    public void A_line_that_is_removed_added_or_exchanged_is_found_with_its_place()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 5);
        var path = folder["audit.jsonl"];
        var lines = File.ReadAllLines(path);

        foreach (var spoilt in (string[][])[[lines[0], lines[2], lines[3], lines[4]], [lines[0], lines[2], lines[1], lines[3], lines[4]], [lines[0], lines[1], lines[1], lines[2], lines[3], lines[4]]])
        {
            File.WriteAllLines(path, spoilt);
            Assert.Matches(@"audit\.jsonl:\d: this line does not follow", AuditLog.Verify(folder.Path).Problem);
        }
        File.WriteAllLines(path, [lines[1], lines[2]]);
        Assert.Null(AuditLog.Verify(folder.Path).Problem);
    }

    [Fact]
    public void The_chain_goes_on_through_files_that_are_put_aside_and_through_restarts()
    {
        using var folder = new TemporaryFolder();
        for (var start = 0; start < 4; start++)
            Write(folder, 10, fileBytesMax: 2_000);

        Assert.True(Directory.GetFiles(folder.Path, "audit.*.jsonl").Length >= 3);
        Assert.Equal((40, null), (AuditLog.Verify(folder.Path).Lines, AuditLog.Verify(folder.Path).Problem));
        var aside = Directory.GetFiles(folder.Path, "audit.*.jsonl").Order(StringComparer.Ordinal).ToArray();
        File.Delete(aside[1]);
        Assert.Contains("does not follow", AuditLog.Verify(folder.Path).Problem);
    }

    [Fact]
    public void Half_a_line_that_a_kill_has_left_is_removed_at_the_next_start()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 3);
        var whole = File.ReadAllBytes(folder["audit.jsonl"]);
        for (var cut = 1; cut < 60; cut += 7)
        {
            File.WriteAllBytes(folder["audit.jsonl"], whole[..^cut]);
            Write(folder, 1);
            Assert.Equal((3, null), (AuditLog.Verify(folder.Path).Lines, AuditLog.Verify(folder.Path).Problem));
        }
    }

    [Fact]
    public void A_changed_last_line_is_not_continued()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 3);
        File.WriteAllText(folder["audit.jsonl"], File.ReadAllText(folder["audit.jsonl"]).Replace("\"n\":3", "\"n\":2"));

        Assert.Contains("somebody changed the audit log", Assert.Throws<ConfigException>(() => Write(folder, 1)).Message);
    }

    [Fact]
    public void A_log_that_cannot_be_written_makes_the_server_not_ready_and_goes_on_when_it_can()
    {
        if (!Directory.Exists("/dev/shm"))
            Assert.Skip("/dev/full is needed: run this test on Linux.");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["audit.jsonl"], "/dev/full");
        using var audit = new AuditLog(folder.Path, TimeProvider.System, NullLogger<AuditLog>.Instance);

        audit.Append(Entry(1), isDurable: false);

        Assert.Equal(Readiness.Failed, audit.Check().State);
        Assert.Contains("cannot be written", audit.Check().Detail);
    }

    private static void Write(TemporaryFolder folder, int lines, long fileBytesMax = AuditLog.FileBytesMax)
    {
        using var audit = new AuditLog(folder.Path, new ManualTime(), NullLogger<AuditLog>.Instance, fileBytesMax);
        for (var i = 0; i < lines; i++)
            audit.Append(Entry(i), isDurable: i % 2 == 0);
        Assert.Equal(Readiness.Ready, audit.Check().State);
    }

    private static AuditEntry Entry(int i) => new("admin", "POST", $"/api/v1/models/{i}/promote", 200, "127.0.0.1", $"trace-{i}");

    private static JsonElement[] Lines(string home) => [.. File.ReadAllLines(Path.Combine(home, "audit.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)];
}
