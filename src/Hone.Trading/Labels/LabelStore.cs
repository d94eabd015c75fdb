using System.Runtime.CompilerServices;
using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Labels;

/// <summary>
/// Holds questions until their labels are known, and is the only way in which a label reaches a learner: the label is computed here, from the bars after
/// the question, one at a time, as they close.
/// </summary>
/// <remarks>
/// <para>In a bar, <see cref="Advance"/> comes before <see cref="Open"/>: a question asked on a bar's close first looks at the next bar.</para>
/// <para>Room for <see cref="OpenMax"/> questions is taken at construction; nothing is allocated afterwards. Every question is released exactly once, in the order in
/// which they were asked among those of one bar. One thread at a time.</para>
/// </remarks>
public sealed class LabelStore : ISaved
{
    private readonly ILabel _label;
    private readonly int _horizon;
    private readonly int _earliest;
    private readonly int _classes;
    private readonly Entry[] _ring;
    private readonly ReleasedLabel[] _released;
    private int _head;
    private int _count;
    private int _releasedNow;
    private long _bars;
    private long _lastBarUs = long.MinValue;
    private long _lastAskedUs = long.MinValue;
    private long _lastId = long.MinValue;

    /// <summary>A store for labels of one kind.</summary>
    /// <param name="label">What is right and wrong.</param>
    /// <param name="openMax">Questions that may be open at a time; 0: the horizon and one, enough for one question a bar.</param>
    public LabelStore(ILabel label, int openMax = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(openMax);
        _label = label;
        _horizon = label.HorizonBars;
        _earliest = label.EarliestBars;
        _classes = label.Classes;
        if (_horizon < 1 || _earliest < 1 || _earliest > _horizon || _classes < 2)
            throw new ArgumentException($"A label with {_classes} classes, known after {_earliest} to {_horizon} bars, makes no sense: 2 classes or more, 1 bar or more.", nameof(label));
        OpenMax = openMax > 0 ? openMax : _horizon + 1;
        _ring = new Entry[OpenMax];
        _released = new ReleasedLabel[OpenMax];
    }

    /// <summary>Questions that may be open at a time.</summary>
    public int OpenMax { get; }

    /// <summary>Questions asked so far.</summary>
    public long Opened { get; private set; }

    /// <summary>Questions whose label was released.</summary>
    public long ReleasedTotal { get; private set; }

    /// <summary>Questions that wait.</summary>
    public int OpenCount => _count;

    /// <summary>Questions that are neither open nor released; always 0.</summary>
    public long Unaccounted => Opened - ReleasedTotal - _count;

    /// <summary>What the last <see cref="Advance"/> released; it is gone at the next one, and not part of the saved state.</summary>
    public ReadOnlySpan<ReleasedLabel> Released => _released.AsSpan(0, _releasedNow);

    /// <summary>Asks. The first bar that counts is the next one.</summary>
    /// <exception cref="ArgumentException">The id is not above the last one, the time is before the last bar or question, or a value is not usable.</exception>
    /// <exception cref="InvalidOperationException">There is no room.</exception>
    public void Open(in OpenQuestion question)
    {
        if (question.Id <= _lastId)
            throw new ArgumentException($"Question {question.Id} comes after question {_lastId}: ids must rise.", nameof(question));
        if (question.AskedAtUs < _lastBarUs || question.AskedAtUs < _lastAskedUs)
            throw new ArgumentException($"Question {question.Id} is asked at {question.AskedAtUs} µs, before the bar or question at {Math.Max(_lastBarUs, _lastAskedUs)} µs.", nameof(question));
        if (!IsUsable(question))
            throw new ArgumentException($"Question {question.Id} has close {question.Close}, volatility {question.Sigma} and side {question.Side}; they must be above 0, 0 or more (or NaN), and −1, 0 or 1.", nameof(question));
        if (_count == OpenMax)
            throw new InvalidOperationException($"{OpenMax} questions are open and no label is due; the store was built for no more.");
        _ring[Slot(_count)] = new() { Question = question, AskedAtBar = _bars };
        _count++;
        Opened++;
        _lastId = question.Id;
        _lastAskedUs = question.AskedAtUs;
    }

    /// <summary>Takes the next bar and releases the labels that became known with its close, in the order of their questions.</summary>
    /// <returns><see cref="Released"/>.</returns>
    /// <exception cref="ArgumentException">The bar is not later than the last bar and the last question.</exception>
    /// <exception cref="InvalidOperationException">The label breaks its promises: unknown at the horizon, a class or a weight out of range.</exception>
    public ReadOnlySpan<ReleasedLabel> Advance(in Bar bar)
    {
        if (bar.CloseTimeUs <= _lastBarUs || bar.CloseTimeUs <= _lastAskedUs)
            throw new ArgumentException($"A bar closes at {bar.CloseTimeUs} µs, not later than {Math.Max(_lastBarUs, _lastAskedUs)} µs: bars must come in order.", nameof(bar));
        _lastBarUs = bar.CloseTimeUs;
        _bars++;
        _releasedNow = 0;

        // Questions lie in order of age: from the first that is too young on, none can be known.
        var looked = 0;
        for (; looked < _count; looked++)
        {
            ref var entry = ref _ring[Slot(looked)];
            var age = (int)(_bars - entry.AskedAtBar);
            if (age < _earliest)
                break;
            entry.Done = _label.TryResolve(in entry.Question, in bar, age, out var outcome);
            if (entry.Done)
                Release(in entry, in outcome, bar.CloseTimeUs, age);
            else if (age >= _horizon)
                throw new InvalidOperationException($"The label of question {entry.Question.Id} is not known at its horizon of {_horizon} bars.");
        }
        if (_releasedNow > 0)
            CloseGaps(looked);
        return Released;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("label-store", 1);
        writer.Write(OpenMax);
        writer.Write(_horizon);
        writer.Write(_bars);
        writer.Write(_lastBarUs);
        writer.Write(_lastAskedUs);
        writer.Write(_lastId);
        writer.Write(Opened);
        writer.Write(ReleasedTotal);
        writer.Write(_count);
        // From the oldest on: where the ring happens to start is not part of the state.
        for (var i = 0; i < _count; i++)
        {
            ref readonly var entry = ref _ring[Slot(i)];
            writer.Write(entry.Question.Id);
            writer.Write(entry.Question.AskedAtUs);
            writer.Write(entry.Question.Close);
            writer.Write(entry.Question.Sigma);
            writer.Write(entry.Question.Side);
            writer.Write(entry.AskedAtBar);
        }
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("label-store", 1);
        reader.ReadInt32(OpenMax, OpenMax);
        reader.ReadInt32(_horizon, _horizon);
        _bars = reader.ReadInt64();
        _lastBarUs = reader.ReadInt64();
        _lastAskedUs = reader.ReadInt64();
        _lastId = reader.ReadInt64();
        Opened = reader.ReadInt64();
        ReleasedTotal = reader.ReadInt64();
        _head = 0;
        _releasedNow = 0;
        _count = reader.ReadInt32(0, OpenMax);
        if (_bars < 0 || Opened < 0 || ReleasedTotal < 0 || Opened - ReleasedTotal != _count)
            throw new CorruptStateException($"The label store counts {_bars} bars, {Opened} questions, {ReleasedTotal} labels and {_count} open questions; they do not add up.");

        var (idBefore, askedBefore, barBefore) = (long.MinValue, long.MinValue, 0L);
        for (var i = 0; i < _count; i++)
        {
            var question = new OpenQuestion(reader.ReadInt64(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt32(-1, 1));
            var askedAtBar = reader.ReadInt64();
            if (question.Id <= idBefore || question.AskedAtUs < askedBefore || askedAtBar < barBefore || askedAtBar > _bars || _bars - askedAtBar >= _horizon)
                throw new CorruptStateException($"Open question {question.Id}, asked at bar {askedAtBar} of {_bars} and {question.AskedAtUs} µs, is out of order.");
            if (!IsUsable(question))
                throw new CorruptStateException($"Open question {question.Id} has close {question.Close}, volatility {question.Sigma} and side {question.Side}.");
            _ring[i] = new() { Question = question, AskedAtBar = askedAtBar };
            (idBefore, askedBefore, barBefore) = (question.Id, question.AskedAtUs, askedAtBar);
        }
        if (idBefore > _lastId || askedBefore > _lastAskedUs)
            throw new CorruptStateException($"Open question {idBefore} is later than the last question, {_lastId}.");
    }

    private static bool IsUsable(in OpenQuestion question)
        => question.Close > 0 && double.IsFinite(question.Close)
            && (double.IsNaN(question.Sigma) || question.Sigma >= 0 && double.IsFinite(question.Sigma))
            && question.Side is >= -1 and <= 1;

    private void Release(in Entry entry, in LabelOutcome outcome, long atUs, int ageBars)
    {
        if ((uint)outcome.Label >= (uint)_classes || !(outcome.Weight > 0 && outcome.Weight <= 1) || !double.IsFinite(outcome.Return))
            throw new InvalidOperationException($"The label of question {entry.Question.Id} is class {outcome.Label} with weight {outcome.Weight} and move {outcome.Return}; classes go to {_classes - 1}, weights from above 0 to 1, moves are finite.");
        _released[_releasedNow++] = new(entry.Question.Id, outcome, entry.Question.AskedAtUs, atUs, ageBars);
        ReleasedTotal++;
    }

    // The questions that stay move up to the younger ones, so that a label with a fixed horizon moves nothing at all.
    private void CloseGaps(int looked)
    {
        if (_releasedNow < looked)
        {
            var free = looked - 1;
            for (var i = looked - 1; i >= 0; i--)
                if (!_ring[Slot(i)].Done)
                    _ring[Slot(free--)] = _ring[Slot(i)];
        }
        _head = Slot(_releasedNow);
        _count -= _releasedNow;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Slot(int position)
    {
        var slot = _head + position;
        return slot < OpenMax ? slot : slot - OpenMax;
    }

    private struct Entry
    {
        public OpenQuestion Question;
        public long AskedAtBar;
        public bool Done;
    }
}
