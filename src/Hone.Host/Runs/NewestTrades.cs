using System.Globalization;
using System.Text;
using Hone.Host.Reports;
using Hone.Learning.Sessions;
using Hone.Trading.Broker;
using Hone.Trading.Sessions;

namespace Hone.Host.Runs;

/// <summary>The newest trades of a run with who voted for them, kept as numbers: words are made of them when the run is over.</summary>
internal sealed class NewestTrades(string[] members)
{
    private const int TradesMax = 2_000;
    private readonly Kept[] _ring = new Kept[TradesMax];
    private readonly MemberVote[] _votes = new MemberVote[TradesMax * members.Length];
    private long _added;

    public void Add(in Trade trade, TradeEntry entry)
    {
        var slot = (int)(_added++ % TradesMax);
        _ring[slot] = new Kept(trade, entry.Rule.Direction, entry.Rule.Confidence, entry.PanelProbability, entry.PanelActed);
        entry.Votes.CopyTo(_votes.AsSpan(slot * members.Length, members.Length));
    }

    /// <summary>As the report lists them, oldest first.</summary>
    public IReadOnlyList<TradeRow> Rows()
    {
        var rows = new TradeRow[Math.Min(_added, TradesMax)];
        for (var i = 0; i < rows.Length; i++)
        {
            var slot = (int)((_added - rows.Length + i) % TradesMax);
            var trade = _ring[slot].Trade;
            rows[i] = new TradeRow(
                trade.Id, trade.Side > 0 ? "long" : "short", trade.OpenedAtUs / 1000, trade.ClosedAtUs / 1000, trade.EntryPrice, trade.ExitPrice, trade.Bars,
                trade.NetPnl, trade.Costs, trade.Return, TradesFile.ExitName(trade.ExitKind), Votes(slot));
        }
        return rows;
    }

    private string Votes(int slot)
    {
        var kept = _ring[slot];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"rule {kept.RuleDirection:+0.00;-0.00;0}@{kept.RuleConfidence:0.00}; panel up {kept.PanelProbability:0.000}{(kept.PanelActed ? " acted" : "")}");
        for (var m = 0; m < members.Length; m++)
        {
            var vote = _votes[slot * members.Length + m];
            text.Append(CultureInfo.InvariantCulture, $"; {members[m]} {vote.Label}@{vote.Confidence:0.000} w {vote.Weight:0.00} τ {vote.Threshold:0.00}");
        }
        return text.ToString();
    }

    private readonly record struct Kept(Trade Trade, double RuleDirection, double RuleConfidence, double PanelProbability, bool PanelActed);
}
