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
    // Emissions that are read at a time for the comparison.
    private const int EmissionsAtOnce = 4096;

    public static async Task<RecoveredSession> Run(TradingCatalog catalog, IJournal journal, SessionRecord record, long toSeq, CancellationToken cancel, bool fromSnapshot = true)
    {
        LiveSession? session = null;
        var snapshotSeq = 0L;
        if (fromSnapshot && await journal.Snapshot(record.Id, toSeq, cancel).ConfigureAwait(false) is { } snapshot)
        {
            if (StateHash.Of(snapshot.State.Span) != snapshot.Hash)
                throw new CorruptStateException($"{record.Id}: the snapshot at entry {snapshot.Seq} is damaged; `hone verify` shows what is sound, `hone restore` installs a backup.");
            session = LiveSnapshot.Read(catalog, snapshot.State);
            snapshotSeq = snapshot.Seq;
            if (session.Seq != snapshot.Seq || session.Link != snapshot.Link)
                throw new CorruptStateException($"{record.Id}: the snapshot at entry {snapshot.Seq} holds the state after entry {session.Seq}.");
        }
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
            if (session.Engine != EngineFingerprint.Of(catalog))
                continue;
            problem = await stored.Compare(entry.Seq, emitted, unwritten, cancel).ConfigureAwait(false);
            if (problem is not null)
                break;
        }
        return session is null
            ? throw new CorruptStateException($"{record.Id}: the journal has neither a snapshot nor a first entry.")
            : new RecoveredSession(session, snapshotSeq, unwritten, problem);
    }

    private static LiveSession First(TradingCatalog catalog, SessionRecord record, in JournalEntry entry)
        => entry is { Seq: 1, Kind: EntryKind.Start }
            ? new LiveSession(catalog, LiveSetup.FromPayload(entry.Payload.Span))
            : throw new CorruptStateException($"{record.Id}: the journal begins with entry {entry.Seq} ({entry.Kind}) and has no snapshot before it.");

    /// <summary>Reads stored emissions beside the entries, in the same order.</summary>
    private sealed class StoredEmissions(IJournal journal, string session, long fromSeq)
    {
        private IReadOnlyList<Emission> _read = [];
        private int _next;
        private long _from = fromSeq;
        private bool _ended;

        /// <summary>Compares what an entry emitted with what is stored; what is not stored yet goes to <paramref name="unwritten"/>.</summary>
        public async ValueTask<string?> Compare(long seq, List<Emission> emitted, List<Emission> unwritten, CancellationToken cancel)
        {
            foreach (var emission in emitted)
            {
                var found = await Peek(cancel).ConfigureAwait(false);
                if (found is null)
                {
                    unwritten.Add(emission);
                    continue;
                }
                if (found.Value.Seq != seq || found.Value.N != emission.N || found.Value.Kind != emission.Kind || !found.Value.Payload.Span.SequenceEqual(emission.Payload.Span))
                    return $"The session {session} stands still: entry {seq} gives another {emission.Kind.ToString().ToLowerInvariant()} than when it was first applied. `hone verify` shows the difference.";
                _next++;
            }
            return null;
        }

        private async ValueTask<Emission?> Peek(CancellationToken cancel)
        {
            if (_next == _read.Count && !_ended)
            {
                // An entry's emissions may be cut by the limit; reading goes on at that entry and skips what was seen.
                var seen = _read.Count > 0 ? (_read[^1].Seq, _read[^1].N) : (0L, -1);
                _read = [.. (await journal.Emissions(session, _from, EmissionsAtOnce, cancel).ConfigureAwait(false)).SkipWhile(e => (e.Seq, e.N).CompareTo(seen) <= 0)];
                _next = 0;
                _ended = _read.Count == 0;
                if (!_ended)
                    _from = _read[^1].Seq;
            }
            return _next < _read.Count ? _read[_next] : null;
        }
    }
}
