using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>
/// Questions that wait for an answer, with the numbers they were asked with. Slots are reused; the order of asking is kept as
/// a linked list so that the oldest expires first and the state is written in one order.
/// </summary>
internal sealed class QuestionBook(int width, int openMax)
{
    private readonly Dictionary<long, int> _slots = [];
    private double[] _numbers = [];
    private Question[] _questions = [];
    private int _free = -1;
    private int _oldest = -1;
    private int _newest = -1;

    public int Count => _slots.Count;

    public bool Contains(long id) => _slots.ContainsKey(id);

    public bool TryFind(long id, out int slot) => _slots.TryGetValue(id, out slot);

    public ref readonly Question this[int slot] => ref _questions[slot];

    public Span<double> Numbers(int slot) => _numbers.AsSpan(slot * width, width);

    public int Oldest => _oldest;

    /// <summary>The question that was asked next after this one; −1 after the newest.</summary>
    public int After(int slot) => _questions[slot].Next;

    /// <summary>Whether the next question needs the oldest one to go first.</summary>
    public bool IsFull => _slots.Count >= openMax;

    public int Add(long id, long atUs, long seq, int regime)
    {
        if (_free < 0)
            Grow();
        var slot = _free;
        _free = _questions[slot].Next;
        _questions[slot] = new Question { Id = id, AtUs = atUs, Seq = seq, Regime = regime, Previous = _newest, Next = -1 };
        if (_newest >= 0)
            _questions[_newest].Next = slot;
        else
            _oldest = slot;
        _newest = slot;
        _slots.Add(id, slot);
        return slot;
    }

    public void Remove(int slot)
    {
        ref var question = ref _questions[slot];
        _slots.Remove(question.Id);
        if (question.Previous >= 0)
            _questions[question.Previous].Next = question.Next;
        else
            _oldest = question.Next;
        if (question.Next >= 0)
            _questions[question.Next].Previous = question.Previous;
        else
            _newest = question.Previous;
        question.Next = _free;
        _free = slot;
    }

    public void Save(StateWriter writer)
    {
        writer.Section("questions", 1);
        writer.Write(Count);
        for (var slot = _oldest; slot >= 0; slot = _questions[slot].Next)
        {
            ref readonly var question = ref _questions[slot];
            writer.Write(question.Id);
            writer.Write(question.AtUs);
            writer.Write(question.Seq);
            writer.Write(question.Regime);
            writer.Write((ReadOnlySpan<double>)Numbers(slot));
        }
    }

    public void Load(StateReader reader)
    {
        reader.Section("questions", 1);
        while (_oldest >= 0)
            Remove(_oldest);
        var count = reader.ReadInt32(0, openMax);
        var (lastUs, lastSeq) = (long.MinValue, 0L);
        for (var i = 0; i < count; i++)
        {
            var id = reader.ReadInt64();
            if (Contains(id))
                throw new CorruptStateException($"The question {id} occurs twice.");
            var (atUs, seq) = (reader.ReadInt64(), reader.ReadInt64());
            if (atUs < lastUs || seq <= lastSeq)
                throw new CorruptStateException($"The question {id} at {atUs}, position {seq}, stands behind one at {lastUs}, position {lastSeq}.");
            (lastUs, lastSeq) = (atUs, seq);
            reader.Read(Numbers(Add(id, atUs, seq, reader.ReadInt32(0, LearningSession.RegimesMax - 1))));
        }
    }

    private void Grow()
    {
        var length = Math.Min(Math.Max(16, _questions.Length * 2), openMax);
        var first = _questions.Length;
        Array.Resize(ref _questions, length);
        Array.Resize(ref _numbers, checked(length * width));
        for (var slot = length - 1; slot >= first; slot--)
        {
            _questions[slot].Next = _free;
            _free = slot;
        }
        _slots.EnsureCapacity(length);
    }

    internal struct Question
    {
        public long Id;
        public long AtUs;
        public long Seq;
        public int Regime;
        public int Previous;
        public int Next;
    }
}
