using System.Diagnostics;
using System.Globalization;
using Hone.Host.Reports;
using Hone.Learning.Drift;
using Hone.Learning.Sessions;
using Hone.Trading.Broker;
using Hone.Trading.Labels;
using Hone.Trading.Market;
using Hone.Trading.Performance;
using Hone.Trading.Sessions;

namespace Hone.Host.Runs;

/// <summary>
/// Listens to one session of a run: samples the report's series, keeps marks and the newest trades, writes the two CSV files. Its memory is bounded; the time it
/// spends on files is measured, so that the loop's speed can be stated without it.
/// </summary>
internal sealed class RunRecorder : ITradingObserver, IDisposable
{
    /// <summary>Marks that are kept of each kind; all are counted.</summary>
    public const int MarksMax = 10_000;

    private static readonly ChartColumn[] Fixed =
    [
        new("bar", ChartAggregate.Last), new("open", ChartAggregate.First), new("high", ChartAggregate.Max), new("low", ChartAggregate.Min), new("close", ChartAggregate.Last),
        new("equity", ChartAggregate.Last), new("rules_only", ChartAggregate.Last), new("drawdown", ChartAggregate.Min), new("exposure", ChartAggregate.Last),
        new("trend", ChartAggregate.Last), new("volatility", ChartAggregate.Last), new("panel_accuracy", ChartAggregate.Last), new("panel_log_loss", ChartAggregate.Last),
        new("panel_threshold", ChartAggregate.Last),
    ];

    private readonly TradingSession _session;
    private readonly PredictionsFile? _predictions;
    private readonly TradesFile? _trades;
    private readonly double[] _values;
    private readonly double _startEquity;
    private readonly NewestTrades _newest;
    private readonly DriftHeat _heat;
    private readonly Stopwatch _fileTime = new();

    public RunRecorder(TradingSession session, string? folder, PredictionRows rows)
    {
        _session = session;
        _startEquity = session.Real.Performance.StartEquity;
        var columns = Fixed.ToList();
        foreach (var member in session.Learning.MemberNames)
            columns.AddRange([new($"{member}_accuracy", ChartAggregate.Last), new($"{member}_log_loss", ChartAggregate.Last), new($"{member}_weight", ChartAggregate.Last), new($"{member}_threshold", ChartAggregate.Last)]);
        Chart = new ChartSampler(columns.ToArray());
        _newest = new NewestTrades([.. session.Learning.MemberNames]);
        _heat = new DriftHeat(session.Features.SelectedSchema.Features.Count);
        _values = new double[columns.Count];
        if (folder is not null)
        {
            try
            {
                _trades = new TradesFile(Path.Combine(folder, "trades.csv"), session);
                if (rows != PredictionRows.None)
                    _predictions = new PredictionsFile(Path.Combine(folder, "predictions.csv"), session, rows == PredictionRows.All ? long.MaxValue : 1_000_000);
            }
            catch
            {
                Dispose();
                throw;
            }
        }
        session.Observer = this;
    }

    /// <summary>The sampled series.</summary>
    public ChartSampler Chart { get; }

    /// <summary>First drift alarms, at most <see cref="MarksMax"/>.</summary>
    public List<DriftMark> Drifts { get; } = [];

    /// <summary>First adaptations, at most <see cref="MarksMax"/>.</summary>
    public List<AdaptationMark> Adaptations { get; } = [];

    /// <summary>The newest trades.</summary>
    public IReadOnlyList<TradeRow> TradesShown => _newest.Rows();

    /// <summary>Tests of the features' distributions: statistic over threshold by feature.</summary>
    public IReadOnlyList<(long TimeMs, double[] Ratios)> Heat => _heat.Tests();

    /// <summary>Time spent on files.</summary>
    public TimeSpan FileTime => _fileTime.Elapsed;

    /// <summary>Rows left out of predictions.csv.</summary>
    public long PredictionRowsLeftOut => _predictions?.RowsLeftOut ?? 0;

    public void OnBar(TradingSession session, in Bar bar)
    {
        var values = _values;
        var learning = session.Learning;
        var broker = session.Real.Broker;
        values[0] = session.Bars - 1;
        values[1] = bar.Open;
        values[2] = bar.High;
        values[3] = bar.Low;
        values[4] = bar.Close;
        values[5] = broker.Equity / _startEquity;
        values[6] = session.RulesOnly.Broker.Equity / _startEquity;
        values[7] = -broker.Drawdown;
        values[8] = broker.PositionFraction;
        values[9] = (int)session.Regime.Trend;
        values[10] = (int)session.Regime.Volatility;
        values[11] = learning.Panel.RecentAccuracy;
        values[12] = learning.Panel.RecentLogLoss;
        values[13] = learning.Panel.Threshold;
        var at = Fixed.Length;
        for (var m = 0; m < learning.MemberCount; m++, at += 4)
        {
            var statistics = learning.Statistics(m);
            values[at] = statistics.RecentAccuracy;
            values[at + 1] = statistics.RecentLogLoss;
            values[at + 2] = learning.Weight(m);
            values[at + 3] = statistics.Threshold;
        }
        Chart.On(bar.CloseTimeUs, values);
        if (learning.Inputs is { } inputs)
            _heat.Look(inputs, bar.CloseTimeUs);
        if (_predictions is null || !session.Asked)
            return;
        _predictions.Add(session, bar);
        if (!_predictions.IsDue)
            return;
        _fileTime.Start();
        _predictions.Write();
        _fileTime.Stop();
    }

    public void OnAnswer(TradingSession session, in ReleasedLabel label, in Verdict verdict) => _predictions?.Answer(label);

    public void OnTrade(TradingSession session, in Trade trade, TradeEntry entry)
    {
        _fileTime.Start();
        _trades?.Add(trade, entry);
        _fileTime.Stop();
        _newest.Add(trade, entry);
    }

    public void OnDrift(in DriftEvent drift)
    {
        if (Drifts.Count < MarksMax)
            Drifts.Add(new DriftMark(
                drift.AtUs / 1000, _session.Bars, drift.Member == "input" ? $"input:{drift.Channel}" : drift.Member, drift.Detector, drift.Statistic));
    }

    public void OnAdaptation(in AdaptationEvent adaptation)
    {
        if (Adaptations.Count < MarksMax)
            Adaptations.Add(new AdaptationMark(
                adaptation.AtUs / 1000, _session.Bars, adaptation.Member, adaptation.Action,
                string.Create(CultureInfo.InvariantCulture, $"{adaptation.Cause} ({adaptation.Statistic:G4} against {adaptation.Reference:G4})")));
    }

    /// <summary>Writes what still waits; the files keep their temporary names.</summary>
    public void Finish()
    {
        _predictions?.Finish();
        _trades?.Finish();
    }

    /// <summary>Gives the finished files their names.</summary>
    public void Complete()
    {
        _predictions?.Complete();
        _trades?.Complete();
    }

    public void Dispose()
    {
        _predictions?.Dispose();
        _trades?.Dispose();
    }
}
