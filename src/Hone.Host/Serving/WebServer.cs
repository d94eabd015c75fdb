using System.Net;
using Hone.Host.Configuration;
using Hone.Host.Serving.Auditing;
using Hone.Host.Serving.Browsers;
using Hone.Host.Serving.Documents;
using Hone.Host.Serving.Idempotent;
using Hone.Host.Serving.Json;
using Hone.Host.Serving.Keys;
using Hone.Host.Serving.Limits;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving;

/// <summary>Everything between the socket and an endpoint. What an endpoint gets is authenticated, within limits and, where it reads JSON, well-formed.</summary>
public static class WebServer
{
    /// <summary>Where the API stands.</summary>
    public const string ApiRoot = "/api/v1";

    /// <summary>Puts the server together; nothing is opened yet.</summary>
    /// <param name="options">How to serve.</param>
    /// <param name="around">What comes from the process.</param>
    /// <param name="addServices">Adds what the endpoints need, an <c>IJournal</c> among it.</param>
    /// <param name="mapApi">Maps the endpoints, with whole paths.</param>
    /// <exception cref="ConfigException">The options are not safe or the keys cannot be read.</exception>
    public static WebApplication Build(ServeOptions options, ServerSurroundings around, Action<IServiceCollection> addServices, Action<IEndpointRouteBuilder> mapApi)
    {
        StartChecks.Require(options, around.AdminKey);
        // Empty: no files and no environment variables of the framework change how the server behaves.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        AddListening(builder, options);
        AddLog(builder.Logging, options, around);
        AddServices(builder.Services, options, around);
        addServices(builder.Services);

        var app = builder.Build();
        // What cannot be used is said before a port is opened.
        app.Services.GetRequiredService<KeyRing>();
        app.Services.GetRequiredService<AuditLog>();
        UseSteps(app, options);
        app.MapHealth();
        app.MapSignIn();
        app.MapDocument();
        mapApi(app);
        return app;
    }

    /// <summary>Serves until <paramref name="stop"/>: then no new connections, requests finish, and <paramref name="afterRequests"/> closes what they used.</summary>
    /// <param name="app">The server.</param>
    /// <param name="onListening">Called with the addresses once they are open.</param>
    /// <param name="afterRequests">Called when no request runs any more.</param>
    /// <param name="stop">Asks it to stop.</param>
    public static async Task Serve(WebApplication app, Action<IReadOnlyCollection<string>> onListening, Func<Task> afterRequests, CancellationToken stop)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(WebServer).FullName!);
        var limits = app.Services.GetRequiredService<ServeLimits>();
        try
        {
            await app.StartAsync(CancellationToken.None);
            ServerLog.Listening(log, string.Join(", ", app.Urls));
            onListening([.. app.Urls]);
            await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ServerLog.Stopping(log, limits.ShutdownTimeout.TotalSeconds);
            await app.StopAsync(CancellationToken.None);
        }
        finally
        {
            await afterRequests();
            ServerLog.Stopped(log);
            await app.DisposeAsync();
        }
    }

    // From the socket inwards; the order is the security of the whole.
    private static void UseSteps(WebApplication app, ServeOptions options)
    {
        if (options.KnownProxies.Count > 0)
            app.UseForwardedHeaders();
        app.UseMiddleware<RequestLines>();
        app.UseMiddleware<AuditTrail>();
        app.UseMiddleware<ProblemAnswers>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseHostFiltering();
        app.UseMiddleware<KeyInQuery>();
        app.UseRouting();
        if (options.CorsOrigins.Count > 0)
            app.UseCors();
        app.UseRequestTimeouts();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(30) });
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseMiddleware<OriginCheck>();
        app.UseAuthorization();
        app.UseMiddleware<WebSocketGate>();
        app.UseMiddleware<Idempotency>();
    }

    private static void AddListening(WebApplicationBuilder builder, ServeOptions options)
    {
        builder.WebHost.UseKestrelCore().UseUrls([.. options.Urls]).ConfigureKestrel(kestrel => Listening.Apply(kestrel, options));
        if (options.Tls.Certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Limits.ShutdownTimeout);
    }

    private static void AddLog(ILoggingBuilder logging, ServeOptions options, ServerSurroundings around)
    {
        logging.AddProvider(new LogLines(around.Log, options.Log, around.Time));
        logging.SetMinimumLevel((LogLevel)options.LogDetail);
        // The framework writes whole addresses, query strings included, at lower levels.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
    }

    private static void AddServices(IServiceCollection services, ServeOptions options, ServerSurroundings around)
    {
        services.AddSingleton(options);
        services.AddSingleton(options.Limits);
        services.AddSingleton(around.Time);
        services.AddSingleton(new KeyFile(options.Home, around.Time));
        services.AddSingleton(p => new KeyRing(p.GetRequiredService<KeyFile>(), AdminKey.ReadOrGenerate(options.Home, around.AdminKey), around.Time, p.GetRequiredService<ILogger<KeyRing>>()));
        services.AddSingleton<WrongKeyRate>();
        services.AddSingleton<SignInCodes>();
        services.AddSingleton<BrowserSessions>();
        services.AddSingleton(p => new AuditLog(options.Home, around.Time, p.GetRequiredService<ILogger<AuditLog>>()));
        services.AddSingleton<IReadinessCheck>(p => p.GetRequiredService<AuditLog>());
        services.AddSingleton<KeptAnswers>();
        services.AddHostedService<KeptAnswersCleaning>();
        services.AddRouting();
        services.AddAuthentication(KeyHolder.Scheme).AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyHolder.Scheme, null);
        services.AddAuthorization(KeyPolicies.Add);
        services.AddRateLimiter(rates => RequestRates.Add(rates, options.Limits));
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins([.. options.CorsOrigins]).WithMethods("GET", "POST", "PUT", "DELETE").WithHeaders("Authorization", "Content-Type", IdempotencyKey.Header)));
        services.AddOpenApi("v1", ApiDocument.Add);
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new() { Timeout = options.Limits.RequestTimeout });
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
        services.Configure<HostFilteringOptions>(hosts => (hosts.AllowedHosts, hosts.AllowEmptyHosts, hosts.IncludeFailureMessage) = ([.. options.AllowedHosts], false, false));
        services.Configure<ForwardedHeadersOptions>(forwarded => Forward(forwarded, options));
        services.ConfigureHttpJsonOptions(json => StrictJson.Apply(json.SerializerOptions));
    }

    private static void Forward(ForwardedHeadersOptions forwarded, ServeOptions options)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        forwarded.ForwardLimit = 1;
        forwarded.KnownIPNetworks.Clear();
        forwarded.KnownProxies.Clear();
        foreach (var proxy in options.KnownProxies)
            forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
    }
}
