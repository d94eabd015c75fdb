using Hone.Adapters.Journals;
using Hone.Trading.Live;

namespace Hone.Host.Serving;

/// <summary>
/// Something that a client wants of a session. The writer lets it in (<see cref="Admit"/>: checks, and entries for the journal), commits, applies, and then settles it.
/// A command that is refused, or that repeats an earlier one, writes no entry.
/// </summary>
public abstract class SessionCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the command is settled or refused; carries no result and no expected failure.</summary>
    public Task Done => _done.Task;

    /// <summary>Why it was not carried out; null when it was.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>When the server received it, microseconds since 1970 UTC.</summary>
    public long ReceivedUs { get; internal set; }

    /// <summary>Checks the command against the session as it will be when the commands before it have been applied, and writes its entries.</summary>
    /// <returns>Null when it is let in, otherwise why not; the desk forgets the entries of a refused command.</returns>
    internal abstract ValueTask<Refusal?> Admit(AdmissionDesk desk);

    /// <summary>Called after its entries were committed and applied, inside the session's gate.</summary>
    internal virtual void Applied(LiveSession session)
    {
    }

    /// <summary>Called after that outside the gate, to collect what the command answers.</summary>
    internal virtual ValueTask Settle(EmissionLookup emissions) => default;

    internal void Complete() => _done.TrySetResult();

    internal void Refuse(Refusal refusal)
    {
        Refusal ??= refusal;
        _done.TrySetResult();
    }

    internal void Fail(Exception problem) => _done.TrySetException(problem);
}

/// <summary>Emissions of an entry, from memory where they are recent, from the journal otherwise.</summary>
public delegate ValueTask<IReadOnlyList<Emission>> EmissionLookup(long seq);

/// <summary>Where commands of one batch put their entries. It knows what is taken already, here and in the journal.</summary>
internal sealed class AdmissionDesk(LiveSession session, IJournal journal)
{
    private readonly Dictionary<string, TakenKey> _taken = new(StringComparer.Ordinal);
    private readonly List<JournalEntry> _entries = [];
    private readonly List<TakenKey> _keys = [];
    private UInt128 _link;
    private int _entriesBefore;
    private int _keysBefore;
    private (bool Market, long LastBarUs, int Pending, bool Active) _before;

    /// <summary>The session as it is before the batch.</summary>
    public LiveSession Session => session;

    /// <summary>Where everything is stored.</summary>
    public IJournal Journal => journal;

    /// <summary>Event time after the entries so far.</summary>
    public long NowUs { get; private set; }

    /// <summary>Last entry so far.</summary>
    public long Seq { get; private set; }

    /// <summary>When the present command was received.</summary>
    public long ReceivedUs { get; private set; }

    /// <summary>Whether the market is known, or will be when the batch is applied.</summary>
    public bool MarketIsKnown { get; set; }

    /// <summary>Close of the last bar, those of the batch included.</summary>
    public long LastBarUs { get; set; }

    /// <summary>Examples that wait, those of the batch included.</summary>
    public int Pending { get; set; }

    /// <summary>Whether the session will take questions.</summary>
    public bool IsActive { get; set; }

    public IReadOnlyList<JournalEntry> Entries => _entries;

    public IReadOnlyList<TakenKey> Keys => _keys;

    public void Reset()
    {
        _taken.Clear();
        _entries.Clear();
        _keys.Clear();
        (Seq, NowUs, _link) = (session.Seq, session.NowUs, session.Link);
        MarketIsKnown = session.Trading is not null;
        LastBarUs = session.Trading?.LastBarUs ?? long.MinValue;
        Pending = session.Pending;
        IsActive = session.IsActive;
    }

    public void Begin(SessionCommand command)
    {
        ReceivedUs = command.ReceivedUs;
        (_entriesBefore, _keysBefore) = (_entries.Count, _keys.Count);
        _before = (MarketIsKnown, LastBarUs, Pending, IsActive);
    }

    /// <summary>Forgets the entries of a command that was refused after it had written some.</summary>
    public void Undo()
    {
        if (_entries.Count == _entriesBefore)
            return;
        (MarketIsKnown, LastBarUs, Pending, IsActive) = _before;
        for (var k = _keysBefore; k < _keys.Count; k++)
            _taken.Remove(_keys[k].Key);
        _keys.RemoveRange(_keysBefore, _keys.Count - _keysBefore);
        _entries.RemoveRange(_entriesBefore, _entries.Count - _entriesBefore);
        (Seq, NowUs, _link) = _entries.Count > 0 ? (_entries[^1].Seq, _entries[^1].AtUs, _entries[^1].Link) : (session.Seq, session.NowUs, session.Link);
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="kind">What it says.</param>
    /// <param name="atUs">Event time that was asked for; the entry is never before the one before it.</param>
    /// <param name="payload">The input.</param>
    /// <param name="key">Key that it takes; null for none. Must be free.</param>
    /// <param name="body">What was said with the key.</param>
    /// <returns>Its seq.</returns>
    public long Append(EntryKind kind, long atUs, ReadOnlyMemory<byte> payload, string? key = null, UInt128 body = default)
    {
        NowUs = Math.Max(NowUs, atUs);
        Seq++;
        var entry = JournalEntry.After(_link, Seq, kind, NowUs, ReceivedUs, payload);
        _link = entry.Link;
        _entries.Add(entry);
        if (key is not null)
            Take(key, Seq, body);
        return Seq;
    }

    /// <summary>Lets an entry take another key.</summary>
    public void Take(string key, long seq, UInt128 body)
    {
        var taken = new TakenKey(key, seq, body);
        _taken.Add(key, taken);
        _keys.Add(taken);
    }

    /// <summary>Who has taken a key, in the journal or in this batch.</summary>
    public async ValueTask<TakenKey?> Find(string key)
        => _taken.TryGetValue(key, out var taken) ? taken : await journal.Find(session.Setup.Id, key).ConfigureAwait(false);

    /// <summary>Who has taken a key in this batch, without asking the journal.</summary>
    public bool TryFindHere(string key, out TakenKey taken) => _taken.TryGetValue(key, out taken);
}
