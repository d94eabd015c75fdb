using Hone.Adapters.Journals;
using Hone.Learning.State;
using Hone.Trading;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>A session as its journal makes it.</summary>
/// <param name="Session">The session.</param>
/// <param name="SnapshotSeq">Entry of the snapshot it began with; 0 when it began with its first entry.</param>
/// <param name="Unwritten">Emissions that the journal does not have yet.</param>
/// <param name="Problem">Why it must not go on; null when it may.</param>
internal sealed record RecoveredSession(LiveSession Session, long SnapshotSeq, List<Emission> Unwritten, string? Problem);

/// <summary>Rebuilds a session from its journal: the newest snapshot, then every entry after it, compared with what was emitted when they were first applied.</summary>
internal static class SessionRecovery
{
    public static async Task<RecoveredSession> Run(TradingCatalog catalog, IJournal journal, SessionRecord record, long toSeq, CancellationToken cancel, bool fromSnapshot = true)
    {
        var session = fromSnapshot ? await Newest(catalog, journal, record, toSeq, cancel).ConfigureAwait(false) : null;
        var snapshotSeq = session?.Seq ?? 0;
        var engine = EngineFingerprint.Of(catalog);
        var emitted = new List<Emission>();
        var unwritten = new List<Emission>();
        var stored = new StoredEmissions(journal, record.Id, snapshotSeq + 1);
        string? problem = null;
        await foreach (var entry in journal.Entries(record.Id, snapshotSeq + 1, toSeq, cancel).ConfigureAwait(false))
        {
            session ??= First(catalog, record, entry);
            if (!entry.Follows(session.Link))
            {
                problem = $"The session {record.Id} stands still: entry {entry.Seq} does not follow the one before it; its journal was changed or damaged. `hone verify` shows the place, `hone restore` installs a backup.";
                break;
            }
            emitted.Clear();
            try
            {
                session.Apply(entry, emitted);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                problem = $"The session {record.Id} stands still at entry {entry.Seq}: {e.Message}";
                break;
            }
            // What another build emitted is not computed again the same way: it is believed where it is stored.
            problem = await stored.Take(entry.Seq, emitted, unwritten, session.Engine == engine, cancel).ConfigureAwait(false);
            if (problem is not null)
                break;
        }
        problem ??= toSeq == long.MaxValue ? await stored.Rest(cancel).ConfigureAwait(false) : null;
        return session is null
            ? throw new CorruptStateException($"{record.Id}: the journal has neither a snapshot nor a first entry.")
            : new RecoveredSession(session, snapshotSeq, unwritten, problem);
    }

    /// <summary>The newest snapshot that is sound; null when the session must be built from its first entry.</summary>
    private static async ValueTask<LiveSession?> Newest(TradingCatalog catalog, IJournal journal, SessionRecord record, long toSeq, CancellationToken cancel)
    {
        CorruptStateException? damage = null;
        while (await journal.Snapshot(record.Id, toSeq, cancel).ConfigureAwait(false) is { } snapshot)
        {
            try
            {
                return Read(catalog, record, snapshot);
            }
            catch (CorruptStateException e)
            {
                damage ??= e;
                toSeq = snapshot.Seq - 1;
            }
        }
        if (damage is null)
            return null;
        // A snapshot only saves time, unless the entries before it are gone or the session began with a state from elsewhere.
        await foreach (var entry in journal.Entries(record.Id, 1, 1, cancel).ConfigureAwait(false))
            if (entry.Kind == EntryKind.Start && LiveSetup.FromPayload(entry.Payload.Span).State is null)
                return null;
        throw damage;
    }

    /// <summary>The session that a snapshot holds.</summary>
    /// <exception cref="CorruptStateException">It is damaged.</exception>
    public static LiveSession Read(TradingCatalog catalog, SessionRecord record, StoredSnapshot snapshot)
    {
        if (StateHash.Of(snapshot.State.Span) != snapshot.Hash)
            throw new CorruptStateException($"{record.Id}: the snapshot at entry {snapshot.Seq} is damaged; `hone verify` shows what is sound, `hone restore` installs a backup.");
        var session = LiveSnapshot.Read(catalog, snapshot.State);
        return session.Seq == snapshot.Seq && session.Link == snapshot.Link
            ? session
            : throw new CorruptStateException($"{record.Id}: the snapshot at entry {snapshot.Seq} holds the state after entry {session.Seq}.");
    }

    internal static LiveSession First(TradingCatalog catalog, SessionRecord record, in JournalEntry entry)
        => entry is { Seq: 1, Kind: EntryKind.Start }
            ? new LiveSession(catalog, LiveSetup.FromPayload(entry.Payload.Span))
            : throw new CorruptStateException($"{record.Id}: the journal begins with entry {entry.Seq} ({entry.Kind}) and has no snapshot before it.");
}
