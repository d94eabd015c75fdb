using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Tests.Serving;

public sealed class StartChecksTests
{
    private const string Random = "mRr0WzX1eq7JtVJt2nF9k3QyU6bLxCpA";

    public static TheoryData<string, string> Unsafe => new()
    {
        { "everybody, without TLS", "without TLS" },
        { "any IPv6 address, without TLS", "without TLS" },
        { "a star, without TLS", "without TLS" },
        { "a name, without TLS", "without TLS" },
        { "one of two addresses, without TLS", "without TLS" },
        { "https without a certificate", "there is no certificate" },
        { "a certificate that is not there", "there is no such file" },
        { "a certificate that others may read", "chmod 600" },
        { "a certificate that is none", "cannot be read" },
        { "everybody with TLS, but no key yet", "there is no key yet" },
        { "everybody with TLS, but loopback names only", "loopback names only" },
        { "any host", "name the hosts one by one" },
        { "any host of a domain", "name the hosts one by one" },
        { "no host", "allowed_hosts is empty" },
        { "any origin", "never '*'" },
        { "an origin with a path", "nothing more" },
        { "no address", "serve.urls is empty" },
        { "an address that is none", "an address is http" },
        { "a proxy that is no address", "it must be an IP address" },
        { "a short admin key", "it needs 32 or more" },
        { "a known admin key", "known or guessable" },
        { "one letter as admin key", "known or guessable" },
        { "an admin key with a blank", "could not be sent" },
        { "an admin key file that others may read", "chmod 600" },
        { "an admin key file without a key", "holds no key" },
        { "a key list that the group may read", "chmod 600" },
        { "a key list that is damaged", "is no list of keys" },
        { "an audit log that was changed", "is not as it was written" },
    };

    [Theory, MemberData(nameof(Unsafe))]
    public void What_is_not_safe_is_refused_with_one_line_that_says_what_to_do(string what, string says)
    {
        using var folder = new TemporaryFolder();
        var (options, key) = Make(what, folder);

        var refused = Assert.Throws<ConfigException>(() => WebServer.Build(options, new ServerSurroundings(TextWriter.Null, TimeProvider.System, key), s => s.AddSingleton<Adapters.Journals.IJournal>(new DocumentJournal()), _ => { }));

        Assert.Contains(says, refused.Message);
        using var error = new StringWriter();
        Assert.Equal(2, HoneApp.Report(refused, error, false));
        Assert.Equal(1, error.ToString().Count(c => c == '\n'));
        if (key is not null)
            Assert.DoesNotContain(key, error.ToString());
    }

    [Fact]
    public async Task With_TLS_a_key_and_a_name_everybody_may_reach_it()
    {
        using var folder = new TemporaryFolder();
        var options = Exposed(folder) with { Urls = ["https://0.0.0.0:0"], AllowedHosts = ["hone.example"] };

        await using var app = WebServer.Build(options, new ServerSurroundings(TextWriter.Null, TimeProvider.System, Random), s => s.AddSingleton<Adapters.Journals.IJournal>(new DocumentJournal()), _ => { });
        await app.StartAsync();

        Assert.StartsWith("https://", app.Urls.Single());
        Assert.False(File.Exists(Path.Combine(options.Home, "admin.key")));
        await app.StopAsync();
    }

    [Fact]
    public void The_defaults_are_loopback_alone()
    {
        var options = new ServeOptions();

        Assert.All(options.Urls, url => Assert.StartsWith("http://127.0.0.1:", url));
        Assert.Empty(options.CorsOrigins);
        Assert.False(options.AllowDangerous);
    }

    private static (ServeOptions Options, string? AdminKey) Make(string what, TemporaryFolder folder)
    {
        var safe = new ServeOptions { Home = folder["home"], Urls = ["http://127.0.0.1:0"] };
        ServeOptions At(params string[] urls) => safe with { Urls = urls, AllowedHosts = ["hone.example"] };
        return what switch
        {
            "everybody, without TLS" => (At("http://0.0.0.0:0"), Random),
            "any IPv6 address, without TLS" => (At("http://[::]:0"), Random),
            "a star, without TLS" => (At("http://*:0"), Random),
            "a name, without TLS" => (At("http://hone.example:0"), Random),
            "one of two addresses, without TLS" => (At("http://127.0.0.1:0", "http://192.0.2.1:0"), Random),
            "https without a certificate" => (At("https://0.0.0.0:0"), Random),
            "a certificate that is not there" => (Exposed(folder) with { Tls = new() { Certificate = folder["nowhere.pem"] } }, Random),
            "a certificate that others may read" => (Opened(Exposed(folder), folder["tls.pem"], UnixFileMode.OtherRead), Random),
            "a certificate that is none" => (Spoilt(Exposed(folder), folder["tls.pem"]), Random),
            "everybody with TLS, but no key yet" => (Exposed(folder), null),
            "everybody with TLS, but loopback names only" => (Exposed(folder) with { AllowedHosts = ["localhost", "127.0.0.1", "[::1]"] }, Random),
            "any host" => (safe with { AllowedHosts = ["localhost", "*"] }, null),
            "any host of a domain" => (safe with { AllowedHosts = ["*.example"] }, null),
            "no host" => (safe with { AllowedHosts = [] }, null),
            "any origin" => (safe with { CorsOrigins = ["*"] }, null),
            "an origin with a path" => (safe with { CorsOrigins = ["https://desk.example/app"] }, null),
            "no address" => (safe with { Urls = [] }, null),
            "an address that is none" => (safe with { Urls = ["localhost:8480"] }, null),
            "a proxy that is no address" => (safe with { KnownProxies = ["proxy.example"] }, null),
            "a short admin key" => (safe, Random[..31]),
            "a known admin key" => (safe, "this-is-my-super-secret-admin-key-2026"),
            "one letter as admin key" => (safe, new string('a', 64)),
            "an admin key with a blank" => (safe, Random + " x"),
            "an admin key file that others may read" => (Opened(safe, Home(safe, "admin.key", Random), UnixFileMode.OtherRead), null),
            "an admin key file without a key" => (Opened(safe, Home(safe, "admin.key", "\n"), 0), null),
            "a key list that the group may read" => (Opened(safe, Home(safe, "keys.json", "{\"keys\":[]}"), UnixFileMode.GroupRead), null),
            "a key list that is damaged" => (Opened(safe, Home(safe, "keys.json", "{\"keys\":"), 0), null),
            "an audit log that was changed" => (Opened(safe, Home(safe, "audit.jsonl", "{\"hash\":\"00\"}\n"), 0), null),
            _ => throw new ArgumentException(what),
        };
    }

    private static ServeOptions Exposed(TemporaryFolder folder)
        => new() { Home = folder["home"], Urls = ["https://0.0.0.0:0"], AllowedHosts = ["hone.example"], Tls = new() { Certificate = TestCertificate.Write(folder["tls.pem"]) } };

    private static string Home(ServeOptions options, string name, string content)
    {
        Directory.CreateDirectory(options.Home);
        var path = Path.Combine(options.Home, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static ServeOptions Opened(ServeOptions options, string path, UnixFileMode others)
    {
        Permissions.Set(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        return options;
    }

    private static ServeOptions Spoilt(ServeOptions options, string path)
    {
        File.WriteAllText(path, "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n");
        return options;
    }
}

/// <summary>A certificate for localhost that nobody has signed.</summary>
internal static class TestCertificate
{
    /// <summary>Writes certificate and key as PEM, readable by its owner alone.</summary>
    public static string Write(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        Permissions.Set(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}

/// <summary>Who may read a file.</summary>
internal static class Permissions
{
    private const string NoBits = "Windows has no permission bits; run this test on Linux or macOS.";

    public static void Set(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
        else
            Assert.Skip(NoBits);
    }

    public static UnixFileMode Of(string path)
    {
        if (!OperatingSystem.IsWindows())
            return File.GetUnixFileMode(path);
        Assert.Skip(NoBits);
        return default;
    }
}
