using System.Text.Json.Nodes;
using Hone.Adapters.Journals;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>What a session's journal was found to be.</summary>
/// <param name="Session">The session.</param>
/// <param name="Entries">Entries whose links were checked.</param>
/// <param name="Recomputed">Entries that were computed again.</param>
/// <param name="Emissions">Stored emissions that were compared.</param>
/// <param name="Snapshots">Snapshots whose hashes were compared with the recomputed state.</param>
/// <param name="StateHash">Hash of the state after the last entry, 32 hex digits; null where it could not be computed.</param>
/// <param name="Engine">Build that recomputes the entries which this one cannot; null when this one computed all of them.</param>
/// <param name="Problem">Where it differs; null when it is sound.</param>
public sealed record SessionFindings(SessionRecord Session, long Entries, long Recomputed, long Emissions, int Snapshots, string? StateHash, string? Engine, string? Problem)
{
    /// <summary>As `hone verify --json` and the job of the API tell it.</summary>
    public JsonObject ToJson() => new()
    {
        ["session_id"] = Session.Id,
        ["symbol"] = Session.Symbol,
        ["entries"] = Entries,
        ["recomputed"] = Recomputed,
        ["emissions"] = Emissions,
        ["snapshots"] = Snapshots,
        ["state_hash"] = StateHash,
        ["other_build"] = Engine,
        ["ok"] = Problem is null,
        ["problem"] = Problem,
    };
}

/// <summary>Computes sessions again from their journals, and compares everything that was stored beside the entries. Reads alone; one session is in memory at a time.</summary>
public static class JournalVerification
{
    /// <summary>Verifies one session.</summary>
    /// <param name="catalog">What its config names.</param>
    /// <param name="journal">Its journal; a server may write it meanwhile.</param>
    /// <param name="record">The session.</param>
    /// <param name="progress">Hears the entry that was checked last.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<SessionFindings> Run(TradingCatalog catalog, IJournal journal, SessionRecord record, Action<long>? progress, CancellationToken cancel)
    {
        var engine = EngineFingerprint.Of(catalog);
        var snapshots = await journal.Snapshots(record.Id, cancel).ConfigureAwait(false);
        var findings = new SessionFindings(record, 0, 0, 0, 0, null, null, null);
        var stored = (StoredEmissions?)null;
        var session = (LiveSession?)null;
        var (link, next) = ((UInt128)0, await journal.FirstSeq(record.Id, cancel).ConfigureAwait(false));
        var isFirst = true;
        var emitted = new List<Emission>();
        var unwritten = new List<Emission>();
        try
        {
            await foreach (var entry in journal.Entries(record.Id, next, cancel: cancel).ConfigureAwait(false))
            {
                if (entry.Seq != next)
                    return findings with { Problem = $"entry {next} is missing; entry {entry.Seq} comes next" };
                next++;
                // The link before the first entry that was kept is known to a snapshot, if to anything.
                if (isFirst && entry.Seq > 1 && await journal.Snapshot(record.Id, entry.Seq - 1, cancel).ConfigureAwait(false) is { } before && before.Seq == entry.Seq - 1)
                    link = before.Link;
                if ((!isFirst || entry.Seq == 1 || link != 0) && !entry.Follows(link))
                    return findings with { Problem = $"entry {entry.Seq} does not follow the one before it: one of them was changed" };
                (isFirst, link) = (false, entry.Link);
                findings = findings with { Entries = findings.Entries + 1 };
                if (session is null && entry is { Seq: 1, Kind: EntryKind.Start } && LiveSetup.FromPayload(entry.Payload.Span) is { State: null } setup && setup.Engine == engine)
                    session = new LiveSession(catalog, setup);
                if (session is not null)
                {
                    emitted.Clear();
                    unwritten.Clear();
                    session.Apply(entry, emitted);
                    if (session.Engine != engine)
                    {
                        session = null;
                        continue;
                    }
                    stored ??= new StoredEmissions(journal, record.Id, entry.Seq);
                    if (await stored.Take(entry.Seq, emitted, unwritten, compare: true, cancel).ConfigureAwait(false) is not null)
                        return findings with { Emissions = stored.Compared, Problem = $"entry {entry.Seq} emits something else than what is stored" };
                    findings = findings with { Recomputed = findings.Recomputed + 1, Emissions = stored.Compared };
                }
                if (snapshots.FirstOrDefault(s => s.Seq == entry.Seq) is { Seq: > 0 } known)
                {
                    var snapshot = await journal.Snapshot(record.Id, entry.Seq, cancel).ConfigureAwait(false);
                    if (snapshot is not null && snapshot.Seq == entry.Seq)
                    {
                        if (StateHash.Of(snapshot.State.Span) != known.Hash)
                            return findings with { Problem = $"the snapshot at entry {entry.Seq} is damaged" };
                        if (session is not null && LiveSnapshot.HashOf(session) != known.Hash)
                            return findings with { Problem = $"the snapshot at entry {entry.Seq} holds another state than its entries make" };
                        findings = findings with { Snapshots = findings.Snapshots + 1 };
                        // Where the entries before are of another build, or began elsewhere, this one goes on from the snapshot.
                        if (session is null && known.Engine == engine)
                        {
                            session = SessionRecovery.Read(catalog, record, snapshot);
                            stored = null;
                        }
                    }
                }
                if (session is null && entry.Kind is EntryKind.Start or EntryKind.EngineChanged)
                    findings = findings with { Engine = entry.Kind == EntryKind.Start ? LiveSetup.FromPayload(entry.Payload.Span).Engine is var by && by != engine ? by : null : Inputs.Text(entry) };
                if ((entry.Seq & 255) == 0)
                    progress?.Invoke(entry.Seq);
            }
        }
        catch (Exception e) when (e is CorruptStateException or InvalidOptionsException or JournalBrokenException)
        {
            return findings with { Problem = e.Message };
        }
        return findings with { StateHash = session is null ? null : LiveSnapshot.HashOf(session) };
    }
}
