using System.Globalization;
using Hone.Adapters.Journals;
using Hone.Host.Serving;
using Hone.Learning.Sessions;
using Hone.Trading;
using Hone.Trading.Live;

namespace Hone.Bench.Kills;

/// <summary>
/// The process that is killed: a journal, the sessions on it, and a line of text per request. <c>ask N</c> and <c>answer N</c> are answered with <c>ask N ok</c> or
/// <c>answer N ok</c> after the commit, or with a status.
/// </summary>
internal static class KillChild
{
    public const string Session = "killed";

    public static async Task<int> Run(string store, string home, bool early)
    {
        var journal = await JournalStore.OpenAsync(store, home);
        if (early)
            journal = new EarlyJournal(journal);
        var host = await SessionHost.Open(TradingCatalog.BuiltIn(), journal, new SessionLimits { SnapshotEntries = 50 }, TimeProvider.System);
        await host.Start(Setup);
        var writer = host.Find(Session) ?? throw new InvalidOperationException($"The session was not recovered: {string.Join(' ', host.Unreadable.Values)}");
        if (writer.Fault is { } fault)
            throw new InvalidOperationException(fault);
        Say("ready");
        var under = new List<Task>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            // Requests are under way together, as those of many clients are.
            under.RemoveAll(task => task.IsCompleted);
            under.Add(Answer(writer, line));
        }
        await Task.WhenAll(under);
        await host.DisposeAsync();
        await journal.DisposeAsync();
        return 0;
    }

    public static LiveSetup Setup { get; } = new()
    {
        Id = Session,
        Symbol = "KILL",
        Features = ["a", "b", "c"],
        Session = new() { Learning = new SessionOptions { Members = [new() { Learner = "logistic-regression" }, new() { Learner = "passive-aggressive" }, new() { Learner = "no-change" }] } },
    };

    private static async Task Answer(SessionWriter writer, string line)
    {
        var parts = line.Split(' ');
        var n = int.Parse(parts[1], CultureInfo.InvariantCulture);
        SessionCommand command = parts[0] == "ask"
            ? new PredictCommand([new PredictItem(new AskInput { Features = Features(n), PredictionId = $"q{n}" }, null, (UInt128)n)])
            : new OutcomeCommand(new OutcomeItem { PredictionId = $"q{n}", Actual = n % 3 == 0 ? 1 : 0 });
        await writer.Submit(command);
        Say($"{line} {(command.Refusal is { } refusal ? refusal.Status.ToString(CultureInfo.InvariantCulture) : "ok")}");
    }

    private static double[] Features(int n) => [n % 3, n % 7 - 3, n % 11 * 0.1];

    private static void Say(string line)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
