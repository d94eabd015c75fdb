using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Broker;

/// <summary>
/// The money side of one book: cash, position, the trade that is open, totals. It is told fills and marks, and knows nothing of orders.
/// </summary>
/// <remarks>
/// Gross and net are booked side by side, gross at quoted prices and net at prices paid, so that gross − costs = net is a check of the
/// book-keeping and not its definition.
/// </remarks>
internal sealed class Account
{
    private readonly double _startEquity;

    // The open trade; side 0 when there is none.
    private int _side, _bars;
    private long _openedAtUs;
    private double _quantityMax, _entryQuantity, _entryValue, _exitQuantity, _exitValue, _averageQuoted;
    private double _tradeGross, _tradeNet, _tradeFees, _tradeSpread, _tradeCarry;

    private double _grossRealised;

    public Account(double equity)
    {
        _startEquity = equity;
        Cash = Equity = Peak = equity;
    }

    public double Cash { get; private set; }

    public double Position { get; private set; }

    public double AveragePrice { get; private set; }

    public double LastPrice { get; private set; }

    public long LastMarkUs { get; private set; }

    public double Equity { get; private set; }

    public double Peak { get; private set; }

    public double MaxDrawdown { get; private set; }

    public double TotalFees { get; private set; }

    public double TotalSpreadCost { get; private set; }

    public double TotalCarry { get; private set; }

    public double Turnover { get; private set; }

    public int Trades { get; private set; }

    public long Bars { get; private set; }

    public long BarsInMarket { get; private set; }

    public double Drawdown => 1 - Equity / Peak;

    public double NetPnl => Equity - _startEquity;

    public double GrossPnl => _grossRealised + (_side == 0 ? 0 : Position * (LastPrice - _averageQuoted));

    public OpenTrade Open => _side == 0
        ? default
        : new(Trades + 1, _side, _openedAtUs, _bars, _quantityMax, _entryValue / _entryQuantity, _tradeNet + Position * (LastPrice - AveragePrice));

    /// <summary>Books a fill of a signed quantity.</summary>
    /// <returns>Whether it finished a trade, which is then in <paramref name="closed"/>.</returns>
    public bool Book(in Fill fill, double quoted, out Trade closed)
    {
        var quantity = fill.Quantity;
        Cash -= quantity * fill.Price + fill.Fee;
        TotalFees += fill.Fee;
        TotalSpreadCost += fill.CostOfSpread;
        Turnover += Math.Abs(quantity * fill.Price);

        closed = default;
        if (_side == 0 || Math.Sign(quantity) == _side)
        {
            Enter(fill.TimeUs, quantity, fill.Price, quoted, fill.Fee, fill.CostOfSpread);
            return false;
        }

        var turns = Math.Abs(quantity) > Math.Abs(Position);
        var leaving = turns ? -Position : quantity;
        var share = leaving / quantity;
        var (fee, spread) = (fill.Fee * share, fill.CostOfSpread * share);
        if (!Leave(fill.TimeUs, fill.Kind, leaving, fill.Price, quoted, turns ? fee : fill.Fee, turns ? spread : fill.CostOfSpread, out closed))
            return false;
        if (turns)
            Enter(fill.TimeUs, quantity - leaving, fill.Price, quoted, fill.Fee - fee, fill.CostOfSpread - spread);
        return true;
    }

    public void Mark(long timeUs, double close, double carry)
    {
        Bars++;
        if (_side != 0)
        {
            BarsInMarket++;
            _bars++;
            Cash -= carry;
            TotalCarry += carry;
            _tradeCarry += carry;
            _tradeNet -= carry;
        }
        LastPrice = close;
        LastMarkUs = timeUs;
        Equity = Cash + Position * close;
        if (Equity > Peak)
            Peak = Equity;
        else
            MaxDrawdown = Math.Max(MaxDrawdown, 1 - Equity / Peak);
    }

    private void Enter(long timeUs, double quantity, double price, double quoted, double fee, double spread)
    {
        if (_side == 0)
        {
            (_side, _openedAtUs, _bars) = (Math.Sign(quantity), timeUs, 0);
            _quantityMax = _entryQuantity = _entryValue = _exitQuantity = _exitValue = 0;
            _tradeGross = _tradeNet = _tradeFees = _tradeSpread = _tradeCarry = 0;
            (Position, AveragePrice, _averageQuoted) = (quantity, price, quoted);
        }
        else
        {
            var share = quantity / (Position + quantity);
            AveragePrice += share * (price - AveragePrice);
            _averageQuoted += share * (quoted - _averageQuoted);
            Position += quantity;
        }
        var size = Math.Abs(quantity);
        _entryQuantity += size;
        _entryValue += size * price;
        _quantityMax = Math.Max(_quantityMax, Math.Abs(Position));
        Charge(fee, spread);
    }

    private bool Leave(long timeUs, OrderKind kind, double quantity, double price, double quoted, double fee, double spread, out Trade closed)
    {
        var gross = -quantity * (quoted - _averageQuoted);
        _grossRealised += gross;
        _tradeGross += gross;
        _tradeNet -= quantity * (price - AveragePrice);
        _exitQuantity += Math.Abs(quantity);
        _exitValue += Math.Abs(quantity) * price;
        Charge(fee, spread);
        Position += quantity;
        closed = default;
        if (Position != 0)
            return false;

        Trades++;
        closed = new(
            Trades, _side, _openedAtUs, timeUs, _bars, _quantityMax, _entryValue / _entryQuantity, _exitValue / _exitQuantity,
            _tradeGross, _tradeFees + _tradeSpread + _tradeCarry, _tradeNet, _tradeNet / _entryValue, kind);
        _side = 0;
        AveragePrice = _averageQuoted = 0;
        return true;
    }

    private void Charge(double fee, double spread)
    {
        _tradeFees += fee;
        _tradeSpread += spread;
        _tradeNet -= fee;
    }

    public void Save(StateWriter writer)
    {
        writer.Section("account", 1);
        writer.Write(Cash);
        writer.Write(LastPrice);
        writer.Write(LastMarkUs);
        writer.Write(Peak);
        writer.Write(MaxDrawdown);
        writer.Write(TotalFees);
        writer.Write(TotalSpreadCost);
        writer.Write(TotalCarry);
        writer.Write(Turnover);
        writer.Write(_grossRealised);
        writer.Write(Trades);
        writer.Write(Bars);
        writer.Write(BarsInMarket);
        writer.Write(Position);
        if (_side == 0)
            return;
        writer.Write(AveragePrice);
        writer.Write(_averageQuoted);
        writer.Write(_openedAtUs);
        writer.Write(_bars);
        writer.Write(_quantityMax);
        writer.Write(_entryQuantity);
        writer.Write(_entryValue);
        writer.Write(_exitQuantity);
        writer.Write(_exitValue);
        writer.Write(_tradeGross);
        writer.Write(_tradeNet);
        writer.Write(_tradeFees);
        writer.Write(_tradeSpread);
        writer.Write(_tradeCarry);
    }

    public void Load(StateReader reader)
    {
        reader.Section("account", 1);
        Cash = reader.ReadFinite();
        LastPrice = NotNegative(reader, "the last price");
        LastMarkUs = reader.ReadInt64();
        Peak = Positive(reader, "the equity's peak");
        MaxDrawdown = NotNegative(reader, "the largest drawdown");
        TotalFees = reader.ReadFinite();
        TotalSpreadCost = reader.ReadFinite();
        TotalCarry = reader.ReadFinite();
        Turnover = NotNegative(reader, "the turnover");
        _grossRealised = reader.ReadFinite();
        Trades = reader.ReadInt32(0, int.MaxValue);
        Bars = Count(reader, "bars");
        BarsInMarket = Count(reader, "bars in the market");
        if (BarsInMarket > Bars)
            throw new CorruptStateException($"A book cannot have been in the market for {BarsInMarket} of {Bars} bars.");
        Position = reader.ReadFinite();
        _side = Math.Sign(Position);
        AveragePrice = _averageQuoted = 0;
        if (_side != 0)
            LoadTrade(reader);

        // The same expression as in Mark, hence the same bits.
        Equity = Cash + Position * LastPrice;
        if (!double.IsFinite(Equity) || Equity > Peak)
            throw new CorruptStateException($"The equity {Equity} does not go with its peak {Peak}.");
    }

    private void LoadTrade(StateReader reader)
    {
        AveragePrice = Positive(reader, "the average price");
        _averageQuoted = Positive(reader, "the average quoted price");
        _openedAtUs = reader.ReadInt64();
        _bars = reader.ReadInt32(0, int.MaxValue);
        _quantityMax = Positive(reader, "the largest quantity");
        _entryQuantity = Positive(reader, "the quantity in");
        _entryValue = Positive(reader, "the value in");
        _exitQuantity = NotNegative(reader, "the quantity out");
        _exitValue = NotNegative(reader, "the value out");
        _tradeGross = reader.ReadFinite();
        _tradeNet = reader.ReadFinite();
        _tradeFees = reader.ReadFinite();
        _tradeSpread = reader.ReadFinite();
        _tradeCarry = reader.ReadFinite();
    }

    private static double Positive(StateReader reader, string what)
    {
        var value = reader.ReadFinite();
        return value > 0 ? value : throw new CorruptStateException($"Expected {what} above 0 and found {value}.");
    }

    private static double NotNegative(StateReader reader, string what)
    {
        var value = reader.ReadFinite();
        return value >= 0 ? value : throw new CorruptStateException($"Expected {what} of 0 or more and found {value}.");
    }

    private static long Count(StateReader reader, string what)
    {
        var value = reader.ReadInt64();
        return value >= 0 ? value : throw new CorruptStateException($"Expected a number of {what} and found {value}.");
    }
}
