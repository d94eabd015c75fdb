using Hone.Learning.Sessions;
using Hone.Trading.Labels;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Runs;

/// <summary>
/// predictions.csv: one row per question, with what every member said and, once it is known, what happened. Rows wait in a ring for their label and are written in
/// blocks, so that the loop neither allocates nor waits for the disk on every bar.
/// </summary>
internal sealed class PredictionsFile : IDisposable
{
    private const int BlockRows = 4096;
    private readonly AtomicFile _file;
    private readonly CsvLine _line;
    private readonly Row[] _rows;
    private readonly double[] _memberUps;
    private readonly int _members;
    private readonly int _horizon;
    private readonly long _rowsMax;
    private long _added;
    private long _written;

    public PredictionsFile(string path, TradingSession session, long rowsMax)
    {
        _file = new AtomicFile(path);
        _line = new CsvLine(_file.Stream);
        _members = session.Learning.MemberCount;
        _horizon = session.HorizonBars;
        _rowsMax = rowsMax;
        _rows = new Row[BlockRows + _horizon + 1];
        _memberUps = new double[_rows.Length * _members];
        foreach (var column in (string[])["bar", "timestamp", "close", "probability_up", "confidence", "label", "actual", "return", "correct", "threshold", "panel_acted",
                     "rule_direction", "rule_confidence", "direction", "position", "equity", "rules_only_equity", "trend", "volatility"])
            _line.Text(column);
        foreach (var member in session.Learning.MemberNames)
            _line.Text($"up_{member}");
        _line.End();
    }

    /// <summary>Rows that were left out because of the limit.</summary>
    public long RowsLeftOut { get; private set; }

    /// <summary>Whether a block waits to be written.</summary>
    public bool IsDue => _added - _written >= BlockRows + _horizon;

    public void Add(TradingSession session, in Bar bar)
    {
        if (_added >= _rowsMax)
        {
            RowsLeftOut++;
            return;
        }
        var slot = (int)(_added % _rows.Length);
        var prediction = session.Learning.Last;
        _rows[slot] = new Row
        {
            Bar = session.Bars - 1,
            TimeUs = bar.CloseTimeUs,
            Close = bar.Close,
            Up = prediction.Probabilities[^1],
            Confidence = prediction.Confidence,
            Label = prediction.Label,
            Actual = -1,
            Threshold = prediction.Threshold,
            PanelActed = session.Signal.PanelActed,
            RuleDirection = session.Signal.Rule.Direction,
            RuleConfidence = session.Signal.Rule.Confidence,
            Direction = session.Signal.Final.Direction,
            Position = session.Real.Broker.Position,
            Equity = session.Real.Broker.Equity,
            RulesOnlyEquity = session.RulesOnly.Broker.Equity,
            Trend = (int)session.Regime.Trend,
            Volatility = (int)session.Regime.Volatility,
        };
        for (var m = 0; m < _members; m++)
            _memberUps[slot * _members + m] = prediction.MemberProbabilities(m)[^1];
        _added++;
    }

    public void Answer(in ReleasedLabel label)
    {
        // Once the panel is asked it is asked on every bar, so the row of a question lies as many rows back as it is bars old. A question that was asked
        // before a loaded state, or beyond the last row that is written, has none.
        var waiting = _added - _written;
        if (waiting == 0)
            return;
        var back = _rows[(int)((_added - 1) % _rows.Length)].Bar - label.Id + 1;
        if (back < 1 || back > waiting)
            return;
        ref var row = ref _rows[(int)((_added - back) % _rows.Length)];
        row.Actual = label.Outcome.Label;
        row.Return = label.Outcome.Return;
    }

    /// <summary>Writes all rows whose label cannot change any more.</summary>
    public void Write(bool all = false)
    {
        var until = all ? _added : _added - _horizon - 1;
        for (; _written < until; _written++)
        {
            var slot = (int)(_written % _rows.Length);
            ref readonly var row = ref _rows[slot];
            _line.Number(row.Bar);
            _line.Time(row.TimeUs);
            _line.Number(row.Close, "R");
            _line.Number(row.Up, "F6");
            _line.Number(row.Confidence, "F6");
            _line.Number(row.Label);
            if (row.Actual < 0)
            {
                _line.Empty();
                _line.Empty();
                _line.Empty();
            }
            else
            {
                _line.Number(row.Actual);
                _line.Number(row.Return);
                _line.Number(row.Actual == row.Label ? 1 : 0);
            }
            _line.Number(row.Threshold, "F4");
            _line.Number(row.PanelActed ? 1 : 0);
            _line.Number(row.RuleDirection, "F4");
            _line.Number(row.RuleConfidence, "F4");
            _line.Number(row.Direction, "F4");
            _line.Number(row.Position);
            _line.Number(row.Equity, "F2");
            _line.Number(row.RulesOnlyEquity, "F2");
            _line.Text(Names.Of(row.Trend, Names.Trend));
            _line.Text(Names.Of(row.Volatility, Names.Volatility));
            for (var m = 0; m < _members; m++)
                _line.Number(_memberUps[slot * _members + m], "F6");
            _line.End();
        }
    }

    public void Finish()
    {
        Write(all: true);
        _line.Flush();
    }

    public void Complete() => _file.Complete();

    public void Dispose() => _file.Dispose();

    private struct Row
    {
        public long Bar, TimeUs;
        public double Close, Up, Confidence, Return, Threshold, RuleDirection, RuleConfidence, Direction, Position, Equity, RulesOnlyEquity;
        public int Label, Actual, Trend, Volatility;
        public bool PanelActed;
    }
}

/// <summary>Regimes as they are written in files.</summary>
internal static class Names
{
    public static readonly string[] Trend = ["sideways", "bull", "bear"];

    public static readonly string[] Volatility = ["normal", "high", "low"];

    public static string Of(int value, string[] names) => names[value];
}
