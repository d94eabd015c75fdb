using System.Text.Json;
using Hone.Adapters.Feeds;
using Hone.Adapters.Journals;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Trading;
using Hone.Trading.Live;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Tests.Serving;

/// <summary>verify, replay, backup and restore over a journal in a file, beside the server that writes it.</summary>
public sealed class RecoveryVerbsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Verify_recomputes_all_sessions_beside_the_server_and_finds_a_changed_emission()
    {
        await using (var journal = await JournalStore.OpenAsync("sqlite", _folder.Path, TestContext.Current.CancellationToken))
        {
            var host = await Served.Open(journal);
            await Fill(host, 20);
            var (code, text, _) = Verb("verify", "--home", _folder.Path, "--json");
            Assert.Equal(0, code);
            var found = JsonDocument.Parse(text).RootElement.GetProperty("sessions")[0];
            Assert.Equal(41, found.GetProperty("entries").GetInt64());
            Assert.Equal(41, found.GetProperty("recomputed").GetInt64());
            Assert.Equal(1, found.GetProperty("snapshots").GetInt32());
            Assert.Equal(40, found.GetProperty("emissions").GetInt64());
            Assert.Equal(host.Find("s")!.Hash(), found.GetProperty("state_hash").GetString());
        }
    }

    [Fact]
    public async Task Verify_names_the_entry_that_emits_something_else()
    {
        var journal = new MemoryJournal();
        await Fill(await Served.Open(journal), 10);
        var record = (await journal.Sessions())[0];
        var sound = await JournalVerification.Run(TradingCatalog.BuiltIn(), journal, record, null, TestContext.Current.CancellationToken);
        Assert.Null(sound.Problem);
        journal.Damage("s", book =>
        {
            var bytes = book.Emissions[6].Payload.ToArray();
            bytes[^3] ^= 1;
            book.Emissions[6] = book.Emissions[6] with { Payload = bytes };
        });
        var seq = (await journal.Emissions("s", 1, 10))[6].Seq;
        var found = await JournalVerification.Run(TradingCatalog.BuiltIn(), journal, record, null, TestContext.Current.CancellationToken);
        Assert.Contains($"entry {seq} emits", found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_tells_why_a_prediction_was_made_and_what_came_of_it()
    {
        await using (var journal = await JournalStore.OpenAsync("sqlite", _folder.Path, TestContext.Current.CancellationToken))
            await Fill(await Served.Open(journal), 8);
        var (code, text, _) = Verb("replay", "--home", _folder.Path, "--session", "s", "--why", "q5", "--json");
        Assert.Equal(0, code);
        var why = JsonDocument.Parse(text).RootElement.GetProperty("why");
        Assert.Equal(Served.Features(5)[0], why.GetProperty("features").GetProperty("a").GetDouble());
        Assert.Equal(2, why.GetProperty("members").GetArrayLength());
        Assert.Equal(Served.Truth(5), why.GetProperty("outcome").GetProperty("actual").GetInt32());
        // Before its outcome was known.
        var (_, before, _) = Verb("replay", "--home", _folder.Path, "--session", "s", "--why", "q5", "--to", why.GetProperty("seq").GetRawText(), "--json");
        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(before).RootElement.GetProperty("why").GetProperty("outcome").ValueKind);
        var (plain, shown, _) = Verb("replay", "--home", _folder.Path, "--session", "s", "--why", "q5");
        Assert.Equal(0, plain);
        Assert.Contains("prediction q5", shown, StringComparison.Ordinal);
        Assert.Equal(1, Verb("replay", "--home", _folder.Path, "--session", "s", "--why", "nobody").Code);
    }

    [Fact]
    public async Task What_a_backup_of_a_running_server_holds_is_restored_and_verified()
    {
        string hash;
        await using (var journal = await JournalStore.OpenAsync("sqlite", _folder.Path, TestContext.Current.CancellationToken))
        {
            var host = await Served.Open(journal);
            await Fill(host, 12);
            hash = host.Find("s")!.Hash();
            Assert.Equal(0, Verb("backup", "--home", _folder.Path, "--out", _folder["b.hone"]).Code);
            await host.Find("s")!.Say(Served.Ask(100));
        }
        Assert.Equal(2, Verb("backup", "--home", _folder.Path, "--out", _folder["b.hone"]).Code);
        // A journal that stands there is not replaced by accident.
        Assert.Equal(1, Verb("restore", _folder["b.hone"], "--home", _folder.Path).Code);
        var (code, text, error) = Verb("restore", _folder["b.hone"], "--home", _folder["other"]);
        Assert.True(code == 0, error);
        Assert.Contains("1 sessions with 25 entries were restored and verified", text, StringComparison.Ordinal);
        var (_, replayed, _) = Verb("replay", "--home", _folder["other"], "--session", "s", "--json");
        Assert.Equal(hash, JsonDocument.Parse(replayed).RootElement.GetProperty("state_hash").GetString());
    }

    [Fact]
    public async Task A_trading_session_that_was_dropped_between_batches_of_bars_writes_the_files_of_a_run_over_the_same_bars()
    {
        const int Bars = 1500;
        Assert.Equal(0, Verb("simulate", "--bars", $"{Bars}", "--seed", "3", "--out", _folder["SIM_1h.csv"]).Code);
        Assert.Equal(0, Verb("run", "--data", _folder["SIM_1h.csv"], "--predictions", "all", "--out", _folder["run"], "--json").Code);
        var (bars, market) = Read(_folder["SIM_1h.csv"]);
        Assert.Equal(Bars, bars.Count);
        var config = ConfigLoader.Load(null, new System.Collections.Hashtable(), new Dictionary<string, System.Text.Json.Nodes.JsonNode?>());
        var random = new Random(7);
        for (var at = 0; at < Bars;)
        {
            // A server that is dropped without a word, after one batch or a few.
            await using var journal = await JournalStore.OpenAsync("sqlite", _folder.Path, TestContext.Current.CancellationToken);
            var host = await Served.Open(journal);
            await host.Start(new LiveSetup { Id = "t", Symbol = market.Symbol, Trading = true, Session = config.Setup() });
            for (var batch = random.Next(1, 4); batch > 0 && at < Bars; batch--)
            {
                var count = Math.Min(random.Next(1, 120), Bars - at);
                // The last bars of the batch before come again, as after an answer that was not heard.
                var from = Math.Max(0, at - 5);
                var items = bars.Skip(from).Take(at + count - from).Select(bar => new BarItem(bar, [])).ToArray();
                Assert.Null((await host.Find("t")!.Say(new BarsCommand(items, () => market) { AllowFuture = true })).Refusal);
                at += count;
            }
            if (random.Next(3) == 0)
                await host.Find("t")!.Say(new UpkeepCommand(snapshot: true));
        }
        var (code, _, error) = Verb("replay", "--home", _folder.Path, "--session", "t", "--out", _folder["replay"], "--save-state", _folder["t.state"], "--json");
        Assert.True(code == 0, error);
        foreach (var file in (string[])["predictions.csv", "trades.csv"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["run"], file)), File.ReadAllBytes(Path.Combine(_folder["replay"], file)));
        Assert.True(File.Exists(Path.Combine(_folder["replay"], "adaptations.csv")));
        Assert.Equal(0, Verb("verify", "--home", _folder.Path).Code);
        Assert.True(File.Exists(_folder["t.state"]));
    }

    private static (List<Bar> Bars, MarketInfo Market) Read(string path)
    {
        using var feed = new CsvBarFeed(path);
        var bars = new List<Bar>();
        while (feed.TryRead(out var bar, []))
            bars.Add(bar);
        return (bars, MarketHead.Market(feed, bars.Take(MarketHead.Bars).ToArray()));
    }

    private static async Task Fill(SessionHost host, int questions)
    {
        var (writer, _) = await host.Start(Served.Setup());
        for (var i = 0; i < questions; i++)
        {
            await writer.Say(Served.Ask(i));
            await writer.Say(Served.Answer(i));
        }
        await writer.Say(new UpkeepCommand(snapshot: true));
    }

    private static (int Code, string Out, string Error) Verb(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = HoneApp.Run(arguments, null, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
