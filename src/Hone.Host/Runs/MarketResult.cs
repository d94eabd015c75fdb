using Hone.Host.Configuration;
using Hone.Trading.Market;
using Hone.Trading.Performance;
using Hone.Trading.Sessions;

namespace Hone.Host.Runs;

/// <summary>Everything that is computed once a market's run is over.</summary>
public sealed class MarketResult
{
    // Bars that automatic probes look at: enough for every warm-up, few enough to take seconds.
    private const int ProbeBarsMax = 4_000;

    /// <summary>Computes the result of a finished run, and gives its files their names.</summary>
    /// <param name="run">The run.</param>
    /// <param name="config">Its config.</param>
    /// <param name="reopen">Opens the same data again, for the probes of a suspect result.</param>
    /// <param name="catalog">What its names mean.</param>
    public MarketResult(MarketRun run, HoneConfig config, Func<IBarFeed> reopen, Trading.TradingCatalog catalog)
    {
        Run = run;
        var session = run.Session;
        var daysPerYear = TradingCalendar.DaysPerYear(session.Market.AssetClass);
        StateHash = run.StateHash();

        var rules = PerformanceStatistics.Compute(session.RulesOnly.Performance, daysPerYear, TrialCount.One, config.Seed);
        var ledger = new TrialLedger();
        var ownSharpe = PerformanceStatistics.Compute(session.Real.Performance, daysPerYear, TrialCount.One, config.Seed, resamples: 0).Net.Sharpe;
        foreach (var member in session.Learning.MemberNames)
            ledger.Record(TrialKind.Member, member, session.Real.Performance.LastTimeUs);
        ledger.Record(TrialKind.Strategy, config.Learning.Strategy.ToString(), session.Real.Performance.LastTimeUs, ownSharpe / Math.Sqrt(daysPerYear));
        ledger.Record(TrialKind.Strategy, "rules-only", session.Real.Performance.LastTimeUs, rules.Net.Sharpe / Math.Sqrt(daysPerYear));
        Trials = ledger.Summary();
        Statistics = PerformanceStatistics.Compute(session.Real.Performance, daysPerYear, Trials, config.Seed);
        RulesOnly = rules;
        Baselines = session.Baselines.Compute(daysPerYear, config.Seed);

        var ic = session.InformationCoefficient.Count > 2 ? session.InformationCoefficient.Value : (double?)null;
        InformationCoefficient = ic is { } value && double.IsFinite(value) ? value : null;
        Suspicions = SuspectLeak.Check(InformationCoefficient, Statistics.Net.Sharpe, Statistics.Trades.WinRate, Statistics.Trades.Trades);
        if (Suspicions.Count > 0)
            Probes = Probe(reopen, config, catalog);
        Verdict = EdgeVerdict.Judge(new EdgeEvidence
        {
            Net = Statistics.Net,
            Trades = Statistics.Trades.Trades,
            ShiftPValue = Baselines.RandomSameTurnover?.PValue,
            Ic = InformationCoefficient,
            IcSamples = session.InformationCoefficient.Count,
            LabelBars = session.HorizonBars,
            Suspicions = Suspicions,
        });
        Warnings = CollectWarnings(config);
        // Results are made when every market has come to its end: from here on the files are there to stay.
        run.Publish();
    }

    /// <summary>The run.</summary>
    public MarketRun Run { get; }

    /// <summary>Hash of the final state.</summary>
    public string StateHash { get; }

    /// <summary>What was tried, for the deflated Sharpe ratio.</summary>
    public TrialCount Trials { get; }

    /// <summary>The real book.</summary>
    public PerformanceStatistics Statistics { get; }

    /// <summary>The rules-only book.</summary>
    public PerformanceStatistics RulesOnly { get; }

    /// <summary>Buy-and-hold and the random baseline.</summary>
    public Baselines Baselines { get; }

    /// <summary>Correlation of the panel's direction with the move that followed.</summary>
    public double? InformationCoefficient { get; }

    /// <summary>Why the result looks too good.</summary>
    public IReadOnlyList<string> Suspicions { get; }

    /// <summary>The leak probes, when the result looked too good.</summary>
    public LeakReport? Probes { get; }

    /// <summary>The honest sentence.</summary>
    public EdgeVerdict Verdict { get; }

    /// <summary>What a reader must know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Net profit less that of the rules alone, as fractions of starting equity.</summary>
    public double MlContribution => (Statistics.Net.NetProfit ?? 0) - (RulesOnly.Net.NetProfit ?? 0);

    /// <summary>Share of decisions on which the panel acted; null before the first.</summary>
    public double? PanelActed => Run.Session.Decisions > 0 ? (double)Run.Session.PanelActed / Run.Session.Decisions : null;

    private List<string> CollectWarnings(HoneConfig config)
    {
        var session = Run.Session;
        var warnings = new List<string>();
        foreach (var suspicion in Suspicions)
            warnings.Add($"suspect leak: {suspicion}");
        warnings.AddRange(session.Real.Broker.Warnings(shorts: true, session.Market.AssetClass));
        if (session.Decisions == 0)
            warnings.Add($"the panel was never asked: {session.Bars} bars are fewer than the features' warm-up");
        else if (PanelActed < 0.01)
            warnings.Add(FormattableString.Invariant($"the panel passed its threshold on {PanelActed:P2} of decisions (under 1 %): the rules decided alone"));
        if (session.Real.Risk.IsStopped)
            warnings.Add("the book was stopped");
        if (Run.BarsSkipped > 0)
            warnings.Add($"{Run.BarsSkipped} bars were left out: the loaded state had taken them already");
        if (session.Features.NeverReady is { Count: > 0 } never)
            warnings.Add($"{never.Count} features never had a value: {string.Join(", ", never.Take(8))}{(never.Count > 8 ? ", …" : "")}");
        if (session.Learning.Expired > 0)
            warnings.Add($"{session.Learning.Expired} questions expired unanswered");
        if (Run.Recorder.PredictionRowsLeftOut > 0)
            warnings.Add($"predictions.csv holds the first million rows; {Run.Recorder.PredictionRowsLeftOut} were left out (--predictions all writes them)");
        if (Run.Recorder.Drifts.Count == RunRecorder.MarksMax)
            warnings.Add($"more than {RunRecorder.MarksMax} drift alarms; the first ones are listed, {session.Learning.Drifts} were counted");
        if (config.Learning.Adapt == false)
            warnings.Add("adaptation is switched off");
        if (session.Baselines.Stride > 1)
            warnings.Add($"the random baseline moves positions in steps of {session.Baselines.Stride} bars");
        return warnings;
    }

    private static LeakReport Probe(Func<IBarFeed> reopen, HoneConfig config, Trading.TradingCatalog catalog)
    {
        using var feed = reopen();
        return LeakProbing.Run(LeakProbing.Read(feed, ProbeBarsMax), feed, config, catalog, null, default);
    }
}
