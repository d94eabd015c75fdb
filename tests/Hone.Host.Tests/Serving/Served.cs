using Hone.Adapters.Journals;
using Hone.Host.Serving;
using Hone.Learning.Sessions;
using Hone.Trading;
using Hone.Trading.Live;

namespace Hone.Host.Tests.Serving;

/// <summary>Sessions and requests for the tests of the writer.</summary>
internal static class Served
{
    public static LiveSetup Setup(string id = "s", string symbol = "TEST") => new()
    {
        Id = id,
        Symbol = symbol,
        Features = ["a", "b", "c"],
        Session = new() { Learning = new SessionOptions { Members = [new() { Learner = "logistic-regression" }, new() { Learner = "no-change" }] } },
    };

    /// <summary>Opens a server on a journal. Nothing is kept but what the journal has: dropping it is a kill.</summary>
    public static Task<SessionHost> Open(IJournal journal, SessionLimits? limits = null, TradingCatalog? catalog = null)
        => SessionHost.Open(catalog ?? TradingCatalog.BuiltIn(), journal, limits ?? Quiet, TimeProvider.System, TestContext.Current.CancellationToken);

    /// <summary>No upkeep of its own.</summary>
    public static SessionLimits Quiet { get; } = new() { FlushMs = 3_600_000 };

    public static double[] Features(int i) => [(i * 7 % 11) - 5, (i * 3 % 5) - 2, i % 2];

    public static int Truth(int i) => Features(i)[0] > 0 ? 1 : 0;

    public static PredictCommand Ask(int i) => new([new PredictItem(new AskInput { Features = Features(i), PredictionId = $"q{i}" }, null, (UInt128)i)]);

    public static OutcomeCommand Answer(int i, int? label = null) => new(new OutcomeItem { PredictionId = $"q{i}", Actual = label ?? Truth(i) });

    /// <summary>Waits for a command, and no longer than a hang would take to notice.</summary>
    public static Task<T> Say<T>(this SessionWriter writer, T command)
        where T : SessionCommand
        => writer.Submit(command).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    public static string Hash(this SessionWriter writer) => writer.Read(LiveSnapshot.HashOf);

    /// <summary>The session as its entries make it, from the first one on.</summary>
    public static async Task<LiveSession> Replay(IJournal journal, string id, TradingCatalog? catalog = null)
    {
        LiveSession? session = null;
        await foreach (var entry in journal.Entries(id))
        {
            session ??= new LiveSession(catalog ?? TradingCatalog.BuiltIn(), LiveSetup.FromPayload(entry.Payload.Span));
            session.Apply(entry, []);
        }
        return session!;
    }

    /// <summary>How often each prediction was learned.</summary>
    public static async Task<Dictionary<string, int>> Learned(IJournal journal, string id)
    {
        var learned = new Dictionary<string, int>();
        LiveSession? session = null;
        await foreach (var entry in journal.Entries(id))
        {
            session ??= new LiveSession(TradingCatalog.BuiltIn(), LiveSetup.FromPayload(entry.Payload.Span));
            var emitted = new List<Emission>();
            session.Apply(entry, emitted);
            foreach (var emission in emitted)
                if (emission.Kind == EmissionKind.Outcome && OutcomeTaken.FromPayload(emission.Payload) is { Status: OutcomeStatus.Learned, Id: { } outcome })
                    learned[outcome] = learned.GetValueOrDefault(outcome) + 1;
        }
        return learned;
    }
}
