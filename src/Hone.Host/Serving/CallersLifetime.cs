using Microsoft.Extensions.Hosting;

namespace Hone.Host.Serving;

/// <summary>Whoever started the server decides when it stops: it listens to no signals of its own.</summary>
internal sealed class CallersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
