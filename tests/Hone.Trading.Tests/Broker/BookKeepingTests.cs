using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Trading.Broker;
using Hone.Trading.Market;

namespace Hone.Trading.Tests.Broker;

/// <summary>What must hold after every bar, whatever is ordered: checked on random markets and random orders.</summary>
public sealed class BookKeepingTests
{
    /// <summary>A random market and a random trader, both from one seed; the seed is the reproduction.</summary>
    private sealed class RandomTrader(ulong seed, ICostModel costs, BrokerOptions options)
    {
        private Rng _rng = new(seed, "random-trader");
        private double _price = 100;
        private long _timeUs = 1_700_000_000 * EventTime.SecondUs;

        public PaperBroker Broker { get; set; } = new(options, costs);

        public PaperBroker Fresh() => new(options, costs);

        public Bar Step()
        {
            var open = _price * (1 + (_rng.NextInt32(20) == 0 ? 0.03 : 0.001) * _rng.NextGaussian());
            var close = open * (1 + 0.01 * _rng.NextGaussian());
            var high = Math.Max(open, close) * (1 + 0.005 * _rng.NextDouble());
            var low = Math.Min(open, close) * (1 - 0.005 * _rng.NextDouble());
            _price = close < 20 ? 100 : close > 500 ? 100 : close;
            _timeUs += EventTime.HourUs * (1 + _rng.NextInt32(3));
            var volume = _rng.NextInt32(10) == 0 ? 0 : _rng.NextInt32(5) == 0 ? 1000 * _rng.NextDouble() : 1e6;
            return new(_timeUs, open, high, low, close, volume);
        }

        public void Order()
        {
            if (_rng.NextInt32(40) == 0)
                Broker.Flatten();
            if (_rng.NextInt32(60) == 0)
                Broker.CancelAll();
            if (_rng.NextInt32(60) == 0)
                Broker.CancelStops();
            while (_rng.NextInt32(3) == 0 && Broker.PendingOrders < options.PendingMax)
            {
                var quantity = _rng.NextInt32(5) == 0 && Broker.Position != 0 ? -Broker.Position * (1 + _rng.NextInt32(2)) : Math.Round(40 * _rng.NextGaussian(), 2);
                var kind = (OrderKind)_rng.NextInt32(4);
                var away = 1 + 0.02 * _rng.NextGaussian();
                var reduceOnly = _rng.NextInt32(3) == 0;
                var bracket = !reduceOnly && kind != OrderKind.TakeProfit && _rng.NextInt32(2) == 0 ? new Bracket(0.03 * _rng.NextDouble(), 0.03 * _rng.NextDouble()) : default;
                if (quantity != 0)
                    Broker.Submit(new Order(kind, quantity, _price * away, reduceOnly), bracket);
            }
        }
    }

    public static TheoryData<ulong> Seeds => [1, 2, 3, 4];

    [Theory, MemberData(nameof(Seeds))]
    public void Random_orders_never_break_the_books(ulong seed)
    {
        var costs = new BasisPointCosts(new CustomCostsOptions
        {
            TakerBp = 10, MakerBp = 2, HalfSpreadBp = 3, SlippageRangeShare = 0.02, FundingBpPerDay = 5, BorrowBpPerDay = 2,
        });
        var trader = new RandomTrader(seed, costs, new() { Equity = 100_000, OrderBarsMax = 4, PendingMax = 8 });
        double cash = 100_000, position = 0, fees = 0, spread = 0, turnover = 0, tradeNet = 0;
        var trades = 0;
        for (var i = 0; i < 5000; i++)
        {
            var bar = trader.Step();
            var broker = trader.Broker;
            var carried = broker.TotalCarry;
            broker.Fill(bar);
            broker.Mark(bar);

            foreach (var fill in broker.Fills)
            {
                Assert.True(fill.Fee >= 0 && fill.CostOfSpread >= 0 && fill.Quantity != 0 && fill.TimeUs == bar.CloseTimeUs);
                Assert.InRange(fill.Price, bar.Low * (1 - 8e-4), bar.High * (1 + 8e-4)); // half-spread of 3 bp and at most 5 bp of slippage
                cash -= fill.Quantity * fill.Price + fill.Fee;
                position += fill.Quantity;
                if (Math.Abs(position) < 1e-7)
                    position = 0;
                fees += fill.Fee;
                spread += fill.CostOfSpread;
                turnover += Math.Abs(fill.Quantity * fill.Price);
            }
            cash -= broker.TotalCarry - carried;
            foreach (var trade in broker.ClosedTrades)
            {
                Assert.Equal(++trades, trade.Id);
                Assert.Equal(trade.GrossPnl - trade.Costs, trade.NetPnl, 1e-9 * trade.Quantity * trade.EntryPrice);
                tradeNet += trade.NetPnl;
            }

            var scale = 100_000 + turnover;
            Assert.Equal(cash, broker.Cash, 1e-9 * scale);
            Assert.Equal(position, broker.Position, 1e-6);
            Assert.Equal(broker.Cash + broker.Position * bar.Close, broker.Equity);
            Assert.Equal((fees, spread), (broker.TotalFees, broker.TotalSpreadCost));
            Assert.Equal(turnover, broker.Turnover);
            Assert.Equal(broker.GrossPnl - broker.TotalCosts, broker.NetPnl, 1e-9 * scale);
            Assert.Equal(broker.NetPnl, tradeNet + broker.OpenTrade.NetPnl, 1e-9 * scale);
            Assert.Equal(Math.Sign(broker.Position), broker.OpenTrade.Side);
            Assert.True(broker.Fills.ToArray().Sum(f => Math.Abs(f.Quantity)) <= 0.05 * bar.Volume * (1 + 1e-9));
            Assert.True(broker.Position != 0 || (double.IsNaN(broker.StopPrice) && double.IsNaN(broker.TargetPrice)));
            Assert.InRange(broker.PendingOrders, 0, 9);
            Assert.True(broker.PeakEquity >= broker.Equity && broker.MaxDrawdown >= broker.Drawdown);
            trader.Order();
        }
        Assert.True(trades > 300, $"only {trades} trades");
        Assert.True(trader.Broker.ExpiredOrders > 50 && trader.Broker.BarsWithoutVolume > 50);
    }

    [Fact]
    public void The_largest_drawdown_is_kept_after_a_recovery()
    {
        var book = new Book(options: new() { Equity = 1000 }).Quiet().Market(10).Quiet().Quiet(120).Quiet(90).Quiet(114);

        Assert.Equal((1200.0, 1140.0), (book.Broker.PeakEquity, book.Broker.Equity));
        Assert.Equal(0.25, book.Broker.MaxDrawdown, 12);
        Assert.Equal(0.05, book.Broker.Drawdown, 12);
        Assert.Equal((5L, 4L, 1.0), (book.Broker.Bars, book.Broker.BarsInMarket, book.Broker.PositionFraction));
    }

    [Fact]
    public void Without_costs_gross_is_net_to_the_bit()
    {
        var trader = new RandomTrader(9, new NoCosts(), new() { PendingMax = 8 });
        var trades = 0;
        for (var i = 0; i < 5000; i++)
        {
            var bar = trader.Step();
            trader.Broker.Fill(bar);
            trader.Broker.Mark(bar);
            foreach (var trade in trader.Broker.ClosedTrades)
            {
                trades++;
                Assert.Equal((0.0, trade.GrossPnl), (trade.Costs, trade.NetPnl));
            }
            Assert.Equal(trader.Broker.GrossPnl, trader.Broker.NetPnl, 1e-9 * (100_000 + trader.Broker.Turnover));
            trader.Order();
        }
        Assert.Equal(0, trader.Broker.TotalCosts);
        Assert.True(trades > 300);
    }

    [Fact]
    public void A_saved_book_continues_where_it_stopped_bit_for_bit()
    {
        var costs = new BasisPointCosts(new CryptoCostsOptions { FundingBpPerDay = 3 });
        var options = new BrokerOptions { PendingMax = 8, OrderBarsMax = 5 };
        var (undisturbed, restarted) = (new RandomTrader(11, costs, options), new RandomTrader(11, costs, options));
        var midTrade = 0;
        for (var i = 0; i < 4000; i++)
        {
            var bar = undisturbed.Step();
            restarted.Step();
            if (i % 7 == 0)
            {
                midTrade += undisturbed.Broker.OpenTrade.Side == 0 ? 0 : 1;
                var saved = Book.Saved(restarted.Broker);
                restarted.Broker = restarted.Fresh();
                var reader = new StateReader(saved);
                restarted.Broker.Load(reader);
                Assert.Equal(0, reader.Remaining);
            }
            foreach (var broker in (PaperBroker[])[undisturbed.Broker, restarted.Broker])
            {
                broker.Fill(bar);
                broker.Mark(bar);
            }
            Assert.True(undisturbed.Broker.Fills.SequenceEqual(restarted.Broker.Fills));
            Assert.True(undisturbed.Broker.ClosedTrades.SequenceEqual(restarted.Broker.ClosedTrades));
            Assert.Equal(undisturbed.Broker.Equity, restarted.Broker.Equity);
            undisturbed.Order();
            restarted.Order();
            Assert.True(Book.Saved(undisturbed.Broker).AsSpan().SequenceEqual(Book.Saved(restarted.Broker)));
        }
        Assert.True(midTrade > 100);
    }

    [Fact]
    public void A_stop_that_was_touched_and_not_filled_survives_a_restart()
    {
        var book = new Book().Quiet().Market(100, new Bracket(0.05, 0.05)).Quiet().Bar(100, 100, 94, 99, 1000);
        var restored = new PaperBroker(book.Options, new NoCosts());
        restored.Load(new StateReader(Book.Saved(book.Broker)));

        var bar = book.Next(99, 99, 99, 99);
        restored.Fill(bar);

        Assert.Equal((-50.0, OrderKind.Stop), (restored.Fills[0].Quantity, restored.Fills[0].Kind));
    }

    [Fact]
    public void A_book_is_saved_between_bars_only()
    {
        var book = new Book().Quiet();
        book.Broker.Fill(book.Next(100, 100, 100, 100));

        Assert.Throws<InvalidOperationException>(() => Book.Saved(book.Broker));
    }

    [Fact]
    public void A_damaged_book_is_refused()
    {
        var book = new Book(Book.Simple).Quiet().Market(100, new Bracket(0.05, 0.05)).Quiet(100, 1000).Limit(3, 90, new Bracket(0.1, 0)).Stop(-5, 80, reduceOnly: true);
        Damage.IsRefused(Book.Saved(book.Broker), reader => new PaperBroker(book.Options, Book.Simple).Load(reader));
    }

    [Fact]
    public void A_book_with_fewer_places_for_orders_refuses_the_state_of_a_fuller_one()
    {
        var book = new Book().Quiet().Limit(1, 90).Limit(1, 90).Limit(1, 90);

        Assert.Throws<CorruptStateException>(() => new PaperBroker(new() { PendingMax = 1 }, new NoCosts()).Load(new StateReader(Book.Saved(book.Broker))));
    }

    [Fact]
    public void Trading_allocates_nothing()
    {
        var trader = new RandomTrader(3, new BasisPointCosts(new CryptoCostsOptions()), new() { PendingMax = 8 });
        var gate = new RiskGate(new(), 100_000);
        void Run(int bars)
        {
            for (var i = 0; i < bars; i++)
            {
                var bar = trader.Step();
                trader.Broker.Fill(bar);
                trader.Broker.Mark(bar);
                var state = BookState.Of(trader.Broker);
                gate.Update(state, bar.CloseTimeUs, trader.Broker.ClosedTrades);
                gate.Decide(0.1, state);
                trader.Order();
            }
        }
        Run(500);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(5000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Trading_without_an_edge_loses_its_costs()
    {
        // Prices without drift or memory and random market orders: what is lost is what trading costs, within three standard errors.
        const int Books = 400, Bars = 300;
        const double Quantity = 100, Bp = 1e-4;
        var costs = new BasisPointCosts(new CustomCostsOptions { TakerBp = 10, MakerBp = 10, HalfSpreadBp = 1 });
        var rng = new Rng(17, "no-edge");
        Welford net = default, gross = default;
        double charged = 0, expected = 0;
        for (var b = 0; b < Books; b++)
        {
            var broker = new PaperBroker(new(), costs);
            var price = 100.0;
            for (var t = 1; t <= Bars; t++)
            {
                var open = price;
                price *= 1 + 0.002 * rng.NextGaussian();
                var bar = new Bar(t * EventTime.HourUs, open, Math.Max(open, price) * 1.001, Math.Min(open, price) * 0.999, price, 1e9);
                broker.Fill(bar);
                broker.Mark(bar);
                if (t == Bars - 1)
                    broker.Flatten();
                else if (t < Bars && rng.NextInt32(5) == 0)
                    broker.Submit(new Order(OrderKind.Market, (rng.NextInt32(2) == 0 ? Quantity : -Quantity) * (0.5 + rng.NextDouble()) - broker.Position));
            }
            Assert.Equal(0, broker.Position);
            net.Add(broker.NetPnl);
            gross.Add(broker.GrossPnl);
            charged += broker.TotalCosts;

            // Turnover is at prices paid, which differ from the quoted ones by 1 bp.
            expected += broker.Turnover * 11 * Bp;
        }
        var standardError = net.StandardDeviation / Math.Sqrt(Books);
        Assert.InRange(net.Mean + charged / Books, -3 * standardError, 3 * standardError);
        Assert.InRange(net.Mean + expected / Books, -3 * standardError, 3 * standardError);
        Assert.Equal(expected, charged, 1e-4 * expected);
        Assert.True(net.Mean < -3 * standardError, "The costs must stand out from the noise, or this test could not fail.");
        Assert.InRange(gross.Mean, -3 * standardError, 3 * standardError);
    }
}
