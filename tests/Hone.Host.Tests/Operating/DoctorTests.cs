using System.Text.Json;
using Hone.Host.Configuration;
using Hone.Host.Operating.Doctor;
using Hone.Host.Tests.Cli;
using Hone.Host.Tests.Serving;

namespace Hone.Host.Tests.Operating;

public sealed class DoctorTests
{
    [Fact]
    public void Every_check_says_how_it_stands_and_what_to_do()
    {
        using var folder = new TemporaryFolder();

        var run = CommandLine.Run("doctor", "--home", folder["home"], "--json");

        var root = run.Json();
        var checks = root.GetProperty("checks").EnumerateArray().ToArray();
        Assert.Equal(DoctorChecks.All.Select(c => c.Name), checks.Select(c => c.GetProperty("check").GetString()));
        Assert.All(checks, check =>
        {
            Assert.Contains(check.GetProperty("verdict").GetString(), new[] { "ok", "warn", "fail" });
            Assert.False(string.IsNullOrWhiteSpace(check.GetProperty("found").GetString()));
            Assert.Equal(check.GetProperty("verdict").GetString() == "ok", check.GetProperty("remedy").ValueKind == JsonValueKind.Null);
        });
        Assert.Equal(checks.Any(c => c.GetProperty("verdict").GetString() == "fail") ? 1 : 0, run.ExitCode);
        Assert.False(Directory.Exists(folder["home"]));
        Assert.Empty(folder.Files());
    }

    [Fact]
    public void The_documentation_lists_every_check()
        => Assert.All(DoctorChecks.All, check => Assert.Contains($"\n| `{check.Name}` | ", Repository.Read("docs/operating.md")));

    [Fact]
    public void Text_has_a_line_for_each_check_and_one_for_each_remedy()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["home"]);
        Mode(folder["home"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);

        var run = CommandLine.Run("doctor", "--home", folder["home"], "--check", "home", "--check", "disk");

        Assert.Equal("", run.Error);
        Assert.Matches("^warn  home  .* is open to others\\.\n\\s+`chmod 700 .*", run.Out);
        Assert.Matches("\n(ok|warn|fail)\\s+disk  ", run.Out);
    }

    [Fact]
    public void A_check_that_does_not_exist_is_refused_with_the_list()
    {
        var run = CommandLine.Run("doctor", "--check", "horoscope");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("--check is 'horoscope'; the checks are runtime, processor, ", run.ErrorLine());
    }

    [Fact]
    public async Task A_home_that_is_closed_to_others_is_well()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["home"]);
        Mode(folder["home"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Equal(Verdict.Ok, (await new HomeCheck().Run(Subject(folder), default)).Verdict);
    }

    [Fact]
    public async Task A_key_file_that_others_may_read_fails()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["home"]);
        File.WriteAllText(Path.Combine(folder["home"], "admin.key"), new string('x', 40));
        Mode(Path.Combine(folder["home"], "admin.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var finding = await new KeysCheck().Run(Subject(folder), default);

        Assert.Equal(Verdict.Fail, finding.Verdict);
        Assert.Contains("chmod 600", finding.Remedy);
    }

    [Fact]
    public async Task What_serve_would_refuse_fails()
    {
        using var folder = new TemporaryFolder();
        var subject = Subject(folder, o => o with { Urls = ["http://0.0.0.0:8480"] });

        var finding = await new ConfigurationCheck().Run(subject, default);

        Assert.Equal(Verdict.Fail, finding.Verdict);
        Assert.Contains("without TLS", finding.Remedy);
    }

    [Fact]
    public async Task The_time_of_a_sync_is_measured_and_nothing_is_left_behind()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["home"]);

        var finding = await new SyncCheck().Run(Subject(folder), default);

        Assert.NotEqual(Verdict.Fail, finding.Verdict);
        Assert.Matches(@"^A sync takes \d+\.\d\d ms", finding.Found);
        Assert.Empty(Directory.GetFiles(folder["home"]));
    }

    [Fact]
    public async Task A_file_that_is_no_journal_fails_and_a_journal_that_nobody_has_open_is_looked_at_without_a_trace()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["home"]);
        var journal = Path.Combine(folder["home"], "journal.db");
        File.WriteAllText(journal, new string('x', 5000));

        var damaged = await new JournalLockCheck().Run(Subject(folder), default);
        File.Delete(journal);
        await (await Hone.Adapters.Journals.JournalStore.OpenAsync("sqlite", folder["home"])).DisposeAsync();
        var files = Directory.GetFiles(folder["home"]);
        var sound = await new JournalLockCheck().Run(Subject(folder), default);

        Assert.Equal((Verdict.Fail, Verdict.Ok), (damaged.Verdict, sound.Verdict));
        Assert.Contains("hone restore", damaged.Remedy);
        // Looking leaves no file behind that belongs to whoever looked.
        Assert.Equal(files.Order(), Directory.GetFiles(folder["home"]).Order());
        Assert.EndsWith("no server has it open.", sound.Found);
    }

    [Fact]
    public async Task A_lock_of_another_process_is_found_by_its_id()
    {
        var flock = Tool.Require("flock", "it comes with util-linux.");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells who holds a lock.");
        using var folder = new TemporaryFolder();
        var path = folder.Write("journal.db", "");
        using var holder = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(flock, [path, "sh", "-c", "echo locked; read end"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("locked", await holder.StandardOutput.ReadLineAsync());

            Assert.Contains(holder.Id, FileLocks.HoldersOf([path]));
        }
        finally
        {
            holder.StandardInput.Close();
            await holder.WaitForExitAsync();
        }
        Assert.Empty(FileLocks.HoldersOf([path]));
    }

    [Fact]
    public async Task A_server_that_answers_is_found_and_one_that_is_asked_for_and_missing_fails()
    {
        await using var server = await TestServer.Start(_ => { });
        using var folder = new TemporaryFolder();
        var free = FreePort();

        var answering = await new AddressCheck().Run(Subject(folder) with { Url = server.Address.ToString() }, default);
        var missing = await new AddressCheck().Run(Subject(folder) with { Url = $"http://127.0.0.1:{free}" }, default);
        var unused = await new AddressCheck().Run(Subject(folder, o => o with { Urls = [$"http://127.0.0.1:{free}"] }), default);

        Assert.Equal(Finding.Ok($"A server answers at {server.Address.Authority}."), answering);
        Assert.Equal(Verdict.Fail, missing.Verdict);
        Assert.Equal(Finding.Ok($"No server runs; port {free} is free."), unused);
    }

    [Fact]
    public async Task PostgreSQL_out_of_reach_fails_without_telling_the_password()
    {
        using var folder = new TemporaryFolder();
        var subject = Subject(folder, o => o with { Store = $"postgres://hone:open-sesame@127.0.0.1:{FreePort()}/hone" });

        var finding = await new PostgresCheck().Run(subject, default);

        Assert.Equal(Verdict.Fail, finding.Verdict);
        Assert.StartsWith("PostgreSQL cannot be reached: ", finding.Found);
        Assert.DoesNotContain("open-sesame", finding.Found + finding.Remedy);
    }

    [Fact]
    public async Task A_certificate_is_judged_by_its_end()
    {
        using var folder = new TemporaryFolder();
        var now = DateTimeOffset.UtcNow;

        async Task<Verdict> Of(DateTimeOffset from, DateTimeOffset to)
        {
            using var key = System.Security.Cryptography.ECDsa.Create();
            using var certificate = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=hone", key, System.Security.Cryptography.HashAlgorithmName.SHA256).CreateSelfSigned(from, to);
            var path = folder.Write("hone.pem", certificate.ExportCertificatePem());
            return (await new CertificateCheck().Run(Subject(folder, o => o with { Tls = new TlsOptions { Certificate = path } }), default)).Verdict;
        }

        Assert.Equal(Verdict.Ok, await Of(now.AddDays(-1), now.AddDays(90)));
        Assert.Equal(Verdict.Warn, await Of(now.AddDays(-80), now.AddDays(10)));
        Assert.Equal(Verdict.Fail, await Of(now.AddDays(-80), now.AddDays(-1)));
        Assert.Equal(Verdict.Fail, await Of(now.AddDays(1), now.AddDays(90)));
    }

    private static DoctorSubject Subject(TemporaryFolder folder, Func<ServeOptions, ServeOptions>? change = null)
        => new(new HoneConfig { Serve = (change ?? (o => o))(new ServeOptions { Home = folder["home"] }) }, null, null);

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        return ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static void Mode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }
}
