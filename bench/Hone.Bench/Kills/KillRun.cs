using System.Diagnostics;
using System.Threading.Channels;
using Hone.Adapters.Journals;
using Hone.Host.Serving;
using Hone.Trading;
using Hone.Trading.Live;

namespace Hone.Bench.Kills;

/// <summary>What a series of kills gave.</summary>
/// <param name="Kills">Processes that were killed.</param>
/// <param name="Asked">Predictions that were acknowledged.</param>
/// <param name="Acknowledged">Outcomes that were acknowledged.</param>
/// <param name="Lost">Acknowledged predictions and outcomes that the journal does not have.</param>
/// <param name="Duplicates">Outcomes that were learned more than once.</param>
/// <param name="Problems">What the journal or the recovered session contradicts.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record KillResult(int Kills, int Asked, int Acknowledged, int Lost, int Duplicates, IReadOnlyList<string> Problems, double Seconds)
{
    /// <summary>Whether nothing was lost, doubled or contradicted.</summary>
    public bool Holds => Lost == 0 && Duplicates == 0 && Problems.Count == 0;
}

/// <summary>Asks and answers a process, kills it at moments of a seed, starts it again, says again what was not acknowledged, and looks at the end what the journal knows.</summary>
public sealed class KillRun
{
    private const int AttemptsMax = 3;
    private const int WindowMax = 24;

    private readonly string _store;
    private readonly string _home;
    private readonly bool _early;
    private readonly Random _random;
    private readonly Dictionary<string, int> _waiting = [];
    private readonly HashSet<int> _asked = [];
    private readonly HashSet<int> _answered = [];
    private readonly List<int> _unanswered = [];
    private readonly List<string> _problems = [];
    private int _next;

    private KillRun(string store, string home, int seed, bool early) => (_store, _home, _early, _random) = (store, home, early, new Random(seed));

    /// <summary>Runs it.</summary>
    /// <param name="store">The store, as <c>hone serve --store</c> takes it.</param>
    /// <param name="home">Folder of the journal in a file.</param>
    /// <param name="kills">How often the process is killed.</param>
    /// <param name="seed">Seed of the moments and of the order.</param>
    /// <param name="early">The negative control: the process acknowledges before the commit.</param>
    public static async Task<KillResult> Go(string store, string home, int kills, int seed, bool early = false)
    {
        var run = new KillRun(store, home, seed, early);
        var watch = Stopwatch.StartNew();
        for (var kill = 0; kill < kills; kill++)
            await run.Life(kill % 10 == 9 ? 0 : run._random.Next(1, 60));
        await run.Life(null);
        var (lost, duplicates) = await run.Look();
        return new KillResult(kills, run._asked.Count, run._answered.Count, lost, duplicates, run._problems, watch.Elapsed.TotalSeconds);
    }

    /// <summary>One process: killed after so many acknowledgements (0: before the first), or ended in good order.</summary>
    private async Task Life(int? acknowledgements)
    {
        using var child = Start();
        var lines = Channel.CreateUnbounded<string>();
        var reading = Task.Run(async () =>
        {
            while (await child.StandardOutput.ReadLineAsync() is { } line)
                lines.Writer.TryWrite(line);
            lines.Writer.Complete();
        });
        var errors = child.StandardError.ReadToEndAsync();
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            if (await lines.Reader.ReadAsync(limit.Token) != "ready")
                throw new InvalidOperationException("The process did not say that it is ready.");
            await Send(child, acknowledgements, lines.Reader, limit.Token);
        }
        catch (ChannelClosedException)
        {
            _problems.Add($"the process ended by itself: {(await errors).ReplaceLineEndings(" ")}");
        }
        if (acknowledgements is null)
            child.StandardInput.Close();
        else
            child.Kill();
        await child.WaitForExitAsync();
        await reading;
        // What was said before the end was said.
        while (lines.Reader.TryRead(out var line))
            Hear(line);
    }

    private async Task Send(Process child, int? acknowledgements, ChannelReader<string> lines, CancellationToken cancel)
    {
        // First again what the last process may or may not have taken.
        foreach (var (request, attempts) in _waiting.ToArray())
            if (attempts >= AttemptsMax)
                _waiting.Remove(request);
            else
                await Write(child, request);
        if (acknowledgements == 0)
            await Write(child, NextRequest());
        for (var heard = 0; acknowledgements is null ? _waiting.Count > 0 : heard < acknowledgements;)
        {
            while (acknowledgements is not null && _waiting.Count < WindowMax)
                await Write(child, NextRequest());
            await child.StandardInput.FlushAsync(cancel);
            Hear(await lines.ReadAsync(cancel));
            heard++;
        }
    }

    private string NextRequest()
    {
        // One in twenty outcomes waits for long; one in five comes out of order.
        if (_unanswered.Count > (_random.Next(20) == 0 ? 30 : 6))
        {
            var at = _random.Next(5) == 0 ? _random.Next(_unanswered.Count) : 0;
            var n = _unanswered[at];
            _unanswered.RemoveAt(at);
            return $"answer {n}";
        }
        return $"ask {_next++}";
    }

    private async Task Write(Process child, string request)
    {
        _waiting[request] = _waiting.GetValueOrDefault(request) + 1;
        try
        {
            await child.StandardInput.WriteLineAsync(request);
            // One in five is said twice.
            if (_random.Next(5) == 0)
                await child.StandardInput.WriteLineAsync(request);
            await child.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // The process is gone; the request waits for the next one.
        }
    }

    private void Hear(string line)
    {
        var parts = line.Split(' ');
        if (parts.Length != 3)
            return;
        var n = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        _waiting.Remove($"{parts[0]} {parts[1]}");
        if (parts[2] != "ok")
        {
            _problems.Add($"'{line}' was refused");
            return;
        }
        if (parts[0] == "ask" && _asked.Add(n))
            _unanswered.Add(n);
        else if (parts[0] == "answer")
            _answered.Add(n);
    }

    private Process Start()
    {
        var dll = typeof(KillRun).Assembly.Location;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[dll, "kill-child", _store, _home, _early ? "early" : "sound"])
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException("dotnet could not be started.");
    }

    private async Task<(int Lost, int Duplicates)> Look()
    {
        var catalog = TradingCatalog.BuiltIn();
        await using var journal = JournalStore.OpenForReading(_store, _home);
        var record = (await journal.Sessions()).SingleOrDefault(s => s.Id == KillChild.Session);
        if (record is null)
            return (_asked.Count + _answered.Count, 0);
        var found = await JournalVerification.Run(catalog, journal, record, null, CancellationToken.None);
        if (found.Problem is { } problem)
            _problems.Add(problem);
        var (learned, made) = (new Dictionary<string, int>(), new HashSet<string>());
        LiveSession? session = null;
        var emitted = new List<Emission>();
        await foreach (var entry in journal.Entries(record.Id))
        {
            emitted.Clear();
            session ??= new LiveSession(catalog, LiveSetup.FromPayload(entry.Payload.Span));
            session.Apply(entry, emitted);
            foreach (var emission in emitted)
                if (emission.Kind == EmissionKind.Prediction)
                    made.Add(PredictionMade.FromPayload(emission.Payload).PredictionId!);
                else if (emission.Kind == EmissionKind.Outcome && OutcomeTaken.FromPayload(emission.Payload) is { Status: OutcomeStatus.Learned } taken)
                    learned[taken.Id!] = learned.GetValueOrDefault(taken.Id!) + 1;
        }
        if (session is null || session.Learning!.Panel.Resolved != learned.Values.Sum() || session.Learning.Panel.Predictions != made.Count)
            _problems.Add($"the session counts {session?.Learning?.Panel.Predictions} predictions and {session?.Learning?.Panel.Resolved} outcomes; its entries hold {made.Count} and {learned.Values.Sum()}");
        // The last process ended in good order: its snapshot is the state that survived all kills.
        var last = await journal.Snapshot(record.Id);
        if (session is not null && (last is null || last.Seq != session.Seq || last.Hash != LiveSnapshot.HashOf(session)))
            _problems.Add($"after the kills the state is {last?.Hash} at entry {last?.Seq}; a replay without any gives {LiveSnapshot.HashOf(session)} at entry {session.Seq}");
        return (_asked.Count(n => !made.Contains($"q{n}")) + _answered.Count(n => !learned.ContainsKey($"q{n}")), learned.Values.Count(times => times > 1));
    }
}
