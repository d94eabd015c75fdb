using System.Runtime.InteropServices;
using Hone.Learning;
using Hone.Learning.Drift;
using Hone.Learning.Sessions;
using Hone.Learning.State;
using Hone.Trading.Broker;
using Hone.Trading.Labels;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Trading.Live;

/// <summary>
/// A session as a function of its journal: one entry in, its emissions out. It asks nobody for the time, reads nothing but its entries, and the same entries give the
/// same bits. Recovery is this class over the entries after a snapshot.
/// </summary>
/// <remarks>One thread at a time. After an exception from <see cref="Apply"/> the session must be thrown away and built again.</remarks>
public sealed class LiveSession : ISaved, ITradingObserver
{
    /// <summary>Examples that may wait to be learned.</summary>
    public const int PendingMax = 100_000;

    /// <summary>Largest time of a bar, before or after 1970, in microseconds: about 1,900 years.</summary>
    public const long TimeUsMax = 60_000_000_000_000_000;

    private readonly TradingCatalog _catalog;
    private readonly OpenBook _open = new();
    private readonly List<ExampleInput> _pending = [];
    private LearningSession? _learning;
    private HashChain _chain;
    private List<Emission> _emissions = [];
    private int _n;

    /// <summary>Builds the session of a setup; its first entry is still to come.</summary>
    /// <exception cref="InvalidOptionsException">A name or an option is unknown or out of range.</exception>
    public LiveSession(TradingCatalog catalog, LiveSetup setup)
    {
        Options.Validated("session", setup);
        _catalog = catalog;
        Setup = setup;
        Engine = setup.Engine;
        if (setup.Trading)
            return;
        if (setup.Features.Count is 0 or > LiveSetup.FeaturesMax)
            throw new InvalidOptionsException($"features: a session is asked with 1 to {LiveSetup.FeaturesMax} features; {setup.Features.Count} were named.");
        if (setup.Features.Distinct(StringComparer.Ordinal).Count() != setup.Features.Count)
            throw new InvalidOptionsException($"features: '{setup.Features.GroupBy(f => f, StringComparer.Ordinal).First(g => g.Count() > 1).Key}' is named twice.");
        _learning = new LearningSession(catalog.Learning, setup.Session.Learning, new SessionShape([.. setup.Features], setup.Classes, setup.Horizon, setup.Session.Seed)) { Observer = this };
    }

    /// <summary>What it is made of.</summary>
    public LiveSetup Setup { get; }

    /// <summary>Last entry taken; 0 before the first.</summary>
    public long Seq { get; private set; }

    /// <summary>Link of that entry.</summary>
    public UInt128 Link { get; private set; }

    /// <summary>Event time of the last entry in microseconds since 1970 UTC; the smallest number before the first.</summary>
    public long NowUs { get; private set; } = long.MinValue;

    /// <summary>Whether it takes questions; false after it was stopped.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Fingerprint of the build that computes since the last change.</summary>
    public string Engine { get; private set; }

    /// <summary>Entry at which that build took over; 1 for the one that started the session.</summary>
    public long EngineSeq { get; private set; } = 1;

    /// <summary>The panel; null for a trading session whose market is not known yet.</summary>
    public LearningSession? Learning => _learning;

    /// <summary>The loop over bars; null for a session that is asked with features, and until the market is known.</summary>
    public TradingSession? Trading { get; private set; }

    /// <summary>Hash of everything emitted so far, 32 hex digits.</summary>
    public string EmissionHash => _chain.ToString();

    /// <summary>Examples that wait to be learned.</summary>
    public int Pending => _pending.Count;

    /// <summary>Examples that were added to wait, ever.</summary>
    public long PendingAdded { get; private set; }

    /// <summary>Examples with features of their own that were learned.</summary>
    public long Examples { get; private set; }

    /// <summary>Questions that a void market closed without learning.</summary>
    public long Voided { get; private set; }

    /// <summary>Money that outcomes told of, over all of them.</summary>
    public double Pnl { get; private set; }

    /// <summary>Event time of the last answer that was learned; null before the first.</summary>
    public long? LastAnswerUs { get; private set; }

    /// <summary>Event time from the question to its answer, of the last answer since this process started, in microseconds; null before it. Shown, not saved.</summary>
    public long? LabelLagUs { get; private set; }

    /// <summary>Hears what the trading loop does, for recorders of a replay.</summary>
    public ITradingObserver? Listener { get; set; }

    /// <summary>Id of the prediction that was made at an entry, unless the client chose one.</summary>
    public string IdOf(long question) => $"{Setup.Id}-{question}";

    /// <summary>Id of the prediction of a bar.</summary>
    public string IdOfBar(long bar) => $"{Setup.Id}-b{bar}";

    /// <summary>The open question under an id, the client's or the server's.</summary>
    public bool TryFindOpen(string predictionId, out OpenQuestion question)
    {
        question = default;
        if (_learning is null || Setup.Trading)
            return false;
        return (_open.TryFind(predictionId, out question) || (TryParse(predictionId, out var seq) && _open.TryFind(seq, out question) && question.Id is null)) && _learning.IsOpen(question.Seq);
    }

    /// <summary>The entry that an id of the server names; false for any other id.</summary>
    public bool TryParse(string predictionId, out long seq)
    {
        seq = 0;
        return predictionId.Length > Setup.Id.Length + 1 && predictionId.StartsWith(Setup.Id, StringComparison.Ordinal) && predictionId[Setup.Id.Length] == '-'
            && long.TryParse(predictionId.AsSpan(Setup.Id.Length + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out seq)
            && predictionId.Length == Setup.Id.Length + 1 + seq.ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
    }

    /// <summary>Open questions about a prediction market, in the order in which they were asked.</summary>
    public IReadOnlyList<OpenQuestion> OpenOf(string marketId) => _learning is null ? [] : _open.OfMarket(marketId, _learning);

    /// <summary>Why a trading session cannot trade a market; null when it can.</summary>
    public string? ProblemOf(MarketInfo market)
    {
        try
        {
            _ = new TradingSession(_catalog, Setup.Session, market);
            return null;
        }
        catch (InvalidOptionsException e)
        {
            return e.Message;
        }
    }

    /// <summary>Takes the next entry.</summary>
    /// <param name="entry">Its seq follows the last one; its time is not before the last one's.</param>
    /// <param name="emissions">What the session emits is appended here.</param>
    /// <exception cref="CorruptStateException">The entry cannot be read or cannot stand here.</exception>
    public void Apply(in JournalEntry entry, List<Emission> emissions)
    {
        if (entry.Seq != Seq + 1 || entry.AtUs < NowUs)
            throw new CorruptStateException($"{Setup.Id}: entry {entry.Seq} at {entry.AtUs} cannot follow entry {Seq} at {NowUs}.");
        (_emissions, _n) = (emissions, 0);
        Seq = entry.Seq;
        Link = entry.Link;
        NowUs = entry.AtUs;
        switch (entry.Kind)
        {
            case EntryKind.Start:
                Require(Seq == 1, entry, "is not the first one");
                IsActive = true;
                break;
            case EntryKind.Resume:
                IsActive = true;
                break;
            case EntryKind.Stop:
                IsActive = false;
                break;
            case EntryKind.Ask:
                Ask(entry);
                break;
            case EntryKind.Answer:
                Answer(entry);
                break;
            case EntryKind.Example:
                Learn(Example(entry), Seq);
                break;
            case EntryKind.Market:
                Open(entry);
                break;
            case EntryKind.Bar:
                Take(entry);
                break;
            case EntryKind.Pending:
                Require(_pending.Count < PendingMax, entry, "is one example too many");
                _pending.Add(Example(entry));
                PendingAdded++;
                break;
            case EntryKind.LearnPending:
                LearnPending();
                break;
            case EntryKind.Resolve:
                Resolve(Inputs.Resolve(entry));
                break;
            case EntryKind.PortfolioCap:
                var fraction = Inputs.Fraction(entry);
                Require(fraction >= 0, entry, "grants no share of equity");
                Loop(entry).SetPortfolioCap(fraction);
                break;
            case EntryKind.Advance:
                if (_learning is not null && NowUs > _learning.NowUs)
                    _learning.Advance(NowUs);
                break;
            case EntryKind.EngineChanged:
                Engine = Inputs.Text(entry);
                EngineSeq = Seq;
                break;
            default:
                throw new CorruptStateException($"{Setup.Id}: entry {entry.Seq} is of the kind {entry.Kind}, which this build does not know.");
        }
    }

    /// <summary>What a question would be answered; nothing changes.</summary>
    public PredictionMade Preview(AskInput input)
    {
        var learning = _learning ?? throw new InvalidOperationException("The session has no panel yet.");
        var prediction = learning.NewPrediction();
        learning.Preview(input.Features, Math.Max(0, input.Regime), NowUs, prediction);
        return Served(input, prediction);
    }

    /// <summary>Continues a loop that was saved elsewhere, in place of the fresh one of this session's market.</summary>
    public void Adopt(TradingSession trading)
    {
        Trading = trading;
        _learning = trading.Learning;
        trading.Observer = this;
    }

    private void Ask(in JournalEntry entry)
    {
        var input = Inputs.Ask(entry);
        var learning = Panel(entry);
        RequireFeatures(input.Features, entry);
        var made = Served(input, learning.Ask(Seq, input.Features, NowUs, Math.Max(0, input.Regime)));
        _open.Add(new OpenQuestion(Seq, NowUs, input.PredictionId, input.MarketId, input.TimeWasGiven, input.Price, input.FeeRate), learning);
        Emit(EmissionKind.Prediction, made.ToPayload());
    }

    private void Answer(in JournalEntry entry)
    {
        var input = Inputs.Answer(entry);
        var learning = Panel(entry);
        RequireLabel(input.Label, input.Weight, entry);
        Score(input.Question, input.Label, input.Pnl, input.Weight, learning);
    }

    private ExampleInput Example(in JournalEntry entry)
    {
        var example = Inputs.Example(entry);
        _ = Panel(entry);
        RequireFeatures(example.Features, entry);
        RequireLabel(example.Label, example.Weight, entry);
        return example;
    }

    private void Take(in JournalEntry entry)
    {
        var (bar, extras) = Inputs.Bar(entry);
        var trading = Loop(entry);
        Require(Math.Abs(bar.CloseTimeUs) <= TimeUsMax && TradingSession.ProblemOf(bar) is null && bar.CloseTimeUs > trading.LastBarUs && extras.Length == trading.Market.ExtraColumns.Count, entry, "is no bar that can follow the last one");
        trading.On(bar, extras);
    }

    private void RequireFeatures(double[] features, in JournalEntry entry)
        => Require(features.Length == Setup.Features.Count && !Array.Exists(features, double.IsInfinity), entry, "has features of another session");

    private void RequireLabel(int label, double weight, in JournalEntry entry)
        => Require(label >= 0 && label < Setup.Classes && weight >= LearningSession.WeightMin && weight <= LearningSession.WeightMax, entry, "has a label or a weight that there is not");

    // What was let in holds all of this; an entry that does not was damaged, and is told from a learner's own failure.
    private void Require(bool holds, in JournalEntry entry, string problem)
    {
        if (!holds)
            throw new CorruptStateException($"{Setup.Id}: entry {entry.Seq} ({entry.Kind}) {problem}.");
    }

    private void Learn(ExampleInput example, long question)
    {
        var learning = _learning ?? throw new CorruptStateException($"{Setup.Id}: an example came before the panel.");
        learning.Ask(question, example.Features, NowUs);
        if (!learning.TryAnswer(question, example.Label, NowUs, out var verdict, example.Weight))
            throw new InvalidOperationException($"{Setup.Id}: the question {question} was not open a moment after it was asked.");
        Examples++;
        Took(new OutcomeTaken(
            example.Id, question, example.Label, verdict.Predicted, verdict.Confidence, verdict.LogLoss, verdict.Brier, verdict.Drift, example.Pnl, OutcomeStatus.Learned));
    }

    private void LearnPending()
    {
        // A question needs a number of its own; below zero none is taken by an entry. Each lives only until the next line of Learn.
        for (var i = 0; i < _pending.Count; i++)
            Learn(_pending[i], -1 - i);
        _pending.Clear();
    }

    private void Resolve(ResolveInput input)
    {
        foreach (var question in OpenOf(input.MarketId))
        {
            if (input.Label >= 0)
            {
                Score(question.Seq, input.Label, double.NaN, 1, _learning!);
                continue;
            }
            _learning!.Withdraw(question.Seq);
            _open.Remove(question.Seq);
            Voided++;
            Took(new OutcomeTaken(question.Id, question.Seq, -1, -1, double.NaN, double.NaN, double.NaN, DriftLevel.None, double.NaN, OutcomeStatus.Void));
        }
    }

    private void Score(long seq, int label, double pnl, double weight, LearningSession learning)
    {
        // What the panel has let expire is forgotten here sooner or later: what is emitted must not depend on when.
        OpenQuestion question = default;
        if (learning.IsOpen(seq))
            _open.TryFind(seq, out question);
        if (!learning.TryAnswer(seq, label, NowUs, out var verdict, weight))
        {
            // Between the moment it was let in and this one it became too old.
            _open.Remove(seq);
            Took(new OutcomeTaken(question.Id, seq, label, -1, double.NaN, double.NaN, double.NaN, DriftLevel.None, pnl, OutcomeStatus.Expired));
            return;
        }
        _open.Remove(seq);
        LabelLagUs = NowUs - question.AtUs;
        if (double.IsNaN(pnl))
            pnl = question.PnlOf(verdict.Predicted, label);
        Took(new OutcomeTaken(question.Id, seq, label, verdict.Predicted, verdict.Confidence, verdict.LogLoss, verdict.Brier, verdict.Drift, pnl, OutcomeStatus.Learned));
    }

    private void Took(in OutcomeTaken outcome)
    {
        if (!double.IsNaN(outcome.Pnl))
            Pnl += outcome.Pnl;
        if (outcome.Status == OutcomeStatus.Learned)
            LastAnswerUs = NowUs;
        Emit(EmissionKind.Outcome, outcome.ToPayload());
    }

    private PredictionMade Served(AskInput input, Prediction prediction)
    {
        var breakEven = PredictionMarket.BreakEven(prediction.Label, input.Price, input.FeeRate);
        var reason = prediction.Reason switch
        {
            ActReason.NoVotes => ServeReason.NoVotes,
            ActReason.UnderThreshold => ServeReason.UnderThreshold,
            ActReason.Stale => ServeReason.Stale,
            _ => prediction.Confidence <= breakEven ? ServeReason.UnderBreakEven : ServeReason.Acts,
        };
        // Without a price the odds are even.
        var conviction = PositionSizer.Conviction(prediction.Confidence, double.IsNaN(breakEven) ? 0.5 : breakEven);
        return new PredictionMade
        {
            PredictionId = input.PredictionId,
            MarketId = input.MarketId,
            Label = prediction.Label,
            Probabilities = prediction.Probabilities.ToArray(),
            Confidence = prediction.Confidence,
            Reason = reason,
            Threshold = prediction.Threshold,
            BreakEven = breakEven,
            SizeMultiplier = reason == ServeReason.Acts ? PositionSizer.SizeMultiplier(conviction, prediction.Agreement) : 0,
            Strategy = prediction.Strategy,
            Regime = input.Regime,
            Members = Parts(prediction),
        };
    }

    private MemberPart[] Parts(Prediction prediction)
    {
        var members = new MemberPart[prediction.Votes.Length];
        for (var m = 0; m < members.Length; m++)
        {
            ref readonly var vote = ref prediction.Votes[m];
            members[m] = new MemberPart(
                vote.Label, prediction.MemberProbabilities(m).ToArray(), vote.Confidence, vote.Weight, vote.Threshold, vote.State, vote.Version);
        }
        return members;
    }

    private void Open(in JournalEntry entry)
    {
        var market = Inputs.Market(entry);
        Require(Setup.Trading, entry, "names a market for a session that does not trade");
        Require(Trading is null, entry, "names the market a second time");
        Adopt(Built(market));
    }

    private TradingSession Built(MarketInfo market)
    {
        try
        {
            return new TradingSession(_catalog, Setup.Session, market);
        }
        catch (InvalidOptionsException e)
        {
            throw new CorruptStateException($"{Setup.Id}: the market cannot be traded: {e.Message}");
        }
    }

    private TradingSession Loop(in JournalEntry entry) => Trading ?? throw new CorruptStateException($"{Setup.Id}: entry {entry.Seq} ({entry.Kind}) came before the market was known.");

    private LearningSession Panel(in JournalEntry entry)
        => Setup.Trading || _learning is null ? throw new CorruptStateException($"{Setup.Id}: entry {entry.Seq} ({entry.Kind}) has no place in a trading session.") : _learning;

    private void Emit(EmissionKind kind, byte[] payload)
    {
        _chain.Add((long)kind);
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(payload))
            _chain.Add(word);
        foreach (var rest in payload.AsSpan(payload.Length & ~7))
            _chain.Add((ulong)rest);
        _emissions.Add(new Emission(Seq, _n++, kind, NowUs, payload));
    }

    void ISessionObserver.OnDrift(in DriftEvent drift)
    {
        Emit(EmissionKind.Drift, DriftSeen.ToPayload(drift));
        Listener?.OnDrift(drift);
    }

    void ISessionObserver.OnAdaptation(in AdaptationEvent adaptation)
    {
        Emit(EmissionKind.Adaptation, AdaptationMade.ToPayload(adaptation));
        Listener?.OnAdaptation(adaptation);
    }

    void ITradingObserver.OnAnswer(TradingSession session, in ReleasedLabel label, in Verdict verdict)
    {
        LabelLagUs = label.AvailableAtUs - label.AskedAtUs;
        Took(new OutcomeTaken(
            null, label.Id, label.Outcome.Label, verdict.Predicted, verdict.Confidence, verdict.LogLoss, verdict.Brier, verdict.Drift, double.NaN, OutcomeStatus.Learned));
        Listener?.OnAnswer(session, label, verdict);
    }

    void ITradingObserver.OnTrade(TradingSession session, in Trade trade, TradeEntry entry)
    {
        Emit(EmissionKind.Trade, TradeClosed.ToPayload(trade));
        Listener?.OnTrade(session, trade, entry);
    }

    void ITradingObserver.OnBar(TradingSession session, in Bar bar)
    {
        if (session.Asked)
            Emit(EmissionKind.Prediction, Made(session, bar).ToPayload());
        Emit(EmissionKind.Bar, new BarTaken
        {
            Bar = bar,
            Number = session.Bars - 1,
            Features = session.Asked ? session.X.ToArray() : [],
            Asked = session.Asked,
            Trend = (int)session.Regime.Trend,
            Volatility = (int)session.Regime.Volatility,
            RuleDirection = session.Signal.Rule.Direction,
            FinalDirection = session.Signal.Final.Direction,
            FinalConfidence = session.Signal.Final.Confidence,
            Fills = session.Real.Broker.Fills.ToArray(),
            OrderQuantity = session.Real.Broker.PendingMarketQuantity,
            Position = session.Real.Broker.Position,
            Equity = session.Real.Broker.Equity,
            RulesOnlyEquity = session.RulesOnly.Broker.Equity,
        }.ToPayload());
        Listener?.OnBar(session, bar);
    }

    private PredictionMade Made(TradingSession session, in Bar bar)
    {
        var prediction = session.Learning.Last;
        var breakEven = session.BreakEvenConfidence(bar);
        var reason = prediction.Reason == ActReason.NoVotes ? ServeReason.NoVotes : session.Signal.PanelActed ? ServeReason.Acts : ServeReason.NoEdge;
        return new PredictionMade
        {
            Bar = session.Bars - 1,
            Label = prediction.Label,
            Probabilities = prediction.Probabilities.ToArray(),
            Confidence = prediction.Confidence,
            Reason = reason,
            Threshold = prediction.Threshold,
            BreakEven = breakEven,
            SizeMultiplier = reason == ServeReason.Acts ? PositionSizer.SizeMultiplier(PositionSizer.Conviction(session.Signal.Panel.Confidence, breakEven), prediction.Agreement) : 0,
            Strategy = prediction.Strategy,
            Regime = (int)session.Regime.Trend,
            Members = Parts(prediction),
        };
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("live-session", 1);
        writer.Write(Seq);
        writer.Write((ulong)(Link >> 64));
        writer.Write((ulong)Link);
        writer.Write(NowUs);
        writer.Write(IsActive);
        writer.Write(Engine);
        writer.Write(EngineSeq);
        _chain.Save(writer);
        writer.Write(PendingAdded);
        writer.Write(Examples);
        writer.Write(Voided);
        writer.Write(Pnl);
        writer.Write(LastAnswerUs ?? long.MinValue);
        writer.Write(_pending.Count);
        foreach (var example in _pending)
            example.Write(writer);
        _open.Save(writer, _learning);
        writer.Write(Trading is not null);
        if (Trading is not null)
        {
            Inputs.Write(writer, Trading.Market);
            Trading.Save(writer);
        }
        else
        {
            _learning?.Save(writer);
        }
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("live-session", 1);
        Seq = reader.ReadInt64();
        Link = ((UInt128)reader.ReadUInt64() << 64) | reader.ReadUInt64();
        NowUs = reader.ReadInt64();
        IsActive = reader.ReadBool();
        Engine = reader.ReadString();
        EngineSeq = reader.ReadInt64();
        _chain = HashChain.Load(reader);
        PendingAdded = reader.ReadInt64();
        Examples = reader.ReadInt64();
        Voided = reader.ReadInt64();
        Pnl = reader.ReadFinite();
        LastAnswerUs = reader.ReadInt64() is var last && last != long.MinValue ? last : null;
        _pending.Clear();
        var pending = reader.ReadInt32(0, PendingMax);
        for (var i = 0; i < pending; i++)
            _pending.Add(ExampleInput.Read(reader));
        _open.Load(reader);
        var knowsMarket = reader.ReadBool();
        if (knowsMarket && !Setup.Trading)
            throw new CorruptStateException($"{Setup.Id}: the state is of a session that trades; this one is asked with features.");
        if (knowsMarket)
        {
            var trading = Built(Inputs.ReadMarket(reader));
            trading.Load(reader);
            Adopt(trading);
        }
        else
        {
            _learning?.Load(reader);
        }
    }
}
