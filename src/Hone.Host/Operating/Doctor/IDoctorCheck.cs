using Hone.Host.Configuration;

namespace Hone.Host.Operating.Doctor;

/// <summary>One thing that must be right for a server to work well here.</summary>
internal interface IDoctorCheck
{
    /// <summary>What is looked at, in kebab-case.</summary>
    string Name { get; }

    /// <summary>Looks.</summary>
    Task<Finding> Run(DoctorSubject subject, CancellationToken cancel);
}

/// <summary>What is looked at: a config that can be used, and where the server is if it runs.</summary>
/// <param name="Config">The config with its environment and flags.</param>
/// <param name="Url">Address of the server; the first of the config unless given.</param>
/// <param name="AdminKey">Value of HONE_ADMIN_KEY; null where it is not set.</param>
internal sealed record DoctorSubject(HoneConfig Config, string? Url, string? AdminKey)
{
    public ServeOptions Serve => Config.Serve;
}

/// <summary>How bad it is.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, but not as well as it could.</summary>
    Warn,

    /// <summary>It does not work, or loses something.</summary>
    Fail,
}

/// <summary>What a check found.</summary>
/// <param name="Verdict">How bad it is.</param>
/// <param name="Found">What was found, in a sentence.</param>
/// <param name="Remedy">What to do; null when nothing is.</param>
internal sealed record Finding(Verdict Verdict, string Found, string? Remedy = null)
{
    public static Finding Ok(string found) => new(Verdict.Ok, found);

    public static Finding Warn(string found, string remedy) => new(Verdict.Warn, found, remedy);

    public static Finding Fail(string found, string remedy) => new(Verdict.Fail, found, remedy);
}

/// <summary>All checks, in the order in which they are run and shown.</summary>
internal static class DoctorChecks
{
    public static IReadOnlyList<IDoctorCheck> All { get; } =
    [
        new RuntimeCheck(),
        new ProcessorCheck(),
        new MemoryCheck(),
        new ClockCheck(),
        new TimeServiceCheck(),
        new ConfigurationCheck(),
        new HomeCheck(),
        new DiskCheck(),
        new SyncCheck(),
        new SqliteCheck(),
        new JournalLockCheck(),
        new PostgresCheck(),
        new KeysCheck(),
        new CertificateCheck(),
        new AddressCheck(),
    ];
}
