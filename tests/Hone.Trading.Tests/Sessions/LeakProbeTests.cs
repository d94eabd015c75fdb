using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Broker;
using Hone.Trading.Features;
using Hone.Trading.Labels;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Trading.Tests.Sessions;

/// <summary>The probes find nothing in Hone's own session, and each of five planted leaks by its name.</summary>
[Collection(SessionTests.Name)]
public class LeakProbeTests
{
    private static readonly BarHistory History = new(TestMarket.Simulated(3000));
    private static readonly BarHistory Short = new(TestMarket.Simulated(900));

    [Fact]
    public void The_default_session_holds()
    {
        var done = 0.0;
        var report = new LeakProbe(_ => TestMarket.Session(new()), cuts: 10).Run(History, share => done = share);
        Assert.True(report.Holds, string.Join("; ", report.Findings));
        Assert.Equal((3000, 10, 40), (report.Bars, report.Cuts, report.Probes));
        Assert.Equal(1, done);
    }

    [Fact]
    public void A_label_that_knows_the_future_close_is_found()
    {
        var report = Probe(history => Session(history, catalog =>
            catalog.Labels.Add(CatalogEntry<LabelContext, ILabel>.Of<TestMarket.NoOptions>("early", "Looks ahead.", (_, _) => new EarlyLabel(history))), setup => setup with { Label = new() { Name = "early" } }));
        Found(report, LeakProbeKind.Truncated, "the label of a question");
        Found(report, LeakProbeKind.Poisoned, "the session fails on the changed history");
        Found(report, LeakProbeKind.Shuffled, "the label of a question");
    }

    [Fact]
    public void A_fill_that_knows_the_close_of_its_bar_is_found()
    {
        var report = Probe(history => Session(history, catalog =>
            catalog.Costs.Add(CatalogEntry<CostContext, ICostModel>.Of<TestMarket.NoOptions>("same-bar", "Fills at the middle of the bar.", (_, _) => new SameBarCosts(history))), setup => setup with { Costs = new() { Name = "same-bar" } }));
        Found(report, LeakProbeKind.OpenFill, "market fill at the open");
        // The bar itself is past: no future was looked at.
        Assert.All(report.Findings, finding => Assert.Equal(LeakProbeKind.OpenFill, finding.Kind));
    }

    [Fact]
    public void A_scaler_fitted_on_the_whole_history_is_found()
    {
        var report = Probe(history => Session(history, catalog =>
            catalog.Learning.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<TestMarket.NoOptions>("scaled", "Standardises with the means of everything.", (shape, _) => new ScaledLearner(shape, history))),
            setup => setup with { Learning = new() { Members = [new() { Learner = "logistic-regression" }, new() { Learner = "scaled" }] } }));
        foreach (var kind in (LeakProbeKind[])[LeakProbeKind.Truncated, LeakProbeKind.Poisoned])
            Found(report, kind, "the prediction of 'scaled'");
    }

    [Fact]
    public void A_higher_bar_that_is_shown_before_it_is_complete_is_found()
    {
        var report = Probe(history => Session(history, catalog =>
            catalog.Features.Add(CatalogEntry<FeatureContext, IFeatureBlock>.Of<TestMarket.NoOptions>("day", "Today's close.", (_, _) => new OpenDay(history)))));
        foreach (var kind in (LeakProbeKind[])[LeakProbeKind.Truncated, LeakProbeKind.Poisoned, LeakProbeKind.Shuffled])
            Found(report, kind, "the feature 'day_close_distance'");
    }

    [Fact]
    public void A_fold_that_is_not_purged_is_found()
    {
        // Labels over 12 bars: a split that only cuts the rows in two trains on labels that end inside the test part.
        var intervals = new LabelInterval[400];
        for (var i = 0; i < intervals.Length; i++)
            intervals[i] = new LabelInterval(i * EventTime.HourUs, (i + 12) * EventTime.HourUs);
        var rows = Enumerable.Range(0, intervals.Length).ToArray();
        Assert.Equal(12, LeakCheck.Overlaps(rows.AsSpan(0, 200), rows.AsSpan(200), intervals));
        foreach (var fold in PurgedSplit.KFold(intervals, new()).Concat(PurgedSplit.WalkForward(intervals, new())))
            Assert.Equal(0, LeakCheck.Overlaps(fold.Train, fold.Test, intervals));
    }

    [Fact]
    public void A_leak_through_an_extra_column_is_found_in_the_shuffle_alone()
    {
        // Peeks at the last row of the column, which a shuffle moves; the missing future is replaced so that nothing else shows.
        var extras = Enumerable.Range(0, Short.Bars.Length).Select(i => (double)(i % 7)).ToArray();
        var history = new BarHistory(Short.Bars, extras, 1);
        var report = new LeakProbe(h =>
        {
            var catalog = TradingCatalog.BuiltIn();
            catalog.Features.Add(CatalogEntry<FeatureContext, IFeatureBlock>.Of<TestMarket.NoOptions>("peek", "Peeks.", (_, _) => new LastExtra(h)));
            return new TradingSession(catalog, new(), TestMarket.Info with { ExtraColumns = ["x"] });
        }, cuts: 8).Run(history);
        Found(report, LeakProbeKind.Shuffled, "the feature 'last_extra'");
    }

    [Fact]
    public void The_same_seed_makes_the_same_cuts_and_a_cancelled_probe_stops()
    {
        LeakReport Run(ulong seed) => new LeakProbe(history => Session(history, catalog =>
            catalog.Features.Add(CatalogEntry<FeatureContext, IFeatureBlock>.Of<TestMarket.NoOptions>("day", "Today's close.", (_, _) => new OpenDay(history)))), 5, seed).Run(Short);
        Assert.Equal(Run(3).Findings, Run(3).Findings);
        Assert.NotEqual(Run(3).Findings, Run(4).Findings);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() => new LeakProbe(_ => TestMarket.Session(new())).Run(Short, null, cancel.Token));
        Assert.Equal(0, new LeakProbe(_ => TestMarket.Session(new())).Run(new BarHistory(Short.Bars[..5])).Probes);
    }

    private static LeakReport Probe(Func<BarHistory, TradingSession> build) => new LeakProbe(build, cuts: 6).Run(Short);

    private static TradingSession Session(BarHistory history, Action<TradingCatalog> plant, Func<SessionSetup, SessionSetup>? change = null)
    {
        var catalog = TradingCatalog.BuiltIn();
        plant(catalog);
        return TestMarket.Session(change is null ? new() : change(new()), catalog);
    }

    private static void Found(LeakReport report, LeakProbeKind kind, string what)
    {
        Assert.False(report.Holds);
        Assert.Contains(report.Findings, finding => finding.Kind == kind && finding.What.Contains(what, StringComparison.Ordinal));
        // Nothing that only follows from the leak is blamed for it.
        Assert.DoesNotContain(report.Findings, finding => finding.Kind == kind && !finding.What.Contains(what, StringComparison.Ordinal) && !finding.What.StartsWith("the session fails", StringComparison.Ordinal));
        Assert.All(report.Findings, finding => Assert.InRange(finding.Bar, 0, finding.CutBar));
    }

    // Simulated bars have no gaps.
    private static int IndexOf(BarHistory history, long timeUs) => (int)((timeUs - history.Bars[0].CloseTimeUs) / EventTime.HourUs);

    /// <summary>Known after one bar, with the close of eleven bars later.</summary>
    private sealed class EarlyLabel(BarHistory history) : ILabel
    {
        public int Classes => 2;

        public int HorizonBars => 12;

        public bool TryResolve(in OpenQuestion question, in Bar bar, int ageBars, out LabelOutcome outcome)
        {
            var at = IndexOf(history, bar.CloseTimeUs);
            var move = history.Bars[Math.Min(at + 11, history.Bars.Length - 1)].Close / question.Close - 1;
            outcome = new LabelOutcome(move > 0 ? 1 : 0, 1, move);
            return true;
        }
    }

    /// <summary>Fills half way between the open and the close of the bar that is filled in.</summary>
    private sealed class SameBarCosts(BarHistory history) : ICostModel
    {
        public string Name => "same-bar";

        public bool IsFree => false;

        public double MarketPrice(double price, int side, in Bar bar)
        {
            var next = IndexOf(history, bar.CloseTimeUs) + 1;
            return next < history.Bars.Length && history.Bars[next].Open == price ? (price + history.Bars[next].Close) / 2 : price;
        }

        public double Fee(double quantity, double price, bool maker, long timeUs) => 0;

        public double Carry(double position, double price, long fromUs, long toUs) => 0;

        public double RoundTrip(double price, long timeUs) => 0.001;
    }

    /// <summary>A linear learner behind a scaler that was fitted on the features of the whole history.</summary>
    private sealed class ScaledLearner : IClassifier
    {
        private readonly IClassifier _inner;
        private readonly double[] _mean;
        private readonly double[] _scale;
        private readonly double[] _x;

        public ScaledLearner(LearnerShape shape, BarHistory history)
        {
            _inner = Catalog.BuiltIn().Learners["logistic-regression"].Create(shape);
            var table = FeatureEngine.Batch(TradingCatalog.BuiltIn(), new FeatureContext(EventTime.HourUs, []), history.Bars);
            _x = new double[shape.Features];
            _mean = new double[shape.Features];
            _scale = new double[shape.Features];
            for (var f = 0; f < _x.Length; f++)
            {
                var column = Enumerable.Range(0, table.Rows).Select(row => table[row][f]).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
                _mean[f] = column.Average();
                _scale[f] = Math.Sqrt(column.Average(value => (value - _mean[f]) * (value - _mean[f]))) + 1e-9;
            }
        }

        public int Features => _x.Length;

        public int Classes => _inner.Classes;

        public void Predict(ReadOnlySpan<double> x, Span<double> probabilities) => _inner.Predict(Scaled(x), probabilities);

        public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0) => _inner.Learn(Scaled(x), label, weight);

        public void Save(StateWriter writer) => _inner.Save(writer);

        public void Load(StateReader reader) => _inner.Load(reader);

        private double[] Scaled(ReadOnlySpan<double> x)
        {
            for (var f = 0; f < x.Length; f++)
                _x[f] = (x[f] - _mean[f]) / _scale[f];
            return _x;
        }
    }

    /// <summary>Distance of the close from the close of the day, which nobody knows before midnight.</summary>
    private sealed class OpenDay(BarHistory history) : IFeatureBlock
    {
        public IReadOnlyList<FeatureInfo> Features { get; } = [new("day_close_distance", "test", 1, 1, "")];

        public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
        {
            var at = IndexOf(history, bar.CloseTimeUs);
            while (at + 1 < history.Bars.Length && EventTime.Day(history.Bars[at + 1].CloseTimeUs - 1) == EventTime.Day(bar.CloseTimeUs - 1))
                at++;
            values[0] = history.Bars[at].Close / bar.Close - 1;
        }

        public void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }

    /// <summary>The last value of the first extra column, 0 where it is gone.</summary>
    private sealed class LastExtra(BarHistory history) : IFeatureBlock
    {
        public IReadOnlyList<FeatureInfo> Features { get; } = [new("last_extra", "test", 1, 1, "")];

        public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values) => values[0] = history.Extras[^1];

        public void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }
}
