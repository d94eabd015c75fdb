using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

// A bot that asks Hone before every trade and tells it what came of it. It knows nothing of Hone but HTTP.
//
//     ./hone serve
//     dotnet run --project samples/CSharpBot -- --key-file hone-home/admin.key
//
// The market here is a toy: a price with momentum that turns round half-way. Put your own in place of Market, and your broker in place of the four lines that trade.
var options = new Dictionary<string, string> { ["--url"] = "http://127.0.0.1:8480", ["--key-file"] = "hone-home/admin.key", ["--symbol"] = "TOY-CS", ["--steps"] = "2000" };
foreach (var pair in args.Chunk(2))
{
    if (pair.Length != 2 || !options.ContainsKey(pair[0]))
    {
        Console.Error.WriteLine($"'{string.Join(' ', pair)}' is no option with a value; there are {string.Join(", ", options.Keys)}.");
        return 2;
    }
    options[pair[0]] = pair[1];
}
if (!File.Exists(options["--key-file"]))
{
    Console.Error.WriteLine($"--key-file {options["--key-file"]} does not exist; `hone serve` writes it into its home folder.");
    return 2;
}
var (symbol, steps) = (options["--symbol"], int.Parse(options["--steps"]));

using var hone = new Hone(options["--url"], File.ReadAllText(options["--key-file"]).Trim());
var session = await hone.Session(symbol, "last", "before", "mean", "noise");
double money = 10_000;
var trades = 0;
foreach (var (step, features, move) in Market(steps))
{
    var id = $"{symbol}-{step}";
    var answer = await hone.Post($"sessions/{session}/predict", new { prediction_id = id, features });
    var pnl = 0.0;
    if (answer.GetProperty("act").GetBoolean())
    {
        var side = answer.GetProperty("label").GetInt32() == 1 ? 1 : -1;
        pnl = money * 0.10 * answer.GetProperty("size_multiplier").GetDouble() * (side * move - 0.0002);
        money += pnl;
        trades++;
    }
    await hone.Post($"sessions/{session}/outcomes", new { prediction_id = id, actual = move > 0 ? 1 : 0, pnl });
}
var metrics = await hone.Get($"sessions/{session}/metrics");
Console.WriteLine(JsonSerializer.Serialize(new
{
    session_id = session,
    steps,
    trades,
    money = Math.Round(money, 2),
    resolved = metrics.GetProperty("resolved").GetInt64(),
    accuracy = metrics.GetProperty("accuracy").GetDouble(),
    accuracy_majority = metrics.GetProperty("accuracy_majority").GetDouble(),
    adaptations = metrics.GetProperty("adaptations").GetInt64(),
    state_hash = metrics.GetProperty("state_hash").GetString(),
}));
return 0;

// Features known at a step, and the move that follows. The rule turns round half-way: what was learned before is then wrong.
static IEnumerable<(int Step, object Features, double Move)> Market(int steps)
{
    var random = new Random(7);
    double[] last = [0, 0, 0, 0];
    for (var step = 0; step < steps; step++)
    {
        var rule = step < steps / 2 ? 1 : -1;
        var noise = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var move = rule * (0.6 * last[3] + 0.3 * last[2]) + 0.01 * noise;
        yield return (step, new { last = last[3] * 100, before = last[2] * 100, mean = last.Sum() * 25, noise = random.NextDouble() }, move);
        last = [last[1], last[2], last[3], move];
    }
}

/// <summary>The few calls a bot needs. Every call may be repeated: ids make sure that nothing is learned twice.</summary>
internal sealed class Hone : IDisposable
{
    private const int AttemptsMax = 20;

    private readonly HttpClient _http;

    public Hone(string address, string key)
    {
        _http = new HttpClient { BaseAddress = new Uri(new Uri(address), "/api/v1/"), Timeout = TimeSpan.FromSeconds(30) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>The active session of a symbol: a new one, or the one that is there already.</summary>
    public async Task<string> Session(string symbol, params string[] features)
    {
        var sessions = await Get($"sessions?symbol={Uri.EscapeDataString(symbol)}");
        foreach (var session in sessions.GetProperty("sessions").EnumerateArray())
            if (session.GetProperty("status").GetString() == "active")
                return session.GetProperty("session_id").GetString()!;
        var started = await Post("sessions/start", new { symbol, model_type = "panel", config = new { features, classes = 2, target = "direction" } });
        return started.GetProperty("session_id").GetString()!;
    }

    public Task<JsonElement> Get(string path) => Call(() => new HttpRequestMessage(HttpMethod.Get, path));

    public Task<JsonElement> Post(string path, object body) => Call(() => new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) });

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> Call(Func<HttpRequestMessage> request)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            try
            {
                using var answer = await _http.SendAsync(request());
                if (answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.InsufficientStorage)
                {
                    await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
                    continue;
                }
                var content = await answer.Content.ReadFromJsonAsync<JsonElement>();
                return answer.IsSuccessStatusCode ? content : throw new InvalidOperationException($"{(int)answer.StatusCode} {content.GetProperty("detail").GetString()}");
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // The server was restarted or the line was cut: what was sent may have arrived, and sending it again is safe.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(100 << attempt, 2000)));
            }
        }
        throw new InvalidOperationException("the server does not answer");
    }
}
