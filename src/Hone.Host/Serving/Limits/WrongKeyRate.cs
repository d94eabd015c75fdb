using System.Threading.RateLimiting;
using Hone.Host.Configuration;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Limits;

/// <summary>Counts wrong keys by address.</summary>
internal sealed class WrongKeyRate(ServeLimits limits) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _counts
        = PartitionedRateLimiter.Create<HttpContext, int>(context => RateLimitPartition.GetFixedWindowLimiter(AddressBucket.Of(context), _ => RequestRates.PerMinute(limits.WrongKeysPerMinute)));

    /// <summary>Counts one; the lease is not acquired when it is one too many, and says when the next may come.</summary>
    public RateLimitLease Count(HttpContext context) => _counts.AttemptAcquire(context);

    public void Dispose() => _counts.Dispose();
}
