using System.Diagnostics;
using System.Security.Cryptography;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Host.Serving.Keys;

namespace Hone.Host.Operating.Doctor;

/// <summary>What `hone serve` would refuse.</summary>
internal sealed class ConfigurationCheck : IDoctorCheck
{
    public string Name => "configuration";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        try
        {
            StartChecks.Require(subject.Serve, subject.AdminKey);
        }
        catch (ConfigException e)
        {
            return Task.FromResult(Finding.Fail("`hone serve` refuses this configuration.", e.Message));
        }
        return Task.FromResult(subject.Serve.AllowDangerous
            ? Finding.Warn("serve.allow_dangerous is set.", "Whoever has an admin key can delete data; unset it when what needed it is done.")
            : Finding.Ok($"Safe to serve at {string.Join(", ", subject.Serve.Urls)}."));
    }
}

/// <summary>The home folder: there, writable, and closed to others.</summary>
internal sealed class HomeCheck : IDoctorCheck
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public string Name => "home";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var home = Path.GetFullPath(subject.Serve.Home);
        if (!Directory.Exists(home))
            return Task.FromResult(Finding.Warn($"{home} does not exist.", "`hone serve` makes it, with mode 0700, where it may."));
        try
        {
            File.WriteAllBytes(Probe(home), []);
            File.Delete(Probe(home));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(Finding.Fail($"{home} cannot be written: {ConfigProblem.OneLine(e.Message)}", "Give it to the user that the server runs as."));
        }
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(home) & Others) != 0)
            return Task.FromResult(Finding.Warn($"{home} is open to others.", $"`chmod 700 {home}`: what sessions learned and who asked is in it."));
        return Task.FromResult(Finding.Ok($"{home} is writable and closed to others."));
    }

    internal static string Probe(string home) => Path.Combine(home, $".doctor-{Environment.ProcessId}");
}

/// <summary>Room on the disk of the home folder.</summary>
internal sealed class DiskCheck : IDoctorCheck
{
    private const double BytesPerGib = 1 << 30;
    private const double BytesPerMib = 1 << 20;

    public string Name => "disk";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var limit = subject.Serve.Telemetry.DiskFreeMibMin;
        if (DiskSpace.FreeBytes(subject.Serve.Home) is not { } free)
            return Task.FromResult(Finding.Warn("How much room there is cannot be told.", "Watch the disk in another way."));
        var found = $"{free / BytesPerGib:0.0} GiB are free.";
        return Task.FromResult(
            free < limit * BytesPerMib ? Finding.Fail(found, $"The server calls itself not ready under {limit} MiB (serve.telemetry.disk_free_mib_min); make room.")
            : free < 4 * limit * BytesPerMib ? Finding.Warn(found, "It will not last long; a million outcomes with 20 features take about half a GiB.")
            : Finding.Ok(found));
    }
}

/// <summary>How long the disk of the home folder takes to keep something: what every answer waits for.</summary>
internal sealed class SyncCheck : IDoctorCheck
{
    private const int Writes = 12;
    private const double GoodMs = 10;
    private const double PlausibleMs = 0.02;

    public string Name => "sync";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var home = Path.GetFullPath(subject.Serve.Home);
        // A home that is still to be made lies on the disk of the folder above it.
        while (!Directory.Exists(home))
            home = Path.GetDirectoryName(home)!;
        var path = HomeCheck.Probe(home);
        var tookMs = new double[Writes];
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            for (var i = 0; i < Writes; i++)
            {
                file.Write(RandomNumberGenerator.GetBytes(4096));
                var begun = Stopwatch.GetTimestamp();
                file.Flush(flushToDisk: true);
                tookMs[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(Finding.Fail($"Nothing can be written and synced in {home}: {ConfigProblem.OneLine(e.Message)}", "Give the folder to the user that the server runs as, or make room."));
        }
        Array.Sort(tookMs);
        var median = tookMs[Writes / 2];
        var found = FormattableString.Invariant($"A sync takes {median:0.00} ms (median of {Writes}, longest {tookMs[^1]:0.00} ms).");
        return Task.FromResult(
            median > GoodMs ? Finding.Warn(found, "Every answer waits for one: use a local SSD for the home folder, or PostgreSQL on a machine that has one.")
            : median < PlausibleMs ? Finding.Warn(found, "No disk is that fast: the file system keeps it in memory only, and a power cut loses what was acknowledged.")
            : Finding.Ok(found));
    }
}

/// <summary>The keys of the server.</summary>
internal sealed class KeysCheck : IDoctorCheck
{
    public string Name => "keys";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var admin = AdminKey.PathIn(subject.Serve.Home);
        try
        {
            SecretFile.RequirePrivate(admin);
            var now = DateTime.UtcNow;
            var keys = new KeyFile(subject.Serve.Home, TimeProvider.System).Read();
            var ending = keys.Where(k => k.IsValid(now) && k.Expires < now.AddDays(14)).ToArray();
            var found = $"{(subject.AdminKey is not null ? $"The admin key is in {AdminKey.Variable}" : File.Exists(admin) ? $"The admin key is in {admin}" : "There is no admin key yet")}; {keys.Count(k => k.IsValid(now))} further keys are valid.";
            return Task.FromResult(
                ending.Length > 0 ? Finding.Warn($"{found} {string.Join(", ", ending.Select(k => k.Id))} will expire within 14 days.", "Make new ones with `hone keys create`, and give them to whoever uses these.")
                : subject.AdminKey is null && !File.Exists(admin) ? Finding.Warn(found, "`hone serve` generates one at its first start.")
                : Finding.Ok(found));
        }
        catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(Finding.Fail("The keys cannot be used.", e.Message));
        }
    }
}
