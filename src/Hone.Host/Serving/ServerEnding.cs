namespace Hone.Host.Serving;

/// <summary>Tells what never ends by itself, open streams above all, that the server ends.</summary>
/// <param name="Token">Cancelled when it does.</param>
public sealed record ServerEnding(CancellationToken Token);
