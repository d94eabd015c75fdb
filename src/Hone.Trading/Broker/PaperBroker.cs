using System.Runtime.CompilerServices;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Broker;

/// <summary>
/// The paper broker of one book. Orders are submitted between bars; <see cref="Fill(in Bar)"/> and then <see cref="Mark"/> take the next bar.
/// </summary>
/// <remarks>
/// <para>Inside a bar: market orders (and stops that were triggered earlier) at the open; stops, then limits and targets, that the open has
/// jumped over, at the open; stops that are touched; targets and limits that the price trades through; at last the stops of entries made
/// inside the bar. In doubt the stop: where the path inside the bar is unknown, the worse one is taken.</para>
/// <para>All fills of a bar share one part of its volume; what is left of an order waits for later bars. Money is in the currency in which the
/// symbol is quoted. Margin calls are not modelled: <see cref="RiskGate"/> bounds the exposure.</para>
/// <para>Nothing allocates after construction. One thread at a time.</para>
/// </remarks>
public sealed class PaperBroker : ISaved
{
    // Sizes that are computed twice differ in their last bits; what would be left of a position below this share of it is closed with it.
    private const double DustShare = 1e-9;

    private readonly BrokerOptions _options;
    private readonly ICostModel _costs;
    private readonly Account _account;
    private readonly PendingOrder[] _pending;
    private readonly Fill[] _fills;
    private readonly Trade[] _closed;
    private int _pendingCount, _fillCount, _closedCount;
    private Protection _protection = Protection.None;

    // The last complete bar: its range is what slippage at the next open may know.
    private Bar _last;
    private long _timeUs = long.MinValue;
    private bool _inBar, _usable;
    private double _budget, _lastQuoted;

    /// <summary>A book with its starting equity and nothing else.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    public PaperBroker(BrokerOptions options, ICostModel costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        _options = (BrokerOptions)Options.Validated("broker", options);
        _costs = costs;
        _account = new(options.Equity);
        // One place more than can be submitted, so that a position can always be closed.
        _pending = new PendingOrder[options.PendingMax + 1];

        // An order fills at most once in a bar, and so do the stop and the target of the position that it opens.
        _fills = new Fill[3 * _pending.Length + 2];
        _closed = new Trade[3 * _pending.Length + 2];
    }

    /// <summary>What fills cost.</summary>
    public ICostModel Costs => _costs;

    /// <summary>Money that is not in the position.</summary>
    public double Cash => _account.Cash;

    /// <summary>Cash and position at the last mark.</summary>
    public double Equity => _account.Equity;

    /// <summary>Signed units.</summary>
    public double Position => _account.Position;

    /// <summary>Average price of the position, spread and slippage included, fees not; 0 when flat.</summary>
    public double AveragePrice => _account.AveragePrice;

    /// <summary>Close of the last marked bar; 0 before the first.</summary>
    public double LastPrice => _account.LastPrice;

    /// <summary>Position at the last close as a signed fraction of equity; 0 when equity is gone.</summary>
    public double PositionFraction => Equity > 0 ? Position * LastPrice / Equity : 0;

    /// <summary>Highest equity so far.</summary>
    public double PeakEquity => _account.Peak;

    /// <summary>How far equity is below its peak, as a fraction.</summary>
    public double Drawdown => _account.Drawdown;

    /// <summary>Largest <see cref="Drawdown"/> so far.</summary>
    public double MaxDrawdown => _account.MaxDrawdown;

    /// <summary>Fees so far, in money.</summary>
    public double TotalFees => _account.TotalFees;

    /// <summary>Spread and slippage so far, in money.</summary>
    public double TotalSpreadCost => _account.TotalSpreadCost;

    /// <summary>Funding and borrow so far, in money; below 0 when more was received than paid.</summary>
    public double TotalCarry => _account.TotalCarry;

    /// <summary>Fees, spread, slippage and carry so far, in money.</summary>
    public double TotalCosts => TotalFees + TotalSpreadCost + TotalCarry;

    /// <summary>Profit at quoted prices, before all costs, in money; the open position at the last close included.</summary>
    public double GrossPnl => _account.GrossPnl;

    /// <summary>Profit after costs, in money: equity over the start.</summary>
    public double NetPnl => _account.NetPnl;

    /// <summary>Sum of |quantity · price| of all fills.</summary>
    public double Turnover => _account.Turnover;

    /// <summary>Finished trades.</summary>
    public int Trades => _account.Trades;

    /// <summary>Marked bars.</summary>
    public long Bars => _account.Bars;

    /// <summary>Marked bars with a position.</summary>
    public long BarsInMarket => _account.BarsInMarket;

    /// <summary>Bars in which an order waited and nothing could fill because there was no volume.</summary>
    public long BarsWithoutVolume { get; private set; }

    /// <summary>Bars whose prices are missing or contradict each other: nothing fills on them and the last mark stands.</summary>
    public long UnusableBars { get; private set; }

    /// <summary>Orders that waited too long.</summary>
    public long ExpiredOrders { get; private set; }

    /// <summary>Orders that wait, the bracket not counted.</summary>
    public int PendingOrders => _pendingCount;

    /// <summary>Price of the armed stop of the bracket; NaN for none.</summary>
    public double StopPrice => _protection.StopPrice;

    /// <summary>Price of the armed target of the bracket; NaN for none.</summary>
    public double TargetPrice => _protection.TargetPrice;

    /// <summary>The open round trip; side 0 when flat.</summary>
    public OpenTrade OpenTrade => _account.Open;

    /// <summary>Fills of the last bar, in order. Valid until the next bar; not part of the saved state.</summary>
    public ReadOnlySpan<Fill> Fills => _fills.AsSpan(0, _fillCount);

    /// <summary>Trades that the last bar finished, in order. Valid until the next bar; not part of the saved state.</summary>
    public ReadOnlySpan<Trade> ClosedTrades => _closed.AsSpan(0, _closedCount);

    /// <summary>Signed units that will go at the next open: market orders and triggered stops that wait.</summary>
    public double PendingMarketQuantity
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < _pendingCount; i++)
                if (_pending[i].FillsAtOpen)
                    sum += _pending[i].Remaining;
            return sum;
        }
    }

    /// <summary>An order that waits, as it was submitted, and what is left of it in signed units.</summary>
    public (Order Order, double Remaining) PendingAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_pendingCount);
        return (_pending[index].Order, _pending[index].Remaining);
    }

    /// <summary>What a report must say about how this book was filled and charged.</summary>
    /// <param name="shorts">Whether the run may hold short positions.</param>
    /// <param name="assetClass">What is traded.</param>
    public IReadOnlyList<string> Warnings(bool shorts, AssetClass assetClass)
    {
        var warnings = new List<string>();
        if (_costs is IWarnsAboutCosts model)
            warnings.AddRange(model.Warnings(shorts, assetClass));
        if (_costs.IsFree && _costs is not NoCosts)
            warnings.Add($"No costs: the model '{_costs.Name}' charges nothing.");
        if (!_options.VolumeKnown)
            warnings.Add("The source has no volume: fills are not limited by it.");
        if (BarsWithoutVolume > 0)
            warnings.Add($"Orders waited on {BarsWithoutVolume} bars without volume.");
        if (UnusableBars > 0)
            warnings.Add($"{UnusableBars} bars had missing or contradicting prices: nothing was filled on them and the position kept its last mark.");
        return warnings;
    }

    /// <summary>Submits an order; it can fill on the next bar at the earliest.</summary>
    /// <exception cref="InvalidOrderException">A number is out of range, or too many orders wait already.</exception>
    /// <exception cref="InvalidOperationException">A bar has been filled and not marked yet.</exception>
    public void Submit(in Order order) => Submit(order, Bracket.None);

    /// <summary>Submits an order whose fills arm a stop and a target around the average entry price, for the whole position.</summary>
    /// <exception cref="InvalidOrderException">A number is out of range, or too many orders wait already.</exception>
    /// <exception cref="InvalidOperationException">A bar has been filled and not marked yet.</exception>
    public void Submit(in Order order, in Bracket bracket)
    {
        RequireBetweenBars();
        if (OrderRules.Refusal(order, bracket) is { } refusal)
            throw new InvalidOrderException(refusal);
        if (_pendingCount >= _options.PendingMax)
            throw new InvalidOrderException($"{_pendingCount} orders wait already (pending_max); cancel some first.");
        Add(order, bracket);
    }

    private void Add(in Order order, in Bracket bracket)
        => _pending[_pendingCount++] = new()
        {
            Order = order.Kind == OrderKind.TakeProfit ? order with { ReduceOnly = true } : order,
            Bracket = bracket,
            Remaining = order.Quantity,
        };

    /// <summary>Cancels every order that waits, the bracket included.</summary>
    public void CancelAll()
    {
        RequireBetweenBars();
        _pendingCount = 0;
        _protection = Protection.None;
    }

    /// <summary>Cancels what waits to open, turn or close a position, and keeps protection: the bracket and reduce-only stops and targets.</summary>
    public void CancelEntries()
    {
        RequireBetweenBars();
        for (var i = 0; i < _pendingCount; i++)
            if (_pending[i].Expires)
                _pending[i].Remaining = 0;
        Compact();
    }

    /// <summary>Cancels protection: the bracket and reduce-only stops and targets.</summary>
    public void CancelStops()
    {
        RequireBetweenBars();
        _protection = Protection.None;
        for (var i = 0; i < _pendingCount; i++)
            if (!_pending[i].Expires)
                _pending[i].Remaining = 0;
        Compact();
    }

    /// <summary>Cancels what waits to open and closes the position at the next open; protection stays until it is closed.</summary>
    public void Flatten()
    {
        CancelEntries();
        if (Position != 0)
            Add(new Order(OrderKind.Market, -Position, ReduceOnly: true), Bracket.None);
    }

    /// <summary>Takes the next bar: fills what can be filled in it. <see cref="Mark"/> must follow.</summary>
    /// <exception cref="ArgumentException">The bar is not later than the one before.</exception>
    /// <exception cref="InvalidOperationException">The bar before was not marked.</exception>
    public void Fill(in Bar bar)
    {
        RequireBetweenBars();
        if (bar.CloseTimeUs <= _timeUs)
            ThrowNotLater(bar.CloseTimeUs);
        _inBar = true;
        _timeUs = bar.CloseTimeUs;
        _fillCount = _closedCount = 0;
        _usable = IsUsable(bar);
        if (_pendingCount == 0 && !_protection.IsSet)
            return;
        if (_usable)
            Match(bar);
        if (_pendingCount > 0)
            AgeAndCompact();
    }

    /// <summary>Ends the bar: carry, mark to market at its close, equity and drawdown.</summary>
    /// <exception cref="InvalidOperationException">It is not the bar that was filled last.</exception>
    public void Mark(in Bar bar)
    {
        if (!_inBar || bar.CloseTimeUs != _timeUs)
            ThrowNotFilled(bar.CloseTimeUs);
        _inBar = false;
        if (!_usable)
        {
            UnusableBars++;
            return;
        }
        var carry = _account.Position == 0 ? 0 : _costs.Carry(_account.Position, bar.Close, _account.Bars == 0 ? bar.CloseTimeUs : _account.LastMarkUs, bar.CloseTimeUs);
        if (!double.IsFinite(carry))
            throw new InvalidOperationException($"The cost model '{_costs.Name}' charges a carry of {carry}.");
        _account.Mark(bar.CloseTimeUs, bar.Close, carry);
        _last = bar;
    }

    private void Match(in Bar bar)
    {
        if (_options.VolumeKnown && !(bar.Volume > 0))
        {
            if (_pendingCount > 0 || Position != 0)
                BarsWithoutVolume++;
            return;
        }
        _budget = _options.VolumeKnown ? _options.VolumeShare * bar.Volume : double.PositiveInfinity;

        // Before the first bar nothing is known of the range; a flat bar gives no slippage.
        var known = _account.Bars == 0 ? new Bar(bar.CloseTimeUs, bar.Open, bar.Open, bar.Open, bar.Open, 0) : _last;

        AtOpen(bar.Open, known);
        JumpedAtOpen(bar.Open, known);
        TouchedStops(bar);
        TradedThrough(bar);
        StopsOfEntriesInside(bar);
        _protection.ArmedInside = false;
    }

    private void AtOpen(double open, in Bar known)
    {
        if (_protection.Triggered)
            ExecuteProtection(OrderKind.Stop, open, maker: false, known, double.NaN);
        for (var i = 0; i < _pendingCount; i++)
            if (_pending[i].FillsAtOpen)
                Execute(ref _pending[i], open, maker: false, known, double.NaN, inside: false);
    }

    private void JumpedAtOpen(double open, in Bar known)
    {
        if (_protection.HasStop && Reaches(-Math.Sign(Position), open, _protection.StopPrice))
            TriggerProtection(open, known);
        for (var i = 0; i < _pendingCount; i++)
            if (_pending[i].WaitsAsStop && Reaches(_pending[i].Side, open, _pending[i].Order.Price))
                Trigger(ref _pending[i], open, known, inside: false);

        // The open has gone beyond the limit: filled at the open as a taker, and never worse than the limit.
        JumpedTarget(open, known);
        for (var i = 0; i < _pendingCount; i++)
            if (_pending[i].WaitsAsLimit && Passes(_pending[i].Side, open, _pending[i].Order.Price))
                Execute(ref _pending[i], open, maker: false, known, _pending[i].Order.Price, inside: false);

        // Once more: an entry at this open may have moved it around a new average.
        JumpedTarget(open, known);
    }

    private void JumpedTarget(double open, in Bar known)
    {
        if (_protection.HasTarget && Passes(-Math.Sign(Position), open, _protection.TargetPrice))
            ExecuteProtection(OrderKind.TakeProfit, open, maker: false, known, _protection.TargetPrice);
    }

    private void TouchedStops(in Bar bar)
    {
        if (_protection.HasStop && Reaches(-Math.Sign(Position), Extreme(-Math.Sign(Position), bar), _protection.StopPrice))
            TriggerProtection(Worse(-Math.Sign(Position), _protection.StopPrice, bar.Open), bar);
        for (var i = 0; i < _pendingCount; i++)
            if (_pending[i].WaitsAsStop && Reaches(_pending[i].Side, Extreme(_pending[i].Side, bar), _pending[i].Order.Price))
                Trigger(ref _pending[i], Worse(_pending[i].Side, _pending[i].Order.Price, bar.Open), bar, inside: true);
    }

    // What reduces goes first, and no price is made up outside the bar: a target must not profit from an entry that may have come after the price it needs.
    private void TradedThrough(in Bar bar)
    {
        if (_protection is { HasTarget: true, ArmedInside: false } && Passes(-Math.Sign(Position), Extreme(Math.Sign(Position), bar), _protection.TargetPrice))
            ExecuteProtection(OrderKind.TakeProfit, Math.Clamp(_protection.TargetPrice, bar.Low, bar.High), maker: true, bar, double.NaN);
        LimitsInside(bar, reducing: true);
        LimitsInside(bar, reducing: false);
    }

    private void LimitsInside(in Bar bar, bool reducing)
    {
        for (var i = 0; i < _pendingCount; i++)
        {
            ref var pending = ref _pending[i];
            if (pending.WaitsAsLimit && pending.Order.ReduceOnly == reducing && Passes(pending.Side, Extreme(-pending.Side, bar), pending.Order.Price))
                Execute(ref pending, Math.Clamp(pending.Order.Price, bar.Low, bar.High), maker: true, bar, double.NaN, inside: true);
        }
    }

    // The bar has touched the stop of a position that was entered inside the same bar. Whether before or after the entry is unknown: in doubt after.
    // Where the entry was already beyond the stop (it stands around the average of an older position), it fills at the price of the entry.
    private void StopsOfEntriesInside(in Bar bar)
    {
        if (_protection is { ArmedInside: true, HasStop: true } && Reaches(-Math.Sign(Position), Extreme(-Math.Sign(Position), bar), _protection.StopPrice))
            TriggerProtection(Worse(-Math.Sign(Position), _protection.StopPrice, _lastQuoted), bar);
        for (var i = 0; i < _pendingCount; i++)
        {
            ref var pending = ref _pending[i];
            if (pending.WaitsAsStop && pending.Order.ReduceOnly && Reaches(pending.Side, Extreme(pending.Side, bar), pending.Order.Price))
                Trigger(ref pending, Worse(pending.Side, pending.Order.Price, _lastQuoted), bar, inside: true);
        }
    }

    // A stop is reached at its price: a buy stop from below, a sell stop from above.
    private static bool Reaches(int side, double price, double stop) => side > 0 ? price >= stop : side < 0 && price <= stop;

    // A limit needs a price strictly beyond it: a buy limit below, a sell limit above.
    private static bool Passes(int side, double price, double limit) => side > 0 ? price < limit : side < 0 && price > limit;

    // A stop set on the wrong side of the price (closer than the spread, say) gets no better price than the market had.
    private static double Worse(int side, double stop, double market) => side > 0 ? Math.Max(stop, market) : Math.Min(stop, market);

    private static double Extreme(int side, in Bar bar) => side > 0 ? bar.High : bar.Low;

    private void Trigger(ref PendingOrder pending, double quoted, in Bar range, bool inside)
    {
        // A reduce-only stop with nothing to reduce goes on waiting.
        if (pending.Order.ReduceOnly && Position * pending.Remaining >= 0)
            return;
        pending.Triggered = true;
        Execute(ref pending, quoted, maker: false, range, double.NaN, inside);
    }

    private void TriggerProtection(double quoted, in Bar range)
    {
        _protection.Triggered = true;
        ExecuteProtection(OrderKind.Stop, quoted, maker: false, range, double.NaN);
    }

    private void ExecuteProtection(OrderKind kind, double quoted, bool maker, in Bar range, double limit)
        => Trade(kind, -Position, quoted, maker, range, limit);

    private void Execute(ref PendingOrder pending, double quoted, bool maker, in Bar range, double limit, bool inside)
    {
        var wanted = pending.Remaining;
        if (pending.Order.ReduceOnly)
        {
            if (Position * wanted >= 0)
            {
                if (pending.FillsAtOpen)
                    pending.Remaining = 0;
                return;
            }
            if (Math.Abs(wanted) > Math.Abs(Position))
                wanted = -Position;
        }
        var filled = Trade(pending.Order.Kind, wanted, quoted, maker, range, limit);
        pending.Remaining = Math.Abs(filled) >= Math.Abs(pending.Remaining) ? 0 : pending.Remaining - filled;
        if (filled != 0 && pending.Bracket.IsSet && Position * filled > 0)
            Arm(pending.Bracket, inside);
    }

    private void Arm(in Bracket bracket, bool inside)
    {
        var side = Math.Sign(Position);
        _protection = new()
        {
            StopPrice = bracket.StopPrice(AveragePrice, side),
            TargetPrice = bracket.TargetPrice(AveragePrice, side),
            ArmedInside = inside,
        };
    }

    /// <summary>Fills as much of a signed quantity as the bar's volume allows.</summary>
    /// <returns>Signed units filled.</returns>
    private double Trade(OrderKind kind, double wanted, double quoted, bool maker, in Bar range, double limit)
    {
        var before = Position;
        var quantity = Math.Abs(wanted) > _budget ? Math.CopySign(_budget, wanted) : wanted;
        if (quantity == 0)
            return 0;
        if (Math.Abs(before + quantity) <= DustShare * Math.Abs(before))
            quantity = -before;
        var size = Math.Abs(quantity);
        _budget = _budget - size <= DustShare * size ? 0 : _budget - size;

        var side = Math.Sign(quantity);
        var price = maker ? quoted : _costs.MarketPrice(quoted, side, range);
        if (!double.IsNaN(limit))
            price = side > 0 ? Math.Min(price, limit) : Math.Max(price, limit);
        var fee = _costs.Fee(size, price, maker, _timeUs);
        if (!(price > 0) || !double.IsFinite(price) || !double.IsFinite(fee))
            ThrowImpossibleCosts(quoted, price, fee);

        ref var fill = ref _fills[_fillCount++];
        fill = new(_timeUs, kind, quantity, price, fee, size * (side > 0 ? price - quoted : quoted - price));
        _lastQuoted = quoted;
        if (_account.Book(fill, quoted, out var closed))
        {
            _closed[_closedCount++] = closed;
            DropProtectionOf(Math.Sign(before));
        }
        return quantity;
    }

    // The position is gone or turned: what protected it must not touch the next one.
    private void DropProtectionOf(int side)
    {
        _protection = Protection.None;
        for (var i = 0; i < _pendingCount; i++)
            if (_pending[i].Order.ReduceOnly && _pending[i].Side == -side)
                _pending[i].Remaining = 0;
    }

    private void AgeAndCompact()
    {
        for (var i = 0; i < _pendingCount; i++)
        {
            ref var pending = ref _pending[i];
            if (pending.Remaining == 0 || !pending.Expires || ++pending.AgeBars < _options.OrderBarsMax)
                continue;
            pending.Remaining = 0;
            ExpiredOrders++;
        }
        Compact();
    }

    private void Compact()
    {
        var kept = 0;
        for (var i = 0; i < _pendingCount; i++)
            if (_pending[i].Remaining != 0)
                _pending[kept++] = _pending[i];
        _pendingCount = kept;
    }

    // Comparisons with NaN are false.
    private static bool IsUsable(in Bar bar)
        => bar.Low > 0 && bar.High <= OrderRules.NumberMax && bar.Low <= bar.Open && bar.Low <= bar.Close && bar.High >= bar.Open && bar.High >= bar.Close;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        RequireBetweenBars();
        writer.Section("paper-broker", 1);
        _account.Save(writer);
        writer.Write(_timeUs);
        writer.Write(_last.CloseTimeUs);
        writer.Write(_last.Open);
        writer.Write(_last.High);
        writer.Write(_last.Low);
        writer.Write(_last.Close);
        writer.Write(_last.Volume);
        writer.Write(BarsWithoutVolume);
        writer.Write(UnusableBars);
        writer.Write(ExpiredOrders);
        _protection.Save(writer);
        writer.Write(_pendingCount);
        for (var i = 0; i < _pendingCount; i++)
            _pending[i].Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        RequireBetweenBars();
        reader.Section("paper-broker", 1);
        _account.Load(reader);
        _timeUs = reader.ReadInt64();
        _last = new(reader.ReadInt64(), reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite(), reader.ReadDouble());
        if (_account.Bars > 0 && (!IsUsable(_last) || _last.CloseTimeUs > _timeUs || _last.CloseTimeUs != _account.LastMarkUs || _last.Close != _account.LastPrice))
            throw new CorruptStateException("The last bar of the book does not go with its last mark.");
        BarsWithoutVolume = reader.ReadInt64();
        UnusableBars = reader.ReadInt64();
        ExpiredOrders = reader.ReadInt64();
        if (BarsWithoutVolume < 0 || UnusableBars < 0 || ExpiredOrders < 0)
            throw new CorruptStateException("A count of bars or orders is below 0.");
        _protection = Protection.Load(reader, Position);
        _pendingCount = reader.ReadInt32(0, _pending.Length);
        for (var i = 0; i < _pendingCount; i++)
            _pending[i] = PendingOrder.Load(reader, _options.OrderBarsMax);
        _fillCount = _closedCount = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RequireBetweenBars()
    {
        if (_inBar)
            ThrowInsideBar();
    }

    private void ThrowInsideBar()
        => throw new InvalidOperationException($"The bar {EventTime.ToDateTime(_timeUs):u} has been filled and not marked yet; orders are submitted between bars.");

    private void ThrowNotLater(long timeUs)
        => throw new ArgumentException($"The bar {EventTime.ToDateTime(timeUs):u} is not later than the one before it, {EventTime.ToDateTime(_timeUs):u}.");

    private void ThrowNotFilled(long timeUs)
        => throw new InvalidOperationException($"The bar {EventTime.ToDateTime(timeUs):u} must be filled before it is marked, and marked once.");

    private void ThrowImpossibleCosts(double quoted, double price, double fee)
        => throw new InvalidOperationException($"The cost model '{_costs.Name}' makes {price} of a quote of {quoted} and charges a fee of {fee}.");
}
