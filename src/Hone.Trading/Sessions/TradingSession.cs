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
/// <remarks>One thread at a time. Nothing allocates in steady state except one number per day, and a little when the session adapts.</remarks>
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
        _setup = setup;
        Market = market;
        _costs = catalog.Costs[setup.Costs.Name].Create(new CostContext(market.Symbol, market.AssetClass), setup.Costs.Options);
        _features = new FeatureEngine(catalog, new FeatureContext(market.StepUs, market.ExtraColumns), setup.Features.Count > 0 ? setup.Features : null);
        _regimes = catalog.Regimes[setup.Regime.Name].Create(market.StepUs, setup.Regime.Options);
        _label = catalog.Labels[setup.Label.Name].Create(new LabelContext(_costs.RoundTrip(market.ReferencePrice, 0)), setup.Label.Options);
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
        Baselines = new BaselineRecorder(market.AssetClass, _costs.RoundTrip(market.ReferencePrice, 0) / 2);
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

    /// <summary>Rule signals that the outcome learner vetoed.</summary>
    public long Vetoes { get; private set; }

    /// <summary>Rule and panel after the last bar.</summary>
    public JoinedSignal Signal { get; private set; }

    /// <summary>Hash of everything emitted so far.</summary>
    public string EmissionHash => _emissions.ToString();

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
    public void On(in Bar bar, ReadOnlySpan<double> extras = default)
    {
        // 1 Timers that fell due before this bar.
        Learning.Advance(bar.CloseTimeUs);

        // 2 and 3 Fills, marks, closed trades and what they teach.
        Real.Take(bar);
        RulesOnly.Take(bar);
        var costs = Real.Broker.TotalCosts;
        Baselines.On(bar.CloseTimeUs, bar.Close, Real.ExposedFraction(bar), Real.Broker.Equity > 0 ? (costs - _costsBefore) / Real.Broker.Equity : 0);
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
            breakEven = _judge.BreakEven(_costs.RoundTrip(bar.Close, bar.CloseTimeUs));
            var panel = _sideLabel ? MlAware.ProfitableVote(prediction.Probabilities, rule) : MlAware.DirectionVote(prediction.Probabilities);
            var acts = prediction.Reason != ActReason.NoVotes && panel.Direction != 0 && (_sideLabel ? prediction.Label == 1 : IsDirection(prediction.Label)) && prediction.Confidence > breakEven;
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
        if (IsDirection(verdict.Predicted))
            _judge.Learn(verdict.Correct, move);
        var up = verdict.Predicted == _classes - 1 ? verdict.Confidence : 1 - verdict.Confidence;
        if (!_sideLabel && _classes == 2)
        {
            InformationCoefficient.Add(up - 0.5, move);
            RankInformationCoefficient.Add(up - 0.5, move);
        }
        _emissions.Add(verdict.LogLoss);
        Observer?.OnAnswer(this, released, verdict);
    }

    private Signal Rule(in Bar bar, ReadOnlySpan<double> extras)
    {
        var view = new AgentView(in bar, extras, _features.Values, Regime);
        if (_agents.Length == 1)
            return _agents[0].Decide(view);
        double direction = 0, confidence = 0;
        foreach (var agent in _agents)
        {
            var signal = agent.Decide(view);
            direction += signal.Direction * signal.Confidence;
            confidence += signal.Confidence;
        }
        return confidence > 0 ? new Signal(direction / confidence, confidence / _agents.Length) : default;
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
            if (Vetoed(joined.Rule))
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
            var votes = _open.Votes;
            for (var m = 0; m < votes.Length; m++)
                if (votes[m].Weight > 0 && votes[m].Label == (trade.Side > 0 ? _classes - 1 : 0))
                    _memberTrades[m].Add(trade.NetPnl);
            _emissions.Add(trade.NetPnl);
            Observer?.OnTrade(this, trade, _open);
        }
        if (Real.Opened)
            (_open, _decided) = (_decided, _open);
    }

    private void SettleRulesOnly()
    {
        foreach (ref readonly var trade in RulesOnly.Broker.ClosedTrades)
            if (!Learning.Frozen)
                _outcomes.Closed(trade.Return);
        if (RulesOnly.Opened)
            _outcomes.Opened();
    }

    private bool IsDirection(int label) => label == _classes - 1 || label == 0;

    private static int SideOf(Signal signal) => signal.Direction > 0 ? 1 : signal.Direction < 0 ? -1 : 0;

    private void Chain(in Bar bar)
    {
        _emissions.Add(bar.CloseTimeUs);
        if (Asked)
            _emissions.Add(Learning.Last.Probabilities[^1]);
        _emissions.Add(Signal.Final.Direction);
        _emissions.Add(Real.Broker.Equity);
        _emissions.Add(RulesOnly.Broker.Equity);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("trading-session", 1);
        writer.Write(Market.Symbol);
        writer.Write(Bars);
        writer.Write(Asked);
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
        reader.Section("trading-session", 1);
        var symbol = reader.ReadString();
        if (symbol != Market.Symbol)
            throw new CorruptStateException($"The saved state is of {symbol}; this session is of {Market.Symbol}.");
        Bars = reader.ReadInt64();
        Asked = reader.ReadBool();
        Decisions = reader.ReadInt64();
        PanelActed = reader.ReadInt64();
        Vetoes = reader.ReadInt64();
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
        InformationCoefficient.Load(reader);
        RankInformationCoefficient.Load(reader);
        _decided.Load(reader);
        _open.Load(reader);
        for (var m = 0; m < _memberTrades.Length; m++)
            _memberTrades[m] = MemberTrades.Load(reader);
    }
}
