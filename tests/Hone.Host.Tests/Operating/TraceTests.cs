using System.Text;
using Hone.Host.Configuration;
using Hone.Host.Operating.Tracing;
using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Tests.Operating;

public sealed class TraceTests
{
    [Fact]
    public async Task A_request_and_the_round_of_its_session_arrive_at_the_collector_as_protobuf_without_a_secret()
    {
        await using var collector = await Collector.Start();
        await using var server = await OperatedServer.Start(o => o with { Telemetry = o.Telemetry with { OtlpEndpoint = collector.Address } });
        var session = await server.StartSession("BTCUSDT");
        var key = server.Web.AdminKey;
        using var client = server.Web.Client(Role.Admin);
        client.DefaultRequestHeaders.Add("User-Agent", "secret-agent");

        (await client.PostAsync($"/api/v1/sessions/{session.Id}/predict?at=secret-query", new StringContent("secret-body"))).EnsureSuccessStatusCode();
        (await client.GetAsync("/secret-path")).Dispose();
        await server.Web.App.StopAsync();

        Assert.Equal(["application/x-protobuf"], collector.MediaTypes.Distinct());
        Assert.Equal(["/v1/traces"], collector.Paths.Distinct());
        var spans = collector.Text;
        Assert.Contains("POST /api/v1/sessions/{id}/predict", spans);
        Assert.Contains("session queue", spans);
        Assert.Contains("session commit", spans);
        Assert.Contains("session apply", spans);
        Assert.Contains(session.Id, spans);
        Assert.Contains("PredictCommand", spans);
        Assert.DoesNotContain("secret", spans);
        Assert.DoesNotContain(key, spans);
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_traced()
    {
        await using var server = await OperatedServer.Start();

        Assert.Null(RoundTrace.Begin());
    }

    [Theory]
    [InlineData("collector:4318")]
    [InlineData("ftp://collector")]
    [InlineData("")]
    public void An_address_that_is_none_is_refused_by_name(string endpoint)
        => Assert.StartsWith($"serve.telemetry.otlp_endpoint is '{endpoint}'", Assert.Throws<ConfigException>(() => TraceExport.Address(endpoint)).Message);

    [Theory]
    [InlineData("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces")]
    [InlineData("https://collector.example/otlp/v1/traces", "https://collector.example/otlp/v1/traces")]
    public void An_address_without_a_path_gets_the_one_that_collectors_have(string endpoint, string address)
        => Assert.Equal(address, TraceExport.Address(endpoint).ToString());

    /// <summary>Takes what an exporter sends over HTTP.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly Lock _gate = new();
        private readonly List<byte[]> _bodies = [];
        private readonly WebApplication _app;

        private Collector()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.Run(Take);
        }

        public string Address => _app.Urls.First();

        public List<string> MediaTypes { get; } = [];

        public List<string> Paths { get; } = [];

        public string Text
        {
            get
            {
                lock (_gate)
                    return string.Concat(_bodies.Select(Encoding.UTF8.GetString));
            }
        }

        public static async Task<Collector> Start()
        {
            var collector = new Collector();
            await collector._app.StartAsync();
            return collector;
        }

        private async Task Take(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            lock (_gate)
            {
                _bodies.Add(body.ToArray());
                MediaTypes.Add(context.Request.ContentType ?? "");
                Paths.Add(context.Request.Path);
            }
            context.Response.ContentType = "application/x-protobuf";
        }

        public async ValueTask DisposeAsync()
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}
