using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Hone.Host.Tests.Api;

/// <summary>`hone serve` as a process of its own, as people run it. It can be killed and started again.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string[] _arguments;
    private readonly StringBuilder _errors = new();
    private Process? _process;

    private ServerProcess(string home, string[] arguments) => (Home, _arguments) = (home, arguments);

    public string Home { get; }

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public string AdminKeyFile => Path.Combine(Home, "admin.key");

    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    /// <summary>Starts a server on a free port.</summary>
    public static async Task<ServerProcess> Start(string home, params string[] arguments)
    {
        var server = new ServerProcess(home, arguments);
        try
        {
            await server.StartAgain();
        }
        catch
        {
            server.Dispose();
            throw;
        }
        return server;
    }

    /// <summary>Starts it, on the port that it had before.</summary>
    public async Task StartAgain()
    {
        var start = Hone(["serve", "--home", Home, "--urls", Address.ToString().TrimEnd('/'), "--json", .. _arguments]);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
                _errors.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new InvalidOperationException($"The server ended: {Errors}");
        Address = new Uri(JsonDocument.Parse(line).RootElement.GetProperty("urls")[0].GetString()!);
    }

    /// <summary>Ends it with SIGKILL.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
        _process = null;
    }

    /// <summary>A client with the admin's key.</summary>
    public HttpClient Client()
    {
        var client = new HttpClient { BaseAddress = new Uri(Address, "/api/v1/"), Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(AdminKeyFile).Trim());
        return client;
    }

    /// <summary>How to start the program that was built.</summary>
    public static ProcessStartInfo Hone(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "hone.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("HONE_ADMIN_KEY");
        return start;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Exit, string Out, string Error)> Run(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }
        return (process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        if (_process is null)
            return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
