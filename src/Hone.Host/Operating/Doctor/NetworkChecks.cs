using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hone.Host.Configuration;

namespace Hone.Host.Operating.Doctor;

/// <summary>The certificate of https addresses.</summary>
internal sealed class CertificateCheck : IDoctorCheck
{
    private const int SoonDays = 21;

    public string Name => "certificate";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var tls = subject.Serve.Tls;
        if (tls.Certificate is not { } path)
            return Task.FromResult(Finding.Ok("None; the server speaks http to this machine."));
        try
        {
            var password = tls.PasswordFile is null ? null : File.ReadLines(tls.PasswordFile).FirstOrDefault();
            using var certificate = Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12"
                ? X509CertificateLoader.LoadPkcs12FromFile(path, password)
                : X509CertificateLoader.LoadCertificateFromFile(path);
            var ends = certificate.NotAfter.ToUniversalTime();
            var found = $"{certificate.Subject} is valid until {ends:yyyy-MM-dd}.";
            return Task.FromResult(
                ends < DateTime.UtcNow ? Finding.Fail(found, "It has expired: clients refuse the server. Put a new one in its place and restart.")
                : certificate.NotBefore.ToUniversalTime() > DateTime.UtcNow ? Finding.Fail($"{certificate.Subject} is not valid yet.", "Check the clock, or wait.")
                : ends < DateTime.UtcNow.AddDays(SoonDays) ? Finding.Warn(found, "Renew it; the server reads it at its start.")
                : Finding.Ok(found));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(Finding.Fail($"serve.tls.certificate {path} cannot be read.", ConfigProblem.OneLine(e.Message)));
        }
    }
}

/// <summary>Whether a server answers, or the port is free for one.</summary>
internal sealed class AddressCheck : IDoctorCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public string Name => "address";

    public async Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var address = subject.Url ?? subject.Serve.Urls.FirstOrDefault() ?? "";
        if (!Uri.TryCreate(address.Replace("//+", "//localhost").Replace("//*", "//localhost").Replace("//0.0.0.0", "//127.0.0.1").Replace("//[::]", "//[::1]"), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return Finding.Fail($"'{address}' is no address.", "Write http://HOST:PORT or https://HOST:PORT.");
        var untrusted = SslPolicyErrors.None;
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectTimeout = Patience,
            // Only /health/live is asked, without a key: a foreign certificate is reported, and nothing is trusted to it.
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, _, _, errors) =>
                {
                    untrusted = errors;
                    return true;
                },
            },
        })
        { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(new Uri(uri, "/health/live"), cancel);
            return answer.StatusCode != HttpStatusCode.OK ? Finding.Fail($"{uri.Authority} answers {(int)answer.StatusCode} to /health/live.", "Something else listens there, or the host's name is not in serve.allowed_hosts.")
                : untrusted != SslPolicyErrors.None ? Finding.Warn($"A server answers at {uri.Authority}; its certificate is not trusted here ({untrusted}).", "Clients need its authority, such as a ca_file; for a check from the same machine this is fine.")
                : Finding.Ok($"A server answers at {uri.Authority}.");
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Finding.Fail($"{uri.Authority} takes a connection but does not answer within {Patience.TotalSeconds:0} s.", "A server that reads a long journal answers when it is done; look at its log.");
        }
        catch (HttpRequestException e)
        {
            return subject.Url is not null
                ? Finding.Fail($"No server answers at {uri.Authority}: {ConfigProblem.OneLine(e.Message)}", "Start it with `hone serve`, or correct --url.")
                : PortOf(uri);
        }
    }

    private static Finding PortOf(Uri uri)
    {
        try
        {
            var ip = IPAddress.TryParse(uri.Host.Trim('[', ']'), out var parsed) ? parsed : IPAddress.Loopback;
            using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(ip, uri.Port));
            return Finding.Ok($"No server runs; port {uri.Port} is free.");
        }
        catch (SocketException e)
        {
            return Finding.Fail($"No server answers at {uri.Authority}, and the port cannot be taken: {ConfigProblem.OneLine(e.Message)}", "Another program has it, or the address is not this machine's; choose another with --urls.");
        }
    }
}
