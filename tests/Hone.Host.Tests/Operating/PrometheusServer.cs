using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Hone.Host.Tests.Operating;

/// <summary>A real Prometheus with a folder of its own and a port that the system chose; ended by its process id.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringBuilder _log = new();
    private readonly Process _process;

    private PrometheusServer(string program, Uri target, string key)
    {
        var key_file = _folder.Write("hone.key", key);
        _folder.Write("prometheus.yml", $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            scrape_configs:
              - job_name: hone
                authorization: {type: Bearer, credentials_file: '{{key_file}}'}
                static_configs: [{targets: ['{{target.Authority}}']}]
            """);
        _process = Process.Start(new ProcessStartInfo(program,
            ["--config.file=" + _folder["prometheus.yml"], "--storage.tsdb.path=" + _folder["data"], "--web.listen-address=127.0.0.1:0", "--log.level=info"])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
    }

    private HttpClient Http { get; } = new() { Timeout = TimeSpan.FromMinutes(1) };

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Starts it against a server and waits until it answers.</summary>
    public static async Task<PrometheusServer> Start(string program, Uri target, string key)
    {
        var server = new PrometheusServer(program, target, key);
        await Eventually.Holds(() => server.TryFindAddress(), () => $"Prometheus did not start:\n{server.Log}");
        await Eventually.Holds(server.IsReady, () => $"Prometheus was not ready:\n{server.Log}");
        return server;
    }

    /// <summary>Asks the API.</summary>
    public async Task<JsonElement> Get(string path, params (string Name, string Value)[] query)
    {
        using var answer = await Http.GetAsync(path + (query.Length == 0 ? "" : "?" + string.Join("&", query.Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value)}"))));
        var root = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(root.GetProperty("status").GetString() == "success", $"{path}: {root}");
        return root.GetProperty("data");
    }

    private bool TryFindAddress()
    {
        Assert.False(_process.HasExited, Log);
        if (Regex.Match(Log, @"Listening on"" address=(127\.0\.0\.1:[1-9]\d*)") is not { Success: true } found)
            return false;
        Http.BaseAddress = new Uri($"http://{found.Groups[1].Value}");
        return true;
    }

    private async Task<bool> IsReady()
    {
        try
        {
            using var answer = await Http.GetAsync("/-/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
