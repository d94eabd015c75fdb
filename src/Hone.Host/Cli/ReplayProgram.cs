using System.Globalization;
using Hone.Adapters.Journals;
using Hone.Host.Runs;
using Hone.Host.Serving;
using Hone.Learning.State;
using Hone.Trading.Live;

namespace Hone.Host.Cli;

/// <summary>Applies a session's entries one by one, with a recorder beside it where files are wanted, and prints what the session knows then.</summary>
/// <param name="context">Where to print.</param>
/// <param name="folder">Folder for the files of a trading session; null for none.</param>
/// <param name="why">Prediction to tell of; null for none.</param>
internal sealed class ReplayProgram(VerbContext context, string? folder, string? why) : IDisposable
{
    private readonly ReplayedPrediction? _told = why is null ? null : new ReplayedPrediction(why);
    private RunRecorder? _recorder;
    private AdaptationsFile? _adaptations;

    public async Task<int> Execute(IJournal opened, string id, long toSeq, long untilUs, string? saveState, bool json)
    {
        await using var journal = opened;
        var record = (await journal.Sessions(context.Cancel)).FirstOrDefault(r => r.Id == id) ?? throw new VerbException($"--session is '{id}'; the journal has no such session.");
        var session = await Rebuild(journal, record, toSeq, untilUs);
        if ((folder ?? saveState) is not null && session.Trading is null)
            throw new VerbException("--out and --save-state are for sessions that trade bars; this one is asked with features, or has no bar yet.");
        if (_told is { IsFound: false })
            throw new VerbException($"--why is '{why}'; the session made no such prediction up to entry {session.Seq}.", 1);
        _recorder?.Finish();
        if (saveState is not null)
            StateFile.Save(saveState, session.Trading!, session.Setup.Session);
        _recorder?.Complete();
        _adaptations?.Complete();
        if (json)
            context.Out.WriteLine(CliJson.Text(ReplayText.Json(session, _told)));
        else
            ReplayText.Write(context, session, _told);
        return 0;
    }

    public void Dispose()
    {
        _recorder?.Dispose();
        _adaptations?.Dispose();
    }

    private async Task<LiveSession> Rebuild(IJournal journal, SessionRecord record, long toSeq, long untilUs)
    {
        // Files want every entry; otherwise the newest snapshot before the place saves the way, unless the place is a moment or a prediction is to be told of.
        LiveSession? session = null;
        var whole = folder is not null || why is not null || untilUs != long.MaxValue;
        var first = await journal.FirstSeq(record.Id, context.Cancel);
        if ((!whole || first > 1) && await journal.Snapshot(record.Id, whole ? Math.Max(first - 1, 1) : toSeq, context.Cancel) is { } snapshot && snapshot.Seq <= toSeq)
            session = SessionRecovery.Read(context.Catalog, record, snapshot);
        var emitted = new List<Emission>();
        using var progress = new ProgressLine(context, "replay");
        await foreach (var entry in journal.Entries(record.Id, (session?.Seq ?? 0) + 1, toSeq, context.Cancel))
        {
            if (entry.AtUs > untilUs)
                break;
            session ??= SessionRecovery.First(context.Catalog, record, entry);
            if (!entry.Follows(session.Link))
                throw new CorruptStateException($"{record.Id}: entry {entry.Seq} does not follow the one before it; `hone verify` shows what is sound.");
            emitted.Clear();
            session.Apply(entry, emitted);
            // A state from elsewhere is no entry: it stands in the snapshot beside the first ones.
            if (entry.Kind == EntryKind.Market && session.Setup.State is not null && await journal.Snapshot(record.Id, entry.Seq, context.Cancel) is { } begin && begin.Seq == entry.Seq)
                session = SessionRecovery.Read(context.Catalog, record, begin);
            if (folder is not null && _recorder is null && session.Trading is { } trading)
                Record(session, trading);
            _told?.Take(session, entry, emitted);
            if ((entry.Seq & 1023) == 0)
                progress.Report(double.NaN, string.Create(CultureInfo.InvariantCulture, $"entry {entry.Seq}"));
        }
        return session ?? throw new CorruptStateException($"{record.Id}: the journal has neither a snapshot nor a first entry before that place.");
    }

    private void Record(LiveSession session, Trading.Sessions.TradingSession trading)
    {
        _recorder = new RunRecorder(trading, folder, PredictionRows.All);
        _adaptations = new AdaptationsFile(Path.Combine(folder!, "adaptations.csv"), _recorder);
        // The recorder took the loop's only place for a listener: the live session takes it back and passes everything on.
        session.Adopt(trading);
        session.Listener = _adaptations;
    }
}
