using System.ComponentModel.DataAnnotations;

namespace Hone.Host.Configuration;

/// <summary>The server: where it listens, what it keeps, whom it lets in. What is not safe is refused at start, see docs/security.md.</summary>
public sealed record ServeOptions
{
    /// <summary>Addresses to listen at. Anything but loopback needs https, a certificate and a key that exists already.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:8480"];

    /// <summary>Folder of everything the server keeps: keys, journal, audit log. Made with mode 0700 where it is missing.</summary>
    public string Home { get; init; } = "hone-home";

    /// <summary>Where sessions are kept: "sqlite" for a file in the home folder, or postgres://user@host/database.</summary>
    public string Store { get; init; } = "sqlite";

    /// <summary>Names under which the server may be addressed; a request with another Host header is refused. Add the public name behind a reverse proxy.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>IP addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.</summary>
    public IReadOnlyList<string> KnownProxies { get; init; } = [];

    /// <summary>Other web origins that browsers may call from, such as "https://desk.example"; none by default, and never all.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>The certificate for https addresses.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>Allow operations that cannot be taken back (deleting data, promoting without evidence); an admin key is needed all the same.</summary>
    public bool AllowDangerous { get; init; }

    /// <summary>Form of log lines on standard error.</summary>
    public LogForm Log { get; init; } = LogForm.Text;

    /// <summary>Least important log lines that are written.</summary>
    public LogDetail LogDetail { get; init; } = LogDetail.Information;

    /// <summary>What one client may ask of the server.</summary>
    public ServeLimits Limits { get; init; } = new();

    /// <summary>How long what happened is kept.</summary>
    public JournalPolicy Journal { get; init; } = new();

    /// <summary>What the server tells of itself: metrics, traces, and when it calls itself ready.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();
}

/// <summary>The certificate for https addresses: a PKCS #12 file, or a PEM file with its key.</summary>
public sealed record TlsOptions
{
    /// <summary>Path of the certificate, .pfx, .p12 or PEM; null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>Path of the private key where the certificate is PEM and does not hold it; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>File whose first line is the password of the certificate or its key; null for none. Readable by its owner alone.</summary>
    public string? PasswordFile { get; init; }
}

/// <summary>Form of log lines.</summary>
public enum LogForm
{
    /// <summary>One line of text each.</summary>
    Text,

    /// <summary>One JSON object each.</summary>
    Json,
}

/// <summary>Least important log lines that are written.</summary>
public enum LogDetail
{
    /// <summary>Everything.</summary>
    Trace,

    /// <summary>What helps to find a fault.</summary>
    Debug,

    /// <summary>What happens in normal operation.</summary>
    Information,

    /// <summary>What somebody should look at.</summary>
    Warning,

    /// <summary>What failed.</summary>
    Error,
}

/// <summary>What one client may ask of the server. Each limit answers with its own status: 413, 414, 431, 429 or 503.</summary>
public sealed record ServeLimits
{
    /// <summary>Largest body of a request in bytes.</summary>
    [Range(1024, 1 << 30)] public long BodyBytesMax { get; init; } = 1 << 20;

    /// <summary>Open connections.</summary>
    [Range(1, 100_000)] public int ConnectionsMax { get; init; } = 1_000;

    /// <summary>Open WebSockets.</summary>
    [Range(1, 10_000)] public int WebSocketsMax { get; init; } = 200;

    /// <summary>Longest first line of a request in bytes.</summary>
    [Range(256, 65_536)] public int RequestLineBytesMax { get; init; } = 8_192;

    /// <summary>All headers of a request together in bytes.</summary>
    [Range(1024, 262_144)] public int HeadersBytesMax { get; init; } = 32_768;

    /// <summary>Headers of a request.</summary>
    [Range(16, 1_000)] public int HeadersMax { get; init; } = 100;

    /// <summary>Time for a client to send the headers of a request.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Slowest rate at which a client may send a body, in bytes per second; 0 for any.</summary>
    [Range(0.0, 1e6)] public double BodyBytesPerSecondMin { get; init; } = 240;

    /// <summary>Time for a request to be answered; then 504.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for requests to finish when the server stops; then they are cut off.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests per second of one key; then 429.</summary>
    [Range(1, 10_000_000)] public int RequestsPerSecond { get; init; } = 50_000;

    /// <summary>Requests per second of one address without a valid key; then 429.</summary>
    [Range(1, 1_000_000)] public int AnonymousRequestsPerSecond { get; init; } = 100;

    /// <summary>Wrong keys per minute from one address; then 429 in place of 401.</summary>
    [Range(1, 1_000_000)] public int WrongKeysPerMinute { get; init; } = 30;

    /// <summary>Attempts to sign in per minute from one address; then 429.</summary>
    [Range(1, 1_000)] public int SignInsPerMinute { get; init; } = 5;

    /// <summary>Heavy requests (backups, reports, verification) at once; more wait in a short queue, then 429.</summary>
    [Range(1, 1_000)] public int HeavyRequestsMax { get; init; } = 2;

    /// <summary>Most rows of one page of a list.</summary>
    [Range(1, 100_000)] public int PageRowsMax { get; init; } = 1_000;
}
