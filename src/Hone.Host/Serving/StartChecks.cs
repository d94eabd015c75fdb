using System.Net;
using Hone.Host.Configuration;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving;

/// <summary>What is refused at start, before a port is opened: each with one line that says what to do.</summary>
internal static class StartChecks
{
    /// <summary>Refuses what is not safe.</summary>
    /// <exception cref="ConfigException">It is not.</exception>
    public static void Require(ServeOptions options, string? adminKey)
    {
        if (options.Urls.Count == 0)
            throw new ConfigException("serve.urls is empty; name an address such as http://127.0.0.1:8480.");
        if (adminKey is not null)
            AdminKey.Check(adminKey);
        var addresses = options.Urls.Select(Parse).ToArray();
        RequireTls(options, addresses);
        var exposed = addresses.FirstOrDefault(a => !IsLoopback(a));
        RequireHosts(options, exposed);
        RequireOrigins(options);
        foreach (var proxy in options.KnownProxies)
            if (!IPAddress.TryParse(proxy, out _))
                throw new ConfigException($"serve.known_proxies holds '{proxy}'; it must be an IP address.");
        foreach (var secret in new[] { options.Tls.Certificate, options.Tls.Key, options.Tls.PasswordFile, AdminKey.PathIn(options.Home), Path.Combine(options.Home, "keys.json") })
            if (secret is not null)
                SecretFile.RequirePrivate(secret);
        if (exposed is not null && adminKey is null && !File.Exists(AdminKey.PathIn(options.Home)))
            throw new ConfigException(
                $"serve.urls holds {exposed}, which others can reach, and there is no key yet in {options.Home}: start once at a loopback address, or set {AdminKey.Variable}, or run `hone keys create --role admin`.");
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address.Scheme is not ("http" or "https") || address.IsUnixPipe || address.IsNamedPipe || address.PathBase.Length > 0)
                throw new FormatException();
            return address;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw new ConfigException($"serve.urls holds '{url}'; an address is http://HOST:PORT or https://HOST:PORT.");
        }
    }

    private static bool IsLoopback(BindingAddress address)
        => address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));

    private static void RequireTls(ServeOptions options, BindingAddress[] addresses)
    {
        foreach (var address in addresses)
        {
            if (address.Scheme == "http" && !IsLoopback(address))
                throw new ConfigException($"serve.urls holds {address}, which others can reach, without TLS; use https with serve.tls.certificate, or a loopback address behind a reverse proxy.");
            if (address.Scheme == "https" && options.Tls.Certificate is null)
                throw new ConfigException($"serve.urls holds {address}, but there is no certificate; name one in serve.tls.certificate.");
        }
        foreach (var file in new[] { options.Tls.Certificate, options.Tls.Key, options.Tls.PasswordFile })
            if (file is not null && !File.Exists(file))
                throw new ConfigException($"serve.tls names {file}; there is no such file.");
    }

    private static void RequireHosts(ServeOptions options, BindingAddress? exposed)
    {
        if (options.AllowedHosts.Count == 0 || options.AllowedHosts.Any(string.IsNullOrWhiteSpace))
            throw new ConfigException("serve.allowed_hosts is empty or holds an empty name; name the hosts under which the server is addressed.");
        if (options.AllowedHosts.FirstOrDefault(h => h is "*" or "*.*" or "[::]" or "0.0.0.0" or "+" || h.StartsWith('*')) is { } all)
            throw new ConfigException($"serve.allowed_hosts holds '{all}', which lets any web page speak to the server under a name of its own; name the hosts one by one.");
        if (exposed is not null && options.AllowedHosts.All(h => IsLoopback(BindingAddress.Parse($"http://{h}"))))
            throw new ConfigException($"serve.urls holds {exposed}, but serve.allowed_hosts has loopback names only; add the name under which others address the server.");
    }

    private static void RequireOrigins(ServeOptions options)
    {
        foreach (var origin in options.CorsOrigins)
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.GetLeftPart(UriPartial.Authority) != origin)
                throw new ConfigException($"serve.cors_origins holds '{origin}'; an origin is SCHEME://HOST[:PORT] and nothing more, and never '*'.");
    }
}
