namespace Hone.Host.Reports;

/// <summary>Everything the report of one run shows. Plain data, already bounded: no series has more than 4,096 points.</summary>
public sealed record RunReport
{
    /// <summary>One report per market, in the order of the command line.</summary>
    public required IReadOnlyList<SymbolReport> Symbols { get; init; }

    /// <summary>The sum of the books when there are several; null for one market.</summary>
    public PortfolioReport? Portfolio { get; init; }

    /// <summary>The command line as typed.</summary>
    public required string Command { get; init; }

    /// <summary>Effective config as JSON.</summary>
    public required string ConfigJson { get; init; }

    /// <summary>Name and value of what identifies the run: version, seed, config hash, data hash, state hash, runtime, CPU, fingerprint…</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Provenance { get; init; }
}

/// <summary>Several independent books together.</summary>
/// <param name="TimesMs">Points in time.</param>
/// <param name="Equity">Sum of the books as a multiple of the starting sum.</param>
/// <param name="BuyAndHold">The same capital in buy-and-hold of every market.</param>
/// <param name="RulesOnly">Sum of the rules-only books.</param>
/// <param name="Note">"no shared limits", or which limits were shared.</param>
public sealed record PortfolioReport(
    IReadOnlyList<long> TimesMs, IReadOnlyList<double> Equity, IReadOnlyList<double> BuyAndHold, IReadOnlyList<double> RulesOnly, string Note);

/// <summary>One market of a run. NaN in a series means "no value"; times are milliseconds since 1970 UTC.</summary>
public sealed record SymbolReport
{
    /// <summary>The market.</summary>
    public required string Symbol { get; init; }

    /// <summary>The honest sentence: edge, no edge, or not enough data, and why.</summary>
    public required string Verdict { get; init; }

    /// <summary>"edge", "no-edge" or "not-enough-data".</summary>
    public required string VerdictKind { get; init; }

    /// <summary>Name, value, and a short explanation or comparison of every headline figure, in order, grouped.</summary>
    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>Warnings in words.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reasons for suspecting a leak; empty for none. When there are some, the probes ran.</summary>
    public required IReadOnlyList<string> LeakSuspicions { get; init; }

    /// <summary>Result of the leak probes when they ran: one line each.</summary>
    public required IReadOnlyList<string> LeakProbes { get; init; }

    /// <summary>The cost model in words; says "no costs" when it is free.</summary>
    public required string CostModel { get; init; }

    /// <summary>Times of the sampled series below.</summary>
    public required IReadOnlyList<long> TimesMs { get; init; }

    /// <summary>Bar index (0-based) of each sampled time.</summary>
    public required IReadOnlyList<long> BarIndexes { get; init; }

    /// <summary>Sampled price: first.</summary>
    public required IReadOnlyList<double> Open { get; init; }

    /// <summary>Sampled price: highest.</summary>
    public required IReadOnlyList<double> High { get; init; }

    /// <summary>Sampled price: lowest.</summary>
    public required IReadOnlyList<double> Low { get; init; }

    /// <summary>Sampled price: last.</summary>
    public required IReadOnlyList<double> Close { get; init; }

    /// <summary>Trend regime at each time: 0 sideways, 1 bull, 2 bear.</summary>
    public required IReadOnlyList<int> Trend { get; init; }

    /// <summary>Volatility regime at each time: 0 normal, 1 high, 2 low.</summary>
    public required IReadOnlyList<int> Volatility { get; init; }

    /// <summary>Equity as a multiple of the start.</summary>
    public required IReadOnlyList<double> Equity { get; init; }

    /// <summary>Buy-and-hold as a multiple of the start.</summary>
    public required IReadOnlyList<double> BuyAndHold { get; init; }

    /// <summary>Rules-only shadow book as a multiple of the start.</summary>
    public required IReadOnlyList<double> RulesOnly { get; init; }

    /// <summary>Drawdown as a fraction, 0 or below.</summary>
    public required IReadOnlyList<double> Drawdown { get; init; }

    /// <summary>Signed position value over equity.</summary>
    public required IReadOnlyList<double> Exposure { get; init; }

    /// <summary>Net profit of 200 circular shifts of the positions (same turnover), sorted, and the run's own.</summary>
    public required RandomBaseline Random { get; init; }

    /// <summary>Members, baselines and the panel itself ("panel" first).</summary>
    public required IReadOnlyList<MemberSeries> Members { get; init; }

    /// <summary>Drift alarms.</summary>
    public required IReadOnlyList<DriftMark> Drifts { get; init; }

    /// <summary>Adaptations.</summary>
    public required IReadOnlyList<AdaptationMark> Adaptations { get; init; }

    /// <summary>Reliability diagram of the panel.</summary>
    public required IReadOnlyList<ReliabilityBin> Reliability { get; init; }

    /// <summary>Expected calibration error.</summary>
    public required double Ece { get; init; }

    /// <summary>What a perfectly calibrated model would show at most (95 %) at this number of answers.</summary>
    public required double EceNull { get; init; }

    /// <summary>Input drift: features × tests.</summary>
    public required DriftHeatMap FeatureDrift { get; init; }

    /// <summary>What the models added: a ledger of named parts that sum to the total, as fractions of starting equity.</summary>
    public required IReadOnlyList<KeyValuePair<string, double>> Contributions { get; init; }

    /// <summary>Net and gross return of each month.</summary>
    public required IReadOnlyList<MonthReturn> Months { get; init; }

    /// <summary>The trades shown (at most 2,000, the newest).</summary>
    public required IReadOnlyList<TradeRow> Trades { get; init; }

    /// <summary>Number of trades in all.</summary>
    public required int TradeCount { get; init; }

    /// <summary>Costs by kind, in money: fees, spread and slippage, carry.</summary>
    public required IReadOnlyList<KeyValuePair<string, double>> Costs { get; init; }

    /// <summary>Data quality: name and value.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> DataQuality { get; init; }
}

/// <summary>A headline figure.</summary>
/// <param name="Group">Heading under which it stands.</param>
/// <param name="Name">The field's name.</param>
/// <param name="Value">As shown.</param>
/// <param name="Note">Comparison or interval, often empty.</param>
public sealed record Figure(string Group, string Name, string Value, string Note = "");

/// <summary>Random baseline: the distribution of the same positions at other times.</summary>
/// <param name="NetProfits">Sorted, as fractions of starting equity.</param>
/// <param name="Own">The run's own net profit.</param>
/// <param name="PValue">Share of shifts at least as good; null without trades.</param>
public sealed record RandomBaseline(IReadOnlyList<double> NetProfits, double Own, double? PValue);

/// <summary>One member through time, sampled at <see cref="SymbolReport.TimesMs"/>.</summary>
/// <param name="Name">Member.</param>
/// <param name="Baseline">Whether it never trades.</param>
/// <param name="Accuracy">Rolling accuracy.</param>
/// <param name="LogLoss">Rolling log-loss.</param>
/// <param name="Weight">Weight in the panel.</param>
/// <param name="Threshold">Adaptive threshold.</param>
public sealed record MemberSeries(
    string Name, bool Baseline, IReadOnlyList<double> Accuracy, IReadOnlyList<double> LogLoss, IReadOnlyList<double> Weight, IReadOnlyList<double> Threshold);

/// <summary>A drift alarm on the time axis.</summary>
public sealed record DriftMark(long TimeMs, long Bar, string Member, string Detector, double Statistic);

/// <summary>An adaptation on the time axis.</summary>
public sealed record AdaptationMark(long TimeMs, long Bar, string Member, string Action, string Cause);

/// <summary>One bin of the reliability diagram.</summary>
/// <param name="Predicted">Mean predicted probability.</param>
/// <param name="Observed">Observed frequency.</param>
/// <param name="Count">Answers in it.</param>
/// <param name="Low">Lower end of the null band (95 %).</param>
/// <param name="High">Upper end of the null band.</param>
public sealed record ReliabilityBin(double Predicted, double Observed, long Count, double Low, double High);

/// <summary>Input drift: for each test (column) and feature (row) the statistic over its threshold; above 1 is drift.</summary>
/// <param name="Features">Names of the rows, those that drifted most first; at most 40.</param>
/// <param name="TimesMs">Times of the tests; at most 400.</param>
/// <param name="Ratios">One row per feature.</param>
public sealed record DriftHeatMap(IReadOnlyList<string> Features, IReadOnlyList<long> TimesMs, IReadOnlyList<IReadOnlyList<double>> Ratios);

/// <summary>A month's return as a fraction.</summary>
public sealed record MonthReturn(int Year, int Month, double Net, double Gross);

/// <summary>A trade as the report lists it.</summary>
/// <param name="Id">Number.</param>
/// <param name="Side">"long" or "short".</param>
/// <param name="OpenedMs">Entry.</param>
/// <param name="ClosedMs">Exit.</param>
/// <param name="EntryPrice">Average price in.</param>
/// <param name="ExitPrice">Average price out.</param>
/// <param name="Bars">Bars held.</param>
/// <param name="NetPnl">Money after costs.</param>
/// <param name="Costs">Money.</param>
/// <param name="Return">Fraction.</param>
/// <param name="Exit">How it was closed.</param>
/// <param name="Votes">Rule and panel at entry, each member's probability, weight and threshold, in one line.</param>
public sealed record TradeRow(
    int Id, string Side, long OpenedMs, long ClosedMs, double EntryPrice, double ExitPrice, int Bars, double NetPnl, double Costs, double Return, string Exit, string Votes);
