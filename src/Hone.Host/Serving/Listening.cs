using System.Security.Cryptography.X509Certificates;
using Hone.Host.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using System.Security.Cryptography;

namespace Hone.Host.Serving;

/// <summary>What Kestrel takes from a socket before anybody else looks at it.</summary>
internal static class Listening
{
    public static void Apply(KestrelServerOptions kestrel, ServeOptions options)
    {
        var limits = options.Limits;
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestBodySize = limits.BodyBytesMax;
        kestrel.Limits.MaxConcurrentConnections = limits.ConnectionsMax;
        // Refused by a step of ours with 503 before; Kestrel itself would answer 500.
        kestrel.Limits.MaxConcurrentUpgradedConnections = limits.WebSocketsMax + 1;
        kestrel.Limits.MaxRequestLineSize = limits.RequestLineBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeadersBytesMax;
        kestrel.Limits.MaxRequestHeaderCount = limits.HeadersMax;
        kestrel.Limits.RequestHeadersTimeout = limits.HeadersTimeout;
        kestrel.Limits.MinRequestBodyDataRate = limits.BodyBytesPerSecondMin > 0 ? new MinDataRate(limits.BodyBytesPerSecondMin, TimeSpan.FromSeconds(5)) : null;
        if (options.Tls.Certificate is not null)
        {
            var certificate = Certificate(options.Tls);
            kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate);
        }
    }

    private static X509Certificate2 Certificate(TlsOptions tls)
    {
        var path = tls.Certificate!;
        try
        {
            var password = tls.PasswordFile is null ? null : File.ReadLines(tls.PasswordFile).FirstOrDefault();
            if (Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12")
                return X509CertificateLoader.LoadPkcs12FromFile(path, password);
            return password is null ? X509Certificate2.CreateFromPemFile(path, tls.Key) : X509Certificate2.CreateFromEncryptedPemFile(path, password, tls.Key);
        }
        catch (CryptographicException e)
        {
            throw new ConfigException($"serve.tls.certificate {path}: cannot be read: {ConfigProblem.OneLine(e.Message)}");
        }
    }
}
