using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Trading.Live;

/// <summary>A question that waits for its outcome, beside what the panel keeps of it.</summary>
/// <param name="Seq">Entry that asked it.</param>
/// <param name="AtUs">Event time of that entry.</param>
/// <param name="Id">The client's own id; null for the server's.</param>
/// <param name="MarketId">Prediction market; null for none.</param>
/// <param name="TimeWasGiven">Whether the client gave the time: then an outcome without one happens at the session's time, not at the clock's.</param>
/// <param name="Price">Price of a yes share, 0…1; NaN when there is none.</param>
/// <param name="FeeRate">Fee as a multiple of p(1 − p).</param>
public readonly record struct OpenQuestion(long Seq, long AtUs, string? Id, string? MarketId, bool TimeWasGiven, double Price, double FeeRate)
{
    /// <summary>What a share bought on the predicted side made; NaN when the question had no price.</summary>
    public double PnlOf(int predicted, int label) => PredictionMarket.Pnl(predicted, label, Price, FeeRate);
}

/// <summary>The open questions by entry, by the client's id and by prediction market. What the panel let expire is forgotten now and then, and never saved.</summary>
internal sealed class OpenBook
{
    private const int SweepMin = 1024;

    private readonly Dictionary<long, OpenQuestion> _bySeq = [];
    private readonly Dictionary<string, long> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<long>> _byMarket = new(StringComparer.Ordinal);

    public bool TryFind(long seq, out OpenQuestion question) => _bySeq.TryGetValue(seq, out question);

    public bool TryFind(string id, out OpenQuestion question)
    {
        question = default;
        return _byId.TryGetValue(id, out var seq) && _bySeq.TryGetValue(seq, out question);
    }

    public void Add(in OpenQuestion question, LearningSession learning)
    {
        if (_bySeq.Count > SweepMin && _bySeq.Count > 2 * learning.OpenQuestions)
            Sweep(learning);
        Put(question);
    }

    public void Remove(long seq)
    {
        if (!_bySeq.Remove(seq, out var question))
            return;
        if (question.Id is not null)
            _byId.Remove(question.Id);
        if (question.MarketId is null || !_byMarket.TryGetValue(question.MarketId, out var market))
            return;
        market.Remove(seq);
        if (market.Count == 0)
            _byMarket.Remove(question.MarketId);
    }

    public IReadOnlyList<OpenQuestion> OfMarket(string marketId, LearningSession learning)
        => _byMarket.TryGetValue(marketId, out var market) ? [.. market.Where(learning.IsOpen).Select(seq => _bySeq[seq])] : [];

    public void Save(StateWriter writer, LearningSession? learning)
    {
        long[] open = learning is null ? [] : [.. _bySeq.Keys.Where(learning.IsOpen).Order()];
        writer.Section("open-book", 1);
        writer.Write(open.Length);
        foreach (var seq in open)
        {
            var question = _bySeq[seq];
            writer.Write(seq);
            writer.Write(question.AtUs);
            Inputs.Write(writer, question.Id);
            Inputs.Write(writer, question.MarketId);
            writer.Write(question.TimeWasGiven);
            writer.Write(question.Price);
            writer.Write(question.FeeRate);
        }
    }

    public void Load(StateReader reader)
    {
        reader.Section("open-book", 1);
        _bySeq.Clear();
        _byId.Clear();
        _byMarket.Clear();
        var count = reader.ReadInt32(0, 10_000_000);
        for (var i = 0; i < count; i++)
            Put(new OpenQuestion(reader.ReadInt64(), reader.ReadInt64(), Inputs.ReadText(reader), Inputs.ReadText(reader), reader.ReadBool(), reader.ReadDouble(), reader.ReadFinite()));
    }

    private void Put(in OpenQuestion question)
    {
        _bySeq.Add(question.Seq, question);
        if (question.Id is not null)
            _byId[question.Id] = question.Seq;
        if (question.MarketId is null)
            return;
        if (!_byMarket.TryGetValue(question.MarketId, out var market))
            _byMarket.Add(question.MarketId, market = []);
        market.Add(question.Seq);
    }

    private void Sweep(LearningSession learning)
    {
        foreach (var seq in _bySeq.Keys.ToArray())
            if (!learning.IsOpen(seq))
                Remove(seq);
    }
}
