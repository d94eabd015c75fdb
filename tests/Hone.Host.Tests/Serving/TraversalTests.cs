using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Tests.Serving;

/// <summary>Addresses that try to leave the server's own tree. <see cref="Check"/> runs all of them against every GET with a parameter of any server.</summary>
public sealed class TraversalTests
{
    /// <summary>The addresses; each stands where a parameter of a path stands, and goes over the wire as it is.</summary>
    public static readonly IReadOnlyList<string> Strings =
    [
        "..", "../", "../..", "../../etc/passwd", "../../../../../../../../etc/passwd", "..\\..\\etc\\passwd", "..%2f..%2fetc%2fpasswd", "..%2F..%2Fetc%2Fpasswd", "%2e%2e/%2e%2e/etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd", "..%5c..%5cetc%5cpasswd", "..%5C..%5Cwindows%5Cwin.ini", "%2e%2e%5c%2e%2e%5cetc", "%252e%252e%252fetc%252fpasswd", "..%252f..%252fetc%252fpasswd", "%25252e%25252e%25252f", "%c0%ae%c0%ae%c0%afetc%c0%afpasswd",
        "..%c0%af..%c0%afetc/passwd", "..%c1%9c..%c1%9cetc", "%e0%80%ae%e0%80%ae/etc", "%f0%80%80%ae", "....//....//etc/passwd", "....\\\\....\\\\etc", "..;/..;/etc/passwd", "..%3b/..%3b/etc/passwd", "./../../etc/passwd", ".%2e/.%2e/etc/passwd",
        "%2e./%2e./etc/passwd", "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "%2f%2fetc%2fpasswd", "file:///etc/passwd", "file:%2f%2f%2fetc%2fpasswd", "C:\\windows\\win.ini", "C:%5cwindows%5cwin.ini", "\\\\host\\share\\x", "%5c%5chost%5cshare",
        "~/.ssh/id_rsa", "~root", "%00", "..%00/etc/passwd", "a%00.json", "%0a", "%0d%0aX-Injected:%201", "%20", "%09", ".", "./", "...", "%2e", "%2e%2e", "%2e%2e/", "..%ff", "%ff%fe", "%", "%2", "%zz", "%u002e%u002e%u2215etc",
        "..%e2%88%95..%e2%88%95etc", "%uff0e%uff0e", "%ef%bc%8e%ef%bc%8e%ef%bc%8fetc", "admin.key", "../admin.key", "..%2fadmin.key", "..%2f..%2fhome%2fadmin.key", "keys.json", "..%2fkeys.json", "journal.db", "..%2fjournal.db", "proc/self/environ", "..%2f..%2f..%2f..%2fproc%2fself%2fenviron",
        "%24%7bHOME%7d", "$(id)", "%60id%60", "{id}", ":key", "*", "**", "con", "nul.txt", "a" + "%2f..".PadRight(400, '.'),
    ];

    [Fact]
    public async Task No_address_leaves_the_tree_or_makes_the_server_fail()
    {
        Assert.True(Strings.Distinct().Count() >= 60);
        await using var server = await TestServer.Start(TestApi.Map);

        Assert.True(await Check(server) >= 60);
    }

    /// <summary>Sends every string in place of every parameter of every GET, and in place of a whole path.</summary>
    /// <returns>Requests sent.</returns>
    internal static async Task<int> Check(TestServer server)
    {
        var templates = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true && e.RoutePattern.Parameters.Count > 0)
            .Select(e => e.RoutePattern)
            .ToArray();
        Assert.NotEmpty(templates);
        var sent = 0;
        foreach (var text in Strings)
            foreach (var path in templates.SelectMany(t => t.Parameters.Select(p => Path(t, p.Name, text))).Append("/" + text))
            {
                var answer = await Raw(server, path);
                sent++;
                var status = int.Parse(answer.AsSpan(9, 3));
                Assert.True(status < 500, $"{path}: {answer}");
                Assert.DoesNotContain("root:", answer);
                Assert.DoesNotContain(server.AdminKey, answer);
                Assert.DoesNotContain("\r\nX-Injected", answer, StringComparison.OrdinalIgnoreCase);
                // An endpoint may answer with the text as an id that it does not know or shows; a file it never is.
                // What is no address at all is refused by the HTTP parser, without a body.
                if (status >= 400 && !answer.StartsWith("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close", StringComparison.Ordinal))
                    Assert.Contains("application/problem+json", answer);
                else if (status == 200)
                    Assert.Contains("application/json", answer);
            }
        return sent;
    }

    private static string Path(Microsoft.AspNetCore.Routing.Patterns.RoutePattern template, string parameter, string text)
        => "/" + string.Join('/', template.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart p => p.Name == parameter ? text : "v1",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart l => l.Content,
            _ => "",
        }))));

    // HttpClient would resolve the dots before anything is sent.
    private static async Task<string> Raw(TestServer server, string path)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await socket.SendAsync(Encoding.Latin1.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.AdminKey}\r\nConnection: close\r\n\r\n"));
        var text = new StringBuilder();
        var bytes = new byte[8192];
        for (int n; (n = await socket.ReceiveAsync(bytes).WaitAsync(TimeSpan.FromMinutes(1))) > 0;)
            text.Append(Encoding.UTF8.GetString(bytes, 0, n));
        return text.ToString();
    }
}
