using System.Globalization;
using System.Threading.RateLimiting;
using Hone.Host.Configuration;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Hone.Host.Serving.Limits;

/// <summary>How many requests a key, an address without a key, and all heavy requests together may make.</summary>
public static class RequestRates
{
    /// <summary>Policy of endpoints that keep the server busy for long: <c>.RequireRateLimiting(RequestRates.Heavy)</c>.</summary>
    public const string Heavy = "heavy";

    /// <summary>Policy of attempts to sign in.</summary>
    public const string SignIn = "sign-in";

    private const int HeavyQueueMax = 4;
    private const int BusySeconds = 5;

    internal static void Add(RateLimiterOptions rates, ServeLimits limits)
    {
        rates.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, Asker>(context => RateLimitPartition.GetTokenBucketLimiter(Asker.Of(context), asker => PerSecond(asker.Key is null ? limits.AnonymousRequestsPerSecond : limits.RequestsPerSecond)));
        rates.AddPolicy(Heavy, _ => RateLimitPartition.GetConcurrencyLimiter(Heavy, _ => new ConcurrencyLimiterOptions { PermitLimit = limits.HeavyRequestsMax, QueueLimit = HeavyQueueMax, QueueProcessingOrder = QueueProcessingOrder.OldestFirst }));
        rates.AddPolicy(SignIn, context => RateLimitPartition.GetFixedWindowLimiter(AddressBucket.Of(context), _ => PerMinute(limits.SignInsPerMinute)));
        rates.OnRejected = (rejected, _) => new(Refuse(rejected.HttpContext, rejected.Lease));
    }

    /// <summary>Answers 429 and says when to come again.</summary>
    internal static Task Refuse(HttpContext context, RateLimitLease lease)
    {
        var seconds = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : BusySeconds;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Problem.Write(context, StatusCodes.Status429TooManyRequests, null);
    }

    internal static FixedWindowRateLimiterOptions PerMinute(int permits) => new() { PermitLimit = permits, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 };

    // A second's worth may come at once. Refilled ten times a second where that gives whole tokens.
    private static TokenBucketRateLimiterOptions PerSecond(int requests)
    {
        var parts = requests % 10 == 0 ? 10 : 1;
        return new() { TokenLimit = requests, TokensPerPeriod = requests / parts, ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / parts), QueueLimit = 0 };
    }

    // A key counts as itself wherever it comes from; who has none counts with the neighbours of the address.
    private readonly record struct Asker(string? Key, int Address)
    {
        public static Asker Of(HttpContext context) => KeyHolder.Of(context) is { } holder ? new(holder.Id, 0) : new(null, AddressBucket.Of(context));
    }
}
