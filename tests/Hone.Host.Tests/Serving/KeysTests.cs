using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Hone.Host.Serving.Keys;
using Hone.Host.Tests.Cli;

namespace Hone.Host.Tests.Serving;

public sealed class KeysTests
{
    [Fact]
    public async Task The_first_start_makes_an_admin_key_for_its_owner_alone_and_the_next_keeps_it()
    {
        using var folder = new TemporaryFolder();
        string first;
        await using (var server = await TestServer.Start(TestApi.Map, o => o with { Home = folder["home"] }))
        {
            first = server.AdminKey;
            Assert.Matches("^hone_[A-Za-z0-9_-]{43}$", first);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Permissions.Of(folder["home/admin.key"]));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, Permissions.Of(folder["home"]));
            using var client = server.Client();
            await (await client.GetAsync("/health/ready")).Success();
        }
        await using var again = await TestServer.Start(TestApi.Map, o => o with { Home = folder["home"] });
        Assert.Equal(first, again.AdminKey);
    }

    [Fact]
    public async Task A_key_that_the_command_line_makes_opens_and_one_that_it_revokes_is_refused_within_a_second_or_so()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        var home = server.Options.Home;
        var made = CommandLine.Run("keys", "create", "--role", "ingest", "--name", "bot", "--home", home, "--json").Json();
        using var client = server.Client(null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.GetProperty("key").GetString());

        await Eventually.Holds(async () => (await client.GetAsync("/api/v1/things/a")).StatusCode == HttpStatusCode.OK, "the new key opens");
        Assert.Equal(0, CommandLine.Run("keys", "revoke", made.GetProperty("id").GetString()!, "--home", home).ExitCode);
        var since = Stopwatch.StartNew();
        await Eventually.Holds(async () => (await client.GetAsync("/api/v1/things/a")).StatusCode == HttpStatusCode.Unauthorized, "the revoked key is refused");
        TestContext.Current.TestOutputHelper?.WriteLine($"revoked key refused after {since.ElapsedMilliseconds} ms");
        await (await client.GetAsync("/api/v1/things/a")).Problem(401);
    }

    [Fact]
    public async Task A_key_ends_when_it_was_said_to()
    {
        var time = new ManualTime();
        await using var server = await TestServer.Start(TestApi.Map, time: time);
        var (_, key) = server.KeyFile.Create(Role.Read, "", time.GetUtcNow().UtcDateTime.AddHours(1));
        server.LookAtKeys();
        using var client = server.Client(null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);

        time.Advance(TimeSpan.FromMinutes(59));
        await (await client.GetAsync("/api/v1/things/a")).Success();
        time.Advance(TimeSpan.FromMinutes(1));
        await (await client.GetAsync("/api/v1/things/a")).Problem(401);
    }

    [Theory]
    [InlineData("?key=x")]
    [InlineData("?API_KEY=x")]
    [InlineData("?a=1&access_token=x")]
    [InlineData("?token=x")]
    [InlineData("?anything=hone_abc")]
    public async Task A_key_in_an_address_is_refused_and_never_logged(string query)
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client();

        var problem = await (await client.GetAsync("/api/v1/things/a" + query)).Problem(400);

        Assert.Contains("Authorization: Bearer", problem.GetProperty("detail").GetString());
        Assert.Contains("1204", server.Log);
        Assert.DoesNotContain(query[1..], server.Log);
    }

    [Fact]
    public void No_key_stands_in_the_file()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("keys", "create", "--role", "admin", "--home", folder["home"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("^hone_[A-Za-z0-9_-]{43}\n$", run.Out);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Permissions.Of(folder["home/keys.json"]));
        Assert.DoesNotContain("hone_", File.ReadAllText(folder["home/keys.json"]));
        var listed = CommandLine.Run("keys", "list", "--home", folder["home"], "--json");
        Assert.DoesNotContain("hone_", listed.Out);
        Assert.Equal("admin", listed.Json().GetProperty("keys")[0].GetProperty("role").GetString());
        Assert.Contains("valid", CommandLine.Run("keys", "list", "--home", folder["home"]).Out);
    }

    [Theory]
    [InlineData("--role is 'root'; it must be read, ingest, operate or admin.", "keys", "create", "--role", "root", "--home", "HOME")]
    [InlineData("`hone keys create` needs --role:", "keys", "create", "--home", "HOME")]
    [InlineData("--expires is 'soon'; write a duration such as 90d", "keys", "create", "--role", "read", "--expires", "soon", "--home", "HOME")]
    [InlineData("the key would expire at 2001-01-01T00:00:00Z, which is not in the future.", "keys", "create", "--role", "read", "--expires", "2001-01-01", "--home", "HOME")]
    [InlineData("there is no such folder", "keys", "list", "--home", "HOME")]
    [InlineData("there is no such folder", "keys", "revoke", "k1", "--home", "HOME")]
    public void A_wrong_command_is_one_line_and_makes_nothing(string says, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run([.. arguments.Select(a => a == "HOME" ? folder["home"] : a)]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(says, run.ErrorLine());
        Assert.False(File.Exists(folder["home/keys.json"]));
    }

    [Fact]
    public void Revoking_a_key_that_is_not_there_says_so_and_revoking_twice_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var id = CommandLine.Run("keys", "create", "--role", "read", "--home", folder.Path, "--json").Json().GetProperty("id").GetString()!;

        Assert.Contains("there is no key 'nobody'", CommandLine.Run("keys", "revoke", "nobody", "--home", folder.Path).ErrorLine());
        CommandLine.Run("keys", "revoke", id, "--home", folder.Path);
        var once = File.ReadAllText(folder["keys.json"]);
        CommandLine.Run("keys", "revoke", id, "--home", folder.Path);
        Assert.Equal(once, File.ReadAllText(folder["keys.json"]));
    }

    [Fact]
    public async Task Keys_made_at_the_same_time_are_all_kept()
    {
        using var folder = new TemporaryFolder();
        var made = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => new KeyFile(folder.Path, TimeProvider.System).Create(Role.Read, $"{i}", null).Kept.Id)));

        Assert.Equal(made.Order(StringComparer.Ordinal), new KeyFile(folder.Path, TimeProvider.System).Read().Select(k => k.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_damaged_list_of_keys_leaves_those_in_force_that_were_read_before_and_says_so()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client(Role.Read);

        File.WriteAllText(server.KeyFile.Path, "{");
        server.LookAtKeys();

        await (await client.GetAsync("/api/v1/things/a")).Success();
        Assert.Contains(" 1202 ", server.Log);
    }

    [Fact]
    public void Secrets_are_compared_in_constant_time()
    {
        // How long a comparison takes cannot be asserted on a shared machine; that the right one is called can.
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "hone.dll"));
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        var fixedTime = metadata.MemberReferences.Single(h => metadata.GetString(metadata.GetMemberReference(h).Name) == "FixedTimeEquals");
        var token = MetadataTokens.GetToken(fixedTime);

        foreach (var method in (MethodInfo[])[typeof(KeyRing).GetMethod(nameof(KeyRing.Find))!, typeof(Hone.Host.Serving.Browsers.SignInCodes).GetMethod("TryUse")!])
            Assert.True(method.GetMethodBody()!.GetILAsByteArray().AsSpan().IndexOf(BitConverter.GetBytes(token)) > 0, method.Name);
    }
}
