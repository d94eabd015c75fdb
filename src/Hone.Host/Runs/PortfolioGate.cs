using Hone.Host.Configuration;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Runs;

/// <summary>The limits over one book of each market: how much each of them may hold beside the others.</summary>
internal sealed class PortfolioGate
{
    private readonly PortfolioConfig _limits;
    private readonly Book[] _books;
    private double _peak;
    private long _stoppedUntilDay = long.MinValue;

    public PortfolioGate(PortfolioConfig limits, Book[] books)
    {
        _limits = limits;
        _books = books;
        _peak = Equity();
    }

    /// <summary>What the portfolio leaves for one book, as a share of that book's equity.</summary>
    public double Grant(int book, long timeUs)
    {
        var total = Equity();
        _peak = Math.Max(_peak, total);
        var day = EventTime.Day(timeUs - 1);
        if (day <= _stoppedUntilDay)
            return 0;
        if (total <= _peak * (1 - _limits.DrawdownStop))
        {
            // Flat until the next UTC day is over; then the fall is measured anew.
            _stoppedUntilDay = day + 1;
            _peak = total;
            return 0;
        }
        var others = 0.0;
        for (var i = 0; i < _books.Length; i++)
            if (i != book)
                others += Exposure(_books[i]);
        var own = _books[book].Broker.Equity;
        return own > 0 ? Math.Max(0, (_limits.ExposureMax * total - others) / own) : 0;
    }

    /// <summary>Value of the position, or of what it becomes when the orders that wait are filled, if that is more: two books must not be granted the same room.</summary>
    private static double Exposure(Book book)
    {
        var broker = book.Broker;
        return Math.Max(Math.Abs(broker.Position), Math.Abs(broker.Position + broker.PendingMarketQuantity)) * broker.LastPrice;
    }

    private double Equity()
    {
        var sum = 0.0;
        foreach (var book in _books)
            sum += book.Broker.Equity;
        return sum;
    }
}
