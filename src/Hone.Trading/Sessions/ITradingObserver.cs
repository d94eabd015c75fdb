using Hone.Learning.Sessions;
using Hone.Trading.Broker;
using Hone.Trading.Labels;
using Hone.Trading.Market;

namespace Hone.Trading.Sessions;

/// <summary>Hears what a trading session does, in order. It must not call back into the session's inputs.</summary>
public interface ITradingObserver : ISessionObserver
{
    /// <summary>A bar is finished: orders for the next one are placed.</summary>
    void OnBar(TradingSession session, in Bar bar);

    /// <summary>A label became known and was learned.</summary>
    void OnAnswer(TradingSession session, in ReleasedLabel label, in Verdict verdict);

    /// <summary>A round trip of the real book closed.</summary>
    /// <param name="session">The session.</param>
    /// <param name="trade">What it gave.</param>
    /// <param name="entry">What was known when it was decided; overwritten by a later trade.</param>
    void OnTrade(TradingSession session, in Trade trade, TradeEntry entry);
}
