using System.Net;
using System.Text.Json;
using Hone.Host.Serving.Browsers;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Tests.Serving;

public sealed class BrowserTests
{
    private const string SignIn = "/api/v1/sign-in";

    [Fact]
    public async Task A_code_signs_one_browser_in_once_and_signing_out_ends_it()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var browser = server.Client(null);
        var code = server.App.Services.GetRequiredService<SignInCodes>().Issue();

        var answer = await browser.PostAsync(SignIn, Code(code.ToLowerInvariant()));
        Assert.Equal("operate", (await answer.Success()).GetProperty("role").GetString());
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("; httponly", cookie);
        Assert.Contains("; samesite=strict", cookie);
        Assert.Contains("; path=/", cookie);
        Assert.DoesNotContain("secure", cookie);
        await (await browser.PostAsync(SignIn, Code(code))).Problem(401);

        await (await browser.SendAsync(Request("GET", "/api/v1/things/a", cookie))).Success();
        await (await browser.SendAsync(Request("DELETE", "/api/v1/everything", cookie, server.Address.GetLeftPart(UriPartial.Authority)))).Problem(403);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.SendAsync(Request("POST", "/api/v1/sign-out", cookie, server.Address.GetLeftPart(UriPartial.Authority)))).StatusCode);
        await (await browser.SendAsync(Request("GET", "/api/v1/things/a", cookie))).Problem(401);
    }

    [Fact]
    public async Task A_code_ends_after_ten_minutes_and_a_browser_after_twelve_hours()
    {
        var time = new ManualTime();
        await using var server = await TestServer.Start(TestApi.Map, time: time);
        using var browser = server.Client(null);
        var codes = server.App.Services.GetRequiredService<SignInCodes>();
        var old = codes.Issue();
        time.Advance(TimeSpan.FromMinutes(10));
        await (await browser.PostAsync(SignIn, Code(old))).Problem(401);

        var answer = await browser.PostAsync(SignIn, Code(codes.Issue()));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        await (await browser.SendAsync(Request("GET", "/api/v1/things/a", cookie))).Success();
        time.Advance(TimeSpan.FromSeconds(1));
        await (await browser.SendAsync(Request("GET", "/api/v1/things/a", cookie))).Problem(401);
    }

    [Fact]
    public async Task Guessing_codes_is_stopped_after_a_few()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var browser = server.Client(null);

        for (var i = 0; i < server.Options.Limits.SignInsPerMinute; i++)
            await (await browser.PostAsync(SignIn, Code("AAAAA-AAAAA"))).Problem(401);
        var answer = await browser.PostAsync(SignIn, Code("AAAAA-AAAAA"));
        await answer.Problem(429);
        Assert.True(answer.Headers.RetryAfter!.Delta > TimeSpan.Zero);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://127.0.0.1")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task A_foreign_page_changes_nothing_with_a_browsers_cookie(string? origin)
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var browser = server.Client(null);
        var cookie = (await browser.PostAsync(SignIn, Code(server.App.Services.GetRequiredService<SignInCodes>().Issue()))).Headers.GetValues("Set-Cookie").Single();

        await (await browser.SendAsync(Request("POST", "/api/v1/switch", cookie, origin))).Problem(403);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.SendAsync(Request("POST", "/api/v1/switch", cookie, server.Address.GetLeftPart(UriPartial.Authority)))).StatusCode);
    }

    [Fact]
    public async Task A_foreign_page_cannot_sign_its_visitor_in_and_a_program_without_a_page_needs_no_origin()
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var browser = server.Client(null);
        var code = server.App.Services.GetRequiredService<SignInCodes>().Issue();
        var request = Request("POST", SignIn, null, "https://evil.example");
        request.Content = Code(code);

        await (await browser.SendAsync(request)).Problem(403);
        await (await browser.PostAsync(SignIn, Code(code))).Success();
    }

    [Fact]
    public async Task With_TLS_the_cookie_is_bound_to_the_host_and_browsers_are_told_to_stay_with_TLS()
    {
        using var folder = new TemporaryFolder();
        var certificate = TestCertificate.Write(folder["tls.pem"]);
        await using var server = await TestServer.Start(TestApi.Map, o => o with { Urls = ["https://127.0.0.1:0"], Tls = new() { Certificate = certificate } });
        using var browser = new HttpClient(new SocketsHttpHandler { UseCookies = false, SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } }) { BaseAddress = server.Address };

        var answer = await browser.PostAsync(SignIn, Code(server.App.Services.GetRequiredService<SignInCodes>().Issue()));

        await answer.Success();
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("__Host-hone-session=", cookie);
        Assert.Contains("; secure", cookie);
        Assert.DoesNotContain("domain", cookie);
        Assert.StartsWith("max-age=", answer.Headers.GetValues("Strict-Transport-Security").Single());
        await (await browser.SendAsync(Request("GET", "/api/v1/things/a", cookie))).Success();
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/nothing")]
    [InlineData("/api/v1/fail")]
    public async Task Every_answer_tells_a_browser_to_trust_nothing_else(string path)
    {
        await using var server = await TestServer.Start(TestApi.Map);
        using var client = server.Client();

        var headers = (await client.GetAsync(path)).Headers;

        var policy = headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", headers.GetValues("Referrer-Policy").Single());
        Assert.False(headers.Contains("Server"));
        Assert.False(headers.Contains("X-Powered-By"));
        Assert.False(headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData(null, "https://evil.example", false)]
    [InlineData("https://desk.example", "https://evil.example", false)]
    [InlineData("https://desk.example", "https://desk.example.evil.example", false)]
    [InlineData("https://desk.example", "http://desk.example", false)]
    [InlineData("https://desk.example", "null", false)]
    [InlineData("https://desk.example", "https://desk.example", true)]
    public async Task Only_origins_that_were_named_may_call_from_a_page_and_never_with_cookies(string? named, string origin, bool isAllowed)
    {
        await using var server = await TestServer.Start(TestApi.Map, o => o with { CorsOrigins = named is null ? [] : [named] });
        using var browser = server.Client(null);
        using var client = server.Client();
        var preflight = Request("OPTIONS", "/api/v1/things", null, origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,idempotency-key");

        var asked = (await browser.SendAsync(preflight)).Headers;
        Assert.Equal(isAllowed ? origin : null, asked.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null);
        Assert.False(asked.Contains("Access-Control-Allow-Credentials"));

        var post = Request("POST", "/api/v1/switch", null, origin);
        Assert.Equal(isAllowed ? 204 : 403, (int)(await client.SendAsync(post)).StatusCode);
    }

    private static StringContent Code(string code) => Answers.Json(JsonSerializer.Serialize(new { code }));

    private static HttpRequestMessage Request(string method, string path, string? cookie, string? origin = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie.Split(';')[0]);
        if (origin is not null)
            request.Headers.TryAddWithoutValidation("Origin", origin);
        return request;
    }
}
