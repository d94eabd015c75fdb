using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>Reads the stored emissions of a session beside its entries, in the same order, a few thousand at a time.</summary>
internal sealed class StoredEmissions(IJournal journal, string session, long fromSeq)
{
    private const int EmissionsAtOnce = 4096;

    private IReadOnlyList<Emission> _read = [];
    private int _next;
    private long _from = fromSeq;
    private bool _ended;

    /// <summary>Emissions compared so far.</summary>
    public long Compared { get; private set; }

    /// <summary>Takes what an entry emitted. The journal has all of it or nothing; what it does not have goes to <paramref name="unwritten"/>.</summary>
    /// <param name="seq">The entry.</param>
    /// <param name="emitted">What it emitted now.</param>
    /// <param name="unwritten">Takes what is not stored.</param>
    /// <param name="compare">Whether what is stored must be equal; otherwise it is only passed over.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public async ValueTask<string?> Take(long seq, List<Emission> emitted, List<Emission> unwritten, bool compare, CancellationToken cancel)
    {
        var stored = 0;
        while (await Peek(cancel).ConfigureAwait(false) is { } found && found.Seq <= seq)
        {
            _next++;
            if (!compare)
            {
                stored++;
                continue;
            }
            if (stored >= emitted.Count || !AreEqual(found, emitted[stored]))
                return Problem(seq, stored < emitted.Count ? emitted[stored].Kind : found.Kind);
            stored++;
            Compared++;
        }
        if (stored == 0 && _next == _read.Count)
            unwritten.AddRange(emitted);
        else if (compare && stored < emitted.Count)
            return Problem(seq, emitted[stored].Kind);
        return null;
    }

    /// <summary>Looks for emissions behind the last entry.</summary>
    public async ValueTask<string?> Rest(CancellationToken cancel)
        => await Peek(cancel).ConfigureAwait(false) is { } found ? Problem(found.Seq, found.Kind) : null;

    private static bool AreEqual(in Emission one, in Emission other)
        => one.Seq == other.Seq && one.N == other.N && one.Kind == other.Kind && one.AtUs == other.AtUs && one.Payload.Span.SequenceEqual(other.Payload.Span);

    private string Problem(long seq, EmissionKind kind)
        => $"The session {session} stands still: entry {seq} gives another {kind.ToString().ToLowerInvariant()} than when it was first applied. `hone verify` shows the difference.";

    private async ValueTask<Emission?> Peek(CancellationToken cancel)
    {
        if (_next == _read.Count && !_ended)
        {
            // An entry's emissions may be cut by the limit: then as many more are read as it takes to get beyond what was seen.
            var seen = _read.Count > 0 ? (_read[^1].Seq, _read[^1].N) : (0L, -1);
            for (var limit = EmissionsAtOnce; ; limit *= 4)
            {
                var read = await journal.Emissions(session, _from, limit, cancel).ConfigureAwait(false);
                _read = [.. read.SkipWhile(e => (e.Seq, e.N).CompareTo(seen) <= 0)];
                if (_read.Count > 0 || read.Count < limit)
                    break;
            }
            _next = 0;
            _ended = _read.Count == 0;
            if (!_ended)
                _from = _read[^1].Seq;
        }
        return _next < _read.Count ? _read[_next] : null;
    }
}
