namespace Hone.Host.Serving;

/// <summary>What the server takes from the process it runs in; nothing else of it is looked at.</summary>
/// <param name="Log">Where log lines go: standard error.</param>
/// <param name="Time">The clock.</param>
/// <param name="AdminKey">Value of HONE_ADMIN_KEY; null where it is not set.</param>
public sealed record ServerSurroundings(TextWriter Log, TimeProvider Time, string? AdminKey)
{
    /// <summary>The process as it is.</summary>
    public static ServerSurroundings OfProcess(TextWriter log) => new(log, TimeProvider.System, Environment.GetEnvironmentVariable(Keys.AdminKey.Variable));
}
