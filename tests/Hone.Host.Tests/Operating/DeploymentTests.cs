using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Hone.Host.Tests.Operating;

public sealed class DeploymentTests
{
    private static readonly YamlMappingNode Compose = Load("deploy/compose.yaml");

    [Theory]
    [InlineData("deploy/compose.yaml")]
    [InlineData("deploy/compose/prometheus.yml")]
    [InlineData("deploy/prometheus/prometheus.yml")]
    [InlineData("deploy/prometheus/hone-alerts.yml")]
    [InlineData("deploy/prometheus/hone-alerts_test.yml")]
    [InlineData("deploy/grafana/provisioning/datasources/hone.yml")]
    [InlineData("deploy/grafana/provisioning/dashboards/hone.yml")]
    public void Every_file_is_yaml_without_a_key_twice(string path) => Assert.NotEmpty(Load(path).Children);

    [Fact]
    public void Compose_opens_loopback_ports_only()
        => Assert.All(
            Services().SelectMany(s => s.Value.Children.TryGetValue("ports", out var ports) ? ((YamlSequenceNode)ports).Children : []),
            port => Assert.StartsWith("127.0.0.1:", port.ToString()));

    [Fact]
    public void Every_service_that_stays_is_hardened()
        => Assert.All(Services().Where(s => s.Value.Children.ContainsKey("ports") || s.Key == "postgres"), service =>
        {
            // The anchor is merged by the program that reads the file.
            Assert.Equal("x-hardened", service.Value.Children.TryGetValue("<<", out var merged) && merged is YamlMappingNode m && m.Children["read_only"].ToString() == "true" ? "x-hardened" : service.Key);
            Assert.Equal("ALL", ((YamlSequenceNode)((YamlMappingNode)service.Value["<<"])["cap_drop"]).Single().ToString());
        });

    [Fact]
    public void Every_secret_is_a_file_outside_the_repository_that_the_script_makes()
    {
        var script = Repository.Read("deploy/compose/make-secrets.sh");
        var secrets = ((YamlMappingNode)Compose["secrets"]).Children;

        Assert.All(secrets, secret =>
        {
            var file = secret.Value["file"].ToString();
            Assert.StartsWith("./compose/secrets/", file);
            Assert.Contains(Path.GetFileName(file), script);
        });
        Assert.Contains("secrets/", Repository.Read("deploy/compose/.gitignore"));
        var used = Services().SelectMany(s => s.Value.Children.TryGetValue("secrets", out var list) ? ((YamlSequenceNode)list).Select(n => n.ToString()) : []).ToHashSet();
        Assert.Equal(secrets.Keys.Select(k => k.ToString()).Order(), used.Order());
    }

    [Fact]
    public void Every_file_that_compose_mounts_is_there()
        => Assert.All(
            Services().SelectMany(s => s.Value.Children.TryGetValue("volumes", out var volumes) ? ((YamlSequenceNode)volumes).Select(v => v.ToString().Split(':')[0]) : []).Where(v => v.StartsWith("./", StringComparison.Ordinal)),
            path => Assert.True(Path.Exists(Repository.PathOf("deploy/" + path)), path));

    [Fact]
    public void Settings_in_compose_and_in_the_image_are_settings_of_the_config()
    {
        var named = Regex.Matches(Repository.Read("deploy/compose.yaml") + Repository.Read("deploy/Dockerfile"), @"\bHONE__(\w+)").Select(m => m.Groups[1].Value.ToLowerInvariant().Split("__")).ToArray();

        Assert.NotEmpty(named);
        Assert.All(named, parts => Assert.NotNull(Hone.Host.Configuration.ConfigPath.TypeAt(parts)));
    }

    [Fact]
    public void The_image_runs_without_privileges_and_asks_itself_for_its_health()
    {
        var image = Repository.Read("deploy/Dockerfile");

        Assert.Matches(@"\nUSER \$APP_UID\n", image);
        Assert.True(image.LastIndexOf("\nUSER ", StringComparison.Ordinal) > image.LastIndexOf("\nRUN ", StringComparison.Ordinal), "nothing is run as root after the user is set");
        Assert.Matches(@"\nHEALTHCHECK [^\n]*\\\n\s+CMD \[""/app/hone"", ""doctor"", ""--check"", ""address""", image);
        Assert.Equal(2, Regex.Count(image, @"^FROM \S+:10\.0( AS build)?$", RegexOptions.Multiline));
    }

    [Fact]
    public async Task The_script_makes_secrets_for_their_owner_alone_and_leaves_them_as_they_are()
    {
        var bash = Tool.Require("bash", "install it.");
        Tool.Require("openssl", "`apt-get install openssl` brings it.");
        using var folder = new TemporaryFolder();
        var script = Repository.PathOf("deploy/compose/make-secrets.sh");

        var first = await Tool.Run(bash, folder.Path, null, script, folder["secrets"]);
        var made = Contents(folder["secrets"]);
        var second = await Tool.Run(bash, folder.Path, null, script, folder["secrets"]);

        Assert.True(first.ExitCode == 0 && second.ExitCode == 0, first.Output + second.Output);
        Assert.Equal(made, Contents(folder["secrets"]));
        Assert.Equal(7, made.Count);
        Assert.Equal("postgres:5432:hone:hone:" + made["postgres_password"], made["postgres_pgpass"]);
        if (OperatingSystem.IsWindows())
            return;
        foreach (var name in made.Keys.Where(name => name != "grafana_password"))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder["secrets"], name)));
    }

    [Fact]
    public async Task Systemd_accepts_the_unit()
    {
        var analyze = Tool.Require("systemd-analyze", "it comes with systemd.");
        using var folder = new TemporaryFolder();
        // The program is not installed here; everything else is looked at as it stands.
        var unit = folder.Write("hone.service", Repository.Read("deploy/systemd/hone.service").Replace("/opt/hone/hone serve", "/bin/true serve"));

        var (exitCode, output) = await Tool.Run(analyze, folder.Path, null, "verify", "--man=no", unit);

        Assert.True(exitCode == 0 && !output.Contains("hone.service", StringComparison.Ordinal), output);
    }

    [Theory]
    [InlineData("DynamicUser=yes")]
    [InlineData("ProtectSystem=strict")]
    [InlineData("StateDirectory=hone")]
    [InlineData("NoNewPrivileges=yes")]
    [InlineData("Restart=on-failure")]
    [InlineData("CapabilityBoundingSet=")]
    [InlineData("SystemCallFilter=@system-service")]
    public void The_unit_is_hardened(string line) => Assert.Contains($"\n{line}\n", Repository.Read("deploy/systemd/hone.service"));

    private static YamlMappingNode Load(string path)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Repository.Read(path)));
        return (YamlMappingNode)Assert.Single(stream.Documents).RootNode;
    }

    private static Dictionary<string, YamlMappingNode> Services() => ((YamlMappingNode)Compose["services"]).Children.ToDictionary(s => s.Key.ToString(), s => (YamlMappingNode)s.Value);

    private static SortedDictionary<string, string> Contents(string folder) => new(Directory.GetFiles(folder).ToDictionary(f => Path.GetFileName(f), f => File.ReadAllText(f).Trim()), StringComparer.Ordinal);
}
