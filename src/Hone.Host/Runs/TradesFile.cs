using Hone.Learning.Sessions;
using Hone.Trading.Broker;
using Hone.Trading.Sessions;

namespace Hone.Host.Runs;

/// <summary>trades.csv: one row per round trip, with everything that was known when it was decided.</summary>
internal sealed class TradesFile : IDisposable
{
    private readonly AtomicFile _file;
    private readonly CsvLine _line;

    public TradesFile(string path, TradingSession session)
    {
        _file = new AtomicFile(path);
        _line = new CsvLine(_file.Stream);
        foreach (var column in (string[])["id", "side", "opened_at", "closed_at", "bars", "quantity", "entry_price", "exit_price", "gross_pnl", "costs", "net_pnl", "return", "exit",
                     "rule_direction", "rule_confidence", "panel_probability_up", "panel_confidence", "panel_acted", "direction", "trend", "volatility"])
            _line.Text(column);
        foreach (var member in session.Learning.MemberNames)
            foreach (var column in (string[])["vote", "confidence", "weight", "threshold"])
                _line.Text($"{member}_{column}");
        foreach (var feature in session.Features.SelectedSchema.Features)
            _line.Text($"feature_{feature.Name}");
        _line.End();
    }

    public void Add(in Trade trade, TradeEntry entry)
    {
        _line.Number(trade.Id);
        _line.Text(trade.Side > 0 ? "long" : "short");
        _line.Time(trade.OpenedAtUs);
        _line.Time(trade.ClosedAtUs);
        _line.Number(trade.Bars);
        _line.Number(trade.Quantity, "R");
        _line.Number(trade.EntryPrice, "R");
        _line.Number(trade.ExitPrice, "R");
        _line.Number(trade.GrossPnl, "F4");
        _line.Number(trade.Costs, "F4");
        _line.Number(trade.NetPnl, "F4");
        _line.Number(trade.Return);
        _line.Text(ExitName(trade.ExitKind));
        _line.Number(entry.Rule.Direction, "F4");
        _line.Number(entry.Rule.Confidence, "F4");
        _line.Number(entry.PanelProbability, "F6");
        _line.Number(entry.Panel.Confidence, "F6");
        _line.Number(entry.PanelActed ? 1 : 0);
        _line.Number(entry.Final.Direction, "F4");
        _line.Text(Names.Of((int)entry.Regime.Trend, Names.Trend));
        _line.Text(Names.Of((int)entry.Regime.Volatility, Names.Volatility));
        foreach (var vote in entry.Votes)
        {
            _line.Number(vote.Label);
            _line.Number(vote.Confidence, "F6");
            _line.Number(vote.Weight, "F6");
            _line.Number(vote.Threshold, "F4");
        }
        foreach (var value in entry.Features)
            _line.Number(value, "G7");
        _line.End();
    }

    public void Finish() => _line.Flush();

    public void Complete() => _file.Complete();

    public void Dispose() => _file.Dispose();

    public static string ExitName(OrderKind kind) => kind switch
    {
        OrderKind.Stop => "stop",
        OrderKind.TakeProfit => "take-profit",
        OrderKind.Limit => "limit",
        _ => "signal",
    };
}
