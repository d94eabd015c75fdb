using Hone.Learning;
using Hone.Learning.Evaluation;
using Hone.Learning.Sessions;
using Hone.Learning.State;
using Hone.Trading.Agents;
using Hone.Trading.Broker;
using Hone.Trading.Features;
using Hone.Trading.Labels;
using Hone.Trading.Market;
using Hone.Trading.Performance;
using Hone.Trading.Regimes;

namespace Hone.Trading.Sessions;

/// <summary>
/// The loop: one bar in, and in one fixed order timers, fills, marks, features, regime, answers, a question, agents, risk and orders for the next bar.
/// No clock, no thread, no I/O; the same bars give the same bits.
/// </summary>
/// <remarks>
/// <para>One thread at a time. Nothing allocates in steady state except a few numbers per day, and a little when the session adapts.</para>
/// <para>What is of the last bar only is not part of the saved state: after a load <see cref="Asked"/> is false and <see cref="Signal"/> empty until the next bar.</para>
/// </remarks>
public sealed class TradingSession : ISaved
{
    private readonly SessionSetup _setup;
    private readonly FeatureEngine _features;
    private readonly IRegimeDetector _regimes;
    private readonly ILabel _label;
    private readonly LabelStore _labels;
    private readonly ICostModel _costs;
    private readonly IAgent[] _agents;
    private readonly MlAware _mlAware;
    private readonly PanelJudge _judge = new();
    private readonly OutcomeLearner _outcomes;
    private readonly double[] _x;
    private readonly MemberTrades[] _memberTrades;
    private readonly bool _sideLabel;
    private readonly int _sigmaIndex;
    private readonly int _classes;
    private TradeEntry _decided;
    private TradeEntry _open;
    private HashChain _emissions;
    private double _costsBefore;

    /// <summary>Builds a session.</summary>
    /// <exception cref="InvalidOptionsException">A name or an option is unknown or out of range.</exception>
    public TradingSession(TradingCatalog catalog, SessionSetup setup, MarketInfo market)
    {
        Options.Validated("trading", setup.Trading);
        Options.Validated("trading.sizing", setup.Trading.Sizing);
        Options.Validated("trading.bracket", setup.Trading.Bracket);
        if (setup.Agents.Count == 0)
            throw new InvalidOptionsException("agents is empty; name at least one.");
        if (market.StepUs < 1 || !(market.ReferencePrice > 0 && double.IsFinite(market.ReferencePrice)))
            throw new InvalidOptionsException($"{market.Symbol}: a market with a step of {market.StepUs} µs and a reference price of {market.ReferencePrice} makes no sense; both must be above 0.");
        _setup = setup;
        Market = market;
        _costs = catalog.Costs[setup.Costs.Name].Create(new CostContext(market.Symbol, market.AssetClass), setup.Costs.Options);
        _features = new FeatureEngine(catalog, new FeatureContext(market.StepUs, market.ExtraColumns), setup.Features.Count > 0 ? setup.Features : null);
        _regimes = catalog.Regimes[setup.Regime.Name].Create(market.StepUs, setup.Regime.Options);
        var roundTrip = _costs.RoundTrip(market.ReferencePrice, market.ReferenceTimeUs);
        _label = catalog.Labels[setup.Label.Name].Create(new LabelContext(roundTrip), setup.Label.Options);
        _sideLabel = _label.AsksAboutSide;
        _classes = _label.Classes;
        _labels = new LabelStore(_label);
        _sigmaIndex = _features.Schema.IndexOf("ewma_volatility");
        _agents = [.. setup.Agents.Select(a => catalog.Agents[a.Name].Create(new AgentContext(_features.Schema, market.ExtraColumns), a.Options))];
        _mlAware = new MlAware(new MlAwareOptions { MlWeight = setup.Learning.MlWeight, MlConfidenceWeight = setup.Learning.MlConfidenceWeight });

        var selected = _features.SelectedSchema;
        // Fourteen days may be fewer bars than a label needs on daily data: an open question always outlives its label.
        var labelDays = 4.0 * _label.HorizonBars * market.StepUs / EventTime.DayUs;
        Learning = new LearningSession(
            catalog.Learning,
            setup.Learning with { OpenQuestionDaysMax = Math.Max(setup.Learning.OpenQuestionDaysMax, Math.Min(labelDays, 36_500)) },
            new SessionShape([.. selected.Features.Select(f => f.Name)], _classes, _label.HorizonBars, setup.Seed, [.. selected.Features.Select(f => f.WatchDrift)]));
        _x = new double[selected.Features.Count];
        _outcomes = new OutcomeLearner(catalog.Learning, setup.Trading, _x.Length, setup.Seed);
        Real = new Book(setup, market, _costs, _label.HorizonBars);
        RulesOnly = new Book(setup, market, _costs, _label.HorizonBars);
        Baselines = new BaselineRecorder(market.AssetClass, roundTrip / 2);
        Rules = new RuleScore(_label.HorizonBars);
        RankInformationCoefficient = new RankCorrelation(setup.Seed);
        _memberTrades = new MemberTrades[Learning.MemberCount];
        _decided = new TradeEntry(_x.Length, Learning.MemberCount);
        _open = new TradeEntry(_x.Length, Learning.MemberCount);
    }

    /// <summary>The market.</summary>
    public MarketInfo Market { get; }

    /// <summary>The panel.</summary>
    public LearningSession Learning { get; }

    /// <summary>The book that trades.</summary>
    public Book Real { get; }

    /// <summary>The shadow book that trades the rules alone: what the models added is the difference.</summary>
    public Book RulesOnly { get; }

    /// <summary>Price and positions for buy-and-hold and the random baseline.</summary>
    public BaselineRecorder Baselines { get; }

    /// <summary>What the rules alone would have had right of the panel's questions.</summary>
    public RuleScore Rules { get; }

    /// <summary>The learner of "would this rule signal be profitable?".</summary>
    public OutcomeLearner Outcomes => _outcomes;

    /// <summary>Correlation of the panel's direction with the move that followed.</summary>
    public Correlation InformationCoefficient { get; } = new();

    /// <summary>Rank correlation of the panel's direction with the move that followed.</summary>
    public RankCorrelation RankInformationCoefficient { get; }

    /// <summary>The cost model.</summary>
    public ICostModel Costs => _costs;

    /// <summary>Bars a label spans.</summary>
    public int HorizonBars => _label.HorizonBars;

    /// <summary>All computed features.</summary>
    public FeatureEngine Features => _features;

    /// <summary>The features the panel learns from, after the last bar.</summary>
    public ReadOnlySpan<double> X => _x;

    /// <summary>Regime after the last bar.</summary>
    public Regime Regime { get; private set; }

    /// <summary>Bars taken.</summary>
    public long Bars { get; private set; }

    /// <summary>Whether the last bar asked the panel; before that its features are warming up.</summary>
    public bool Asked { get; private set; }

    /// <summary>Bars on which the panel was asked.</summary>
    public long Decisions { get; private set; }

    /// <summary>Of them with an expected value above zero after costs.</summary>
    public long PanelActed { get; private set; }

    /// <summary>Bars on which a rule would have entered and the outcome learner vetoed it.</summary>
    public long Vetoes { get; private set; }

    /// <summary>Rule and panel after the last bar.</summary>
    public JoinedSignal Signal { get; private set; }

    /// <summary>Hash of everything emitted so far.</summary>
    public string EmissionHash => _emissions.ToString();

    /// <summary>64 bits of the same hash, for comparing bar by bar.</summary>
    public ulong EmissionDigest => _emissions.Digest;

    /// <summary>Close time of the last bar; the smallest number before the first.</summary>
    public long LastBarUs => Learning.NowUs;

    /// <summary>Hears what happens.</summary>
    public ITradingObserver? Observer
    {
        get;
        set
        {
            field = value;
            Learning.Observer = value;
        }
    }

    /// <summary>Trades a member voted for.</summary>
    public MemberTrades TradesOf(int member) => _memberTrades[member];

    /// <summary>An input from outside: the largest share of equity that the portfolio grants this book from now on.</summary>
    public void SetPortfolioCap(double fractionMax) => Real.Risk.SetPortfolioCap(fractionMax);

    /// <summary>Takes the next bar.</summary>
    /// <param name="bar">The bar; later than the last.</param>
    /// <param name="extras">Its extra columns; NaN where missing.</param>
    /// <exception cref="ArgumentException">It is not later, no bar, or has another number of extra columns; nothing has changed then.</exception>
    /// <exception cref="InvalidOperationException">An agent, a label or a cost model gives what cannot be; the session must then be thrown away.</exception>
    public void On(in Bar bar, ReadOnlySpan<double> extras = default)
    {
        Check(bar, extras);

        // 1 Timers that fell due before this bar.
        Learning.Advance(bar.CloseTimeUs);

        // 2 and 3 Fills, marks, closed trades and what they teach.
        Real.Take(bar);
        RulesOnly.Take(bar);
        var costs = Real.Broker.TotalCosts;
        Baselines.On(bar.CloseTimeUs, bar.Close, Real.ExposedFraction(bar), Real.ShareOfEquity(costs - _costsBefore));
        _costsBefore = costs;
        SettleReal();
        SettleRulesOnly();

        // 4 and 5 Features and regime.
        _features.Update(bar, extras);
        Regime = _regimes.Update(bar);

        // 6 Answers whose labels are now known, by question order.
        foreach (ref readonly var released in _labels.Advance(bar))
            Answer(released);

        // 7 and 8 A question, and the agents. A label about a side needs the rule first.
        var rule = Rule(bar, extras);
        Asked = _features.IsReady;
        var joined = new JoinedSignal(rule, default, false, rule);
        var (side, fraction, breakEven, ruleActs) = (0, 0.0, double.NaN, Math.Abs(rule.Direction) >= _setup.Trading.EntrySignal);
        var sigma = _features.Values[_sigmaIndex];
        if (Asked)
        {
            _features.Selected(_x).CopyTo(_x);
            var prediction = Learning.Ask(Bars, _x, bar.CloseTimeUs, (int)Regime.Trend, Real.IsFlat);
            _labels.Open(new OpenQuestion(Bars, bar.CloseTimeUs, bar.Close, sigma, _sideLabel ? SideOf(rule) : 0));
            Rules.Asked(Bars, SideOf(rule));
            breakEven = _judge.BreakEven(_costs.RoundTrip(bar.Close, bar.CloseTimeUs));
            var panel = _sideLabel ? MlAware.ProfitableVote(prediction.Probabilities, rule) : MlAware.DirectionVote(prediction.Probabilities);
            var acts = prediction.Reason != ActReason.NoVotes && panel.Direction != 0 && (_sideLabel ? prediction.Label == 1 : Direction(prediction.Label) != 0) && prediction.Confidence > breakEven;
            joined = _mlAware.Join(rule, panel, acts);
            Decisions++;
            if (acts)
                PanelActed++;
            (side, fraction) = Size(joined, ruleActs, breakEven, prediction.Agreement, sigma);
        }
        Signal = joined;

        // 9 and 10 Risk and orders for the next bar; the rules-only book beside it.
        if (Real.Decide(bar, side, fraction, sigma) && Asked)
            _decided.Take(_x, Learning.Last.Votes, joined, UpProbability(), ruleActs, Regime);
        var ruleSide = Asked && ruleActs ? SideOf(rule) : 0;
        if (RulesOnly.Decide(bar, ruleSide, RuleFraction(rule, sigma), sigma))
            _outcomes.Decided(_x, rule);

        Chain(bar);
        Bars++;
        Observer?.OnBar(this, bar);
    }

    /// <summary>Probability of a rise in the last prediction; NaN before the first.</summary>
    public double UpProbability() => Asked ? Learning.Last.Probabilities[^1] : double.NaN;

    /// <summary>Confidence from which acting pays at the moment, costs included; NaN while it is not known.</summary>
    public double BreakEvenConfidence(in Bar bar) => _judge.BreakEven(_costs.RoundTrip(bar.Close, bar.CloseTimeUs));

    private void Answer(in ReleasedLabel released)
    {
        if (!Learning.TryAnswer(released.Id, released.Outcome.Label, released.AvailableAtUs, out var verdict, released.Outcome.Weight))
            return;
        var move = released.Outcome.Return;
        var ruleSide = Rules.SideOf(released.Id);
        if (ruleSide != 0)
            Rules.Answered(released.Outcome.Label == (_sideLabel || ruleSide > 0 ? _classes - 1 : 0), verdict.Correct);
        // What it would have meant to act: on the rule's side, or on the side that was predicted.
        var side = _sideLabel ? verdict.Predicted == 1 ? ruleSide : 0 : Direction(verdict.Predicted);
        if (side != 0 && !Learning.Frozen)
            _judge.Learn(verdict.Correct, side * move);
        var up = verdict.Predicted == _classes - 1 ? verdict.Confidence : 1 - verdict.Confidence;
        if (!_sideLabel && _classes == 2)
        {
            InformationCoefficient.Add(up - 0.5, move);
            RankInformationCoefficient.Add(up - 0.5, move);
        }
        _emissions.Add(released.Id);
        _emissions.Add(released.Outcome.Label);
        _emissions.Add(move);
        _emissions.Add(verdict.LogLoss);
        Observer?.OnAnswer(this, released, verdict);
    }

    private Signal Rule(in Bar bar, ReadOnlySpan<double> extras)
    {
        var view = new AgentView(in bar, extras, _features.Values, Regime);
        if (_agents.Length == 1)
            return Checked(_agents[0], _agents[0].Decide(view));
        double direction = 0, confidence = 0;
        foreach (var agent in _agents)
        {
            var signal = Checked(agent, agent.Decide(view));
            direction += signal.Direction * signal.Confidence;
            confidence += signal.Confidence;
        }
        return confidence > 0 ? new Signal(direction / confidence, confidence / _agents.Length) : default;
    }

    private static Signal Checked(IAgent agent, Signal signal)
    {
        if (Math.Abs(signal.Direction) <= 1 && signal.Confidence is >= 0 and <= 1)
            return signal;
        // A number that does not exist is no opinion; one that cannot be is a mistake in the agent.
        if (double.IsNaN(signal.Direction) || double.IsNaN(signal.Confidence))
            return Agents.Signal.None;
        throw new InvalidOperationException($"The agent '{agent.Name}' gives direction {signal.Direction} and confidence {signal.Confidence}; they go from −1 to 1 and from 0 to 1.");
    }

    /// <summary>Side and size of a joined signal. The rule part is sized by its strength, the panel's by conviction and agreement; the larger one counts.</summary>
    private (int Side, double Fraction) Size(in JoinedSignal joined, bool ruleActs, double breakEven, double agreement, double sigma)
    {
        var side = SideOf(joined.Final);
        if (side == 0)
            return (0, 0);
        var multiplier = 0.0;
        if (ruleActs && side == SideOf(joined.Rule))
        {
            // A position that is held already needs no leave to stay.
            if (Math.Sign(Real.Broker.Position) != side && Vetoed(joined.Rule))
                Vetoes++;
            else
                multiplier = Math.Abs(joined.Final.Direction) * joined.Final.Confidence;
        }
        if (joined.PanelActed && side == SideOf(joined.Panel))
            multiplier = Math.Max(multiplier, PositionSizer.SizeMultiplier(PositionSizer.Conviction(joined.Panel.Confidence, breakEven), agreement));
        return multiplier > 0 ? (side, multiplier * PositionSizer.BaseFraction(_setup.Trading.Sizing, sigma, _label.HorizonBars)) : (0, 0);
    }

    private bool Vetoed(Signal rule)
        => _setup.Trading.OutcomeVeto && _outcomes.Votes && !_outcomes.Worthwhile(_outcomes.Probability(_x, rule));

    private double RuleFraction(Signal rule, double sigma)
        => Math.Abs(rule.Direction) * rule.Confidence * PositionSizer.BaseFraction(_setup.Trading.Sizing, sigma, _label.HorizonBars);

    private void SettleReal()
    {
        foreach (ref readonly var trade in Real.Broker.ClosedTrades)
        {
            // A trade that was opened and closed inside this bar comes of the last decision.
            var entry = Real.WasOpen(trade) ? _open : _decided;
            var votes = entry.Votes;
            for (var m = 0; m < votes.Length; m++)
                if (votes[m].Weight > 0 && VotesFor(trade.Side, votes[m].Label, entry.Rule))
                    _memberTrades[m].Add(trade.NetPnl);
            _emissions.Add(trade.NetPnl);
            Observer?.OnTrade(this, trade, entry);
        }
        if (Real.Opened)
            (_open, _decided) = (_decided, _open);
    }

    private void SettleRulesOnly()
    {
        foreach (ref readonly var trade in RulesOnly.Broker.ClosedTrades)
            if (!Learning.Frozen)
                _outcomes.Closed(trade.Return, RulesOnly.WasOpen(trade));
        if (RulesOnly.Opened)
            _outcomes.Opened();
    }

    private bool VotesFor(int side, int label, Signal rule) => _sideLabel ? label == 1 && side == SideOf(rule) : Direction(label) == side;

    private int Direction(int label) => label == _classes - 1 ? 1 : label == 0 ? -1 : 0;

    private static int SideOf(Signal signal) => signal.Direction > 0 ? 1 : signal.Direction < 0 ? -1 : 0;

    private void Chain(in Bar bar)
    {
        _emissions.Add(bar.CloseTimeUs);
        if (Asked)
            foreach (var probability in Learning.Last.Probabilities)
                _emissions.Add(probability);
        _emissions.Add(Signal.Final.Direction);
        _emissions.Add(Signal.Final.Confidence);
        Chain(Real.Broker);
        Chain(RulesOnly.Broker);
    }

    private void Chain(PaperBroker broker)
    {
        _emissions.Add(broker.Equity);
        _emissions.Add(broker.PendingMarketQuantity);
    }

    /// <summary>Why a bar cannot be taken, whatever came before it; null when it can.</summary>
    public static string? ProblemOf(in Bar bar)
    {
        // Comparisons with NaN are false.
        var isBar = bar.Low > 0 && bar.Low <= bar.Open && bar.Low <= bar.Close && bar.High >= bar.Open && bar.High >= bar.Close
            && bar.High < double.PositiveInfinity && bar.Volume is >= 0 and < double.PositiveInfinity;
        return isBar ? null : $"{bar} is no bar: prices are above 0 with open and close between low and high, the volume is 0 or more.";
    }

    private void Check(in Bar bar, ReadOnlySpan<double> extras)
    {
        if (bar.CloseTimeUs <= LastBarUs)
            throw new ArgumentException($"The bar {EventTime.ToDateTime(bar.CloseTimeUs):u} is not later than the one before it, {EventTime.ToDateTime(LastBarUs):u}.", nameof(bar));
        if (ProblemOf(bar) is { } problem)
            throw new ArgumentException(problem, nameof(bar));
        if (extras.Length != Market.ExtraColumns.Count)
            throw new ArgumentException($"The bar has {extras.Length} extra columns; {Market.Symbol} has {Market.ExtraColumns.Count}.", nameof(extras));
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("trading-session", 2);
        writer.Write(Market.Symbol);
        writer.Write(Bars);
        writer.Write(Decisions);
        writer.Write(PanelActed);
        writer.Write(Vetoes);
        _emissions.Save(writer);
        writer.Write(_costsBefore);
        writer.Write((int)Regime.Trend);
        writer.Write((int)Regime.Volatility);
        writer.Write((ReadOnlySpan<double>)_x);
        _features.Save(writer);
        _regimes.Save(writer);
        _labels.Save(writer);
        foreach (var agent in _agents)
            agent.Save(writer);
        Learning.Save(writer);
        _judge.Save(writer);
        _outcomes.Save(writer);
        Real.Save(writer);
        RulesOnly.Save(writer);
        Baselines.Save(writer);
        Rules.Save(writer);
        InformationCoefficient.Save(writer);
        RankInformationCoefficient.Save(writer);
        _decided.Save(writer);
        _open.Save(writer);
        foreach (ref readonly var trades in _memberTrades.AsSpan())
            trades.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("trading-session", 2, 2);
        var symbol = reader.ReadString();
        if (symbol != Market.Symbol)
            throw new CorruptStateException($"The saved state is of {symbol}; this session is of {Market.Symbol}.");
        Bars = reader.ReadInt64();
        Decisions = reader.ReadInt64();
        PanelActed = reader.ReadInt64();
        Vetoes = reader.ReadInt64();
        if (PanelActed < 0 || Vetoes < 0 || Decisions < PanelActed || Bars < Math.Max(Decisions, Vetoes))
            throw new CorruptStateException($"{Bars} bars, {Decisions} decisions, {PanelActed} acts and {Vetoes} vetoes do not go together.");
        Asked = false;
        Signal = default;
        _emissions = HashChain.Load(reader);
        _costsBefore = reader.ReadFinite();
        Regime = new Regime((TrendRegime)reader.ReadInt32(0, 2), (VolatilityRegime)reader.ReadInt32(0, 2));
        reader.Read(_x);
        _features.Load(reader);
        _regimes.Load(reader);
        _labels.Load(reader);
        foreach (var agent in _agents)
            agent.Load(reader);
        Learning.Load(reader);
        _judge.Load(reader);
        _outcomes.Load(reader);
        Real.Load(reader);
        RulesOnly.Load(reader);
        Baselines.Load(reader);
        Rules.Load(reader);
        InformationCoefficient.Load(reader);
        RankInformationCoefficient.Load(reader);
        _decided.Load(reader);
        _open.Load(reader);
        for (var m = 0; m < _memberTrades.Length; m++)
            _memberTrades[m] = MemberTrades.Load(reader);
    }
}
