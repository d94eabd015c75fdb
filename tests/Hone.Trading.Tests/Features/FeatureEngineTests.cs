using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Features;
using Hone.Trading.Features.Indicators;
using Hone.Trading.Market;

namespace Hone.Trading.Tests.Features;

public sealed class FeatureEngineTests
{
    public static TheoryData<string> Blocks => [.. TradingCatalog.BuiltIn().Features.Select(e => e.Name)];

    [Fact]
    public void The_catalog_has_the_features_that_rules_are_written_against()
    {
        var schema = MadeBars.Engine().Schema;
        Assert.InRange(schema.Features.Count, 60, 80);
        foreach (var name in (string[])["rsi_14", "macd_hist", "ema_cross", "roc_12", "donchian_position_20", "bollinger_z_20", "atr_14",
                     "ewma_volatility", "adx_14", "return_1", "return_12"])
            Assert.Equal(name, schema.Features[schema.IndexOf(name)].Name);
        Assert.All(schema.Features, f =>
        {
            Assert.Matches("^[a-z][a-z0-9]*(_[a-z0-9]+)*$", f.Name);
            Assert.NotEmpty(f.Source);
            Assert.InRange(f.WarmUpBars, 1, 250);
        });
    }

    [Fact]
    public void Every_feature_has_its_first_value_exactly_at_its_warm_up()
    {
        var engine = MadeBars.Engine();
        var first = new int[engine.Schema.Features.Count];
        var bars = MadeBars.Walk(600);
        // One bar late, so that the first higher bar is entered in its middle: the longest warm-up.
        for (var t = 0; t + 1 < bars.Length; t++)
        {
            engine.Update(bars[t + 1], default);
            for (var i = 0; i < first.Length; i++)
                if (first[i] == 0 && !double.IsNaN(engine.Values[i]))
                    first[i] = t + 1;
        }
        for (var i = 0; i < first.Length; i++)
        {
            var info = engine.Schema.Features[i];
            if (info.Name == "fractal_position")
                Assert.InRange(first[i], 15, info.WarmUpBars);
            else if (info.Family == "higher-timeframe")
                Assert.InRange(first[i], info.WarmUpBars - 24, info.WarmUpBars);
            else
                Assert.True(info.WarmUpBars == first[i], $"{info.Name} says {info.WarmUpBars} and has its first value at bar {first[i]}");
        }
    }

    [Fact]
    public void Nothing_is_missing_after_the_warm_up_on_normal_bars()
    {
        var engine = MadeBars.Engine();
        foreach (var bar in MadeBars.Walk(5000))
        {
            engine.Update(bar, default);
            Assert.Equal(engine.Bars >= engine.WarmUpBars, engine.IsReady);
        }
        Assert.All(engine.MissingBars.ToArray(), missing => Assert.Equal(0, missing));
        Assert.Empty(engine.NeverReady);
        Assert.All(engine.Values.ToArray(), value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void The_ready_mask_says_which_values_exist()
    {
        var engine = MadeBars.Engine();
        foreach (var bar in MadeBars.Walk(300))
        {
            engine.Update(bar, default);
            for (var i = 0; i < engine.Values.Length; i++)
                Assert.Equal(!double.IsNaN(engine.Values[i]), (engine.ReadyMask[i / 64] >> (i % 64) & 1) == 1);
        }
    }

    [Fact]
    public void A_market_without_volume_has_no_volume_features_and_the_engine_says_so()
    {
        var engine = MadeBars.Engine();
        foreach (var bar in MadeBars.Walk(2000, volume: 0))
            engine.Update(bar, default);
        var volume = engine.Schema.Features.Where(f => f.Family == "volume").Select(f => f.Name);
        Assert.Equal(volume, engine.NeverReady);
        Assert.Equal(2000 - 20 + 1, engine.MissingBars[engine.Schema.IndexOf("cmf_20")]);
        Assert.True(engine.IsReady);
    }

    [Fact]
    public void Prices_that_never_move_have_no_oscillators()
    {
        var engine = MadeBars.Engine();
        for (var i = 0; i < 500; i++)
            engine.Update(MadeBars.Flat(i, 42), default);
        foreach (var name in (string[])["rsi_14", "rsi_2", "macd_hist", "ema_cross", "stoch_k_14", "cci_20", "cmo_14", "tsi_25_13", "adx_14", "di_14", "bollinger_z_20",
                     "donchian_position_20", "candle_body", "gap", "regression_t_20", "skewness_60", "kurtosis_60", "autocorrelation_60", "variance_ratio_4_60", "hurst_100",
                     "efficiency_ratio_20", "permutation_entropy_60", "volatility_ratio_10_60", "vol_of_vol_50", "scaled_return_1", "higher_4_rsi_7"])
            Assert.True(double.IsNaN(engine.Values[engine.Schema.IndexOf(name)]), name);
        foreach (var name in (string[])["return_1", "atr_14", "ewma_volatility", "parkinson_20", "yang_zhang_20", "bollinger_bandwidth_20", "streak"])
            Assert.Equal(0, engine.Values[engine.Schema.IndexOf(name)]);
    }

    [Theory]
    [InlineData(1e-8, 1000)]
    [InlineData(1e8, 1000)]
    [InlineData(100, 1e12)]
    [InlineData(100, 1e-9)]
    public void Features_do_not_know_the_price_level_or_the_unit_of_volume(double price, double volume)
    {
        var usual = MadeBars.Engine();
        var other = MadeBars.Engine();
        foreach (var bar in MadeBars.Walk(1000))
        {
            usual.Update(bar, default);
            var p = price / 100;
            var v = volume / 1000;
            other.Update(new(bar.CloseTimeUs, bar.Open * p, bar.High * p, bar.Low * p, bar.Close * p, bar.Volume * v), default);
        }
        for (var i = 0; i < usual.Values.Length; i++)
            Assert.True(Math.Abs(usual.Values[i] - other.Values[i]) <= 1e-8 * Math.Max(1, Math.Abs(usual.Values[i])),
                $"{usual.Schema.Features[i].Name}: {usual.Values[i]} and {other.Values[i]}");
    }

    [Theory]
    [InlineData(1e-8)]
    [InlineData(100)]
    [InlineData(1e8)]
    public void No_market_makes_a_value_infinite_or_breaks_its_bounds(double price)
    {
        var engine = MadeBars.Engine();
        var bars = MadeBars.Walk(3000, seed: 11, price);
        var t = 0;
        for (var i = 0; i < bars.Length; i++)
        {
            var bar = bars[i];
            var factor = 1.0;
            // Stretches of normal bars, of flat ones, without volume, and jumps by ten up and down.
            if (i / 300 % 2 == 1)
                factor = 10;
            if (i % 500 is > 100 and < 240)
                bar = MadeBars.Flat(0, bars[i - i % 500].Close, i % 3 == 0 ? 5 : 0);
            else if (i % 50 > 25)
                bar = bar with { Volume = 0 };
            bar = new(MadeBars.StartUs + ++t * MadeBars.HourUs, bar.Open * factor, bar.High * factor, bar.Low * factor, bar.Close * factor, bar.Volume);
            engine.Update(bar, default);
            Check(engine);
        }

        static void Check(FeatureEngine engine)
        {
            for (var i = 0; i < engine.Values.Length; i++)
            {
                var (name, value) = (engine.Schema.Features[i].Name, engine.Values[i]);
                Assert.True(double.IsNaN(value) || Math.Abs(value) <= 500, $"{name} is {value}");
                if (name is "rsi_14" or "rsi_2" or "stoch_k_14" or "mfi_14" or "adx_14")
                    Assert.False(value < -1e-9 || value > 100 + 1e-9, $"{name} is {value}");
                if (name is "cmf_20" or "obv_slope_20" or "force_13" or "autocorrelation_60" or "candle_body")
                    Assert.False(Math.Abs(value) > 1 + 1e-9, $"{name} is {value}");
                if (name is "parkinson_20" or "garman_klass_20" or "rogers_satchell_20" or "yang_zhang_20" or "ewma_volatility" or "atr_14")
                    Assert.False(value < 0, $"{name} is {value}");
            }
        }
    }

    [Fact]
    public void The_blocks_themselves_never_write_an_infinity()
    {
        foreach (var entry in TradingCatalog.BuiltIn().Features)
        {
            var block = entry.Create(MadeBars.Hourly);
            var values = new double[block.Features.Count];
            var bars = MadeBars.Walk(800, seed: 3);
            for (var i = 0; i < bars.Length; i++)
            {
                var bar = i % 200 > 90 ? MadeBars.Flat(i, bars[i / 200].Close * (i % 400 > 200 ? 10 : 1)) : bars[i];
                block.Update(bar, default, values);
                for (var f = 0; f < values.Length; f++)
                    Assert.False(double.IsInfinity(values[f]), block.Features[f].Name);
            }
        }
    }

    [Fact]
    public void A_block_that_writes_an_infinity_is_given_a_missing_value()
    {
        var catalog = new TradingCatalog();
        catalog.Features.Add(CatalogEntry<FeatureContext, IFeatureBlock>.Of<FeatureBlockOptions>("broken", "Divides by the extra column.", (_, _) => new Inverse()));
        var engine = new FeatureEngine(catalog, new(MadeBars.HourUs, ["x"]));
        engine.Update(MadeBars.Flat(0, 5), [4]);
        Assert.Equal(0.25, engine.Values[0]);
        engine.Update(MadeBars.Flat(1, 5), [0]);
        Assert.True(double.IsNaN(engine.Values[0]));
        Assert.Equal(0UL, engine.ReadyMask[0]);
        Assert.Equal(1, engine.MissingBars[0]);
    }

    private sealed class Inverse : IFeatureBlock
    {
        public IReadOnlyList<FeatureInfo> Features { get; } = [new("inverse_x", "mine", 1, 1, "1 / x")];

        public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values) => values[0] = 1 / extras[0];

        public void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(0, 1)]
    [InlineData(-5, 1)]
    [InlineData(100, double.NaN)]
    [InlineData(100, -1)]
    [InlineData(100, double.PositiveInfinity)]
    [InlineData(1e31, 1)]
    [InlineData(1e-31, 1)]
    [InlineData(100, 1e61)]
    public void A_bar_that_is_no_bar_has_no_features_and_leaves_no_trace(double price, double volume)
    {
        var bars = MadeBars.Walk(400);
        var clean = MadeBars.Engine();
        var dirty = MadeBars.Engine();
        foreach (var bar in bars)
        {
            clean.Update(bar, default);
            if (dirty.Bars == 250)
            {
                dirty.Update(bar with { Close = price, Volume = volume }, default);
                Assert.All(dirty.Values.ToArray(), value => Assert.True(double.IsNaN(value)));
                Assert.Equal((250L, 1L), (dirty.Bars, dirty.UnusableBars));
            }
            dirty.Update(bar, default);
        }
        Assert.Equal(MadeBars.Bits(clean.Values), MadeBars.Bits(dirty.Values));
        var restored = MadeBars.Engine();
        restored.Load(new(Saved(dirty)));
        Assert.Equal(1, restored.UnusableBars);
    }

    [Fact]
    public void Jumps_from_the_lowest_to_the_highest_price_leave_a_state_that_can_be_loaded()
    {
        var engine = MadeBars.Engine();
        for (var i = 0; i < 900; i++)
        {
            var price = i % 7 == 0 ? FeatureEngine.PriceMax : i % 7 == 3 ? FeatureEngine.PriceMin : 100 + i % 5;
            engine.Update(MadeBars.Flat(i, price, i % 11 == 0 ? FeatureEngine.VolumeMax : i % 3) with { High = Math.Min(price * 2, FeatureEngine.PriceMax) }, default);
            Assert.All(engine.Values.ToArray(), value => Assert.False(double.IsInfinity(value)));
            if (i % 90 == 89)
                MadeBars.Engine().Load(new(Saved(engine)));
        }
        Assert.Equal(900, engine.Bars);
    }

    [Fact]
    public void A_selection_is_a_view_in_its_own_order_and_warms_up_on_its_own()
    {
        var engine = new FeatureEngine(TradingCatalog.BuiltIn(), MadeBars.Hourly, ["rsi_14", "return_1", "atr_14"]);
        Assert.Equal(["rsi_14", "return_1", "atr_14"], engine.SelectedSchema.Features.Select(f => f.Name));
        Assert.Equal(15, engine.WarmUpBars);
        MadeBars.Run(engine, MadeBars.Walk(15));
        Assert.True(engine.IsReady);
        var room = new double[3];
        var chosen = engine.Selected(room);
        for (var i = 0; i < 3; i++)
            Assert.Equal(engine.Values[engine.Schema.IndexOf(engine.SelectedSchema.Features[i].Name)], chosen[i]);
        Assert.True(engine.Schema.Features.Count > 60, "agents still see everything");
    }

    [Fact]
    public void A_selection_of_everything_is_the_vector_itself()
    {
        var engine = MadeBars.Engine();
        MadeBars.Run(engine, MadeBars.Walk(10));
        Assert.True(engine.Selected(default) == engine.Values);
    }

    [Fact]
    public void Blocks_without_a_selected_feature_can_be_left_out()
    {
        var engine = new FeatureEngine(TradingCatalog.BuiltIn(), MadeBars.Hourly, ["rsi_14"], isSelectedOnly: true);
        Assert.All(engine.Schema.Features, f => Assert.Equal("momentum", f.Family));
        var bars = MadeBars.Walk(50);
        MadeBars.Run(engine, bars);
        var all = MadeBars.Engine();
        MadeBars.Run(all, bars);
        Assert.Equal(all.Values[all.Schema.IndexOf("rsi_14")], engine.Values[engine.Schema.IndexOf("rsi_14")]);
    }

    [Fact]
    public void A_selection_that_cannot_be_is_refused()
    {
        Assert.Throws<InvalidOptionsException>(() => new FeatureEngine(TradingCatalog.BuiltIn(), MadeBars.Hourly, ["rsi_15"]));
        Assert.Throws<InvalidOptionsException>(() => new FeatureEngine(TradingCatalog.BuiltIn(), MadeBars.Hourly, ["rsi_14", "rsi_14"]));
        Assert.Throws<InvalidOptionsException>(() => new FeatureEngine(TradingCatalog.BuiltIn(), MadeBars.Hourly, []));
        Assert.Throws<InvalidOptionsException>(() => new FeatureEngine(TradingCatalog.BuiltIn(), new(0, [])));
    }

    [Fact]
    public void A_batch_gives_the_bits_of_the_stream()
    {
        var bars = MadeBars.Walk(700);
        bars[300] = MadeBars.Flat(300, 77);
        bars[400] = bars[400] with { High = double.NaN };
        string[] selected = ["hurst_100", "rsi_14", "higher_24_trend_8", "month_end_distance"];
        var table = FeatureEngine.Batch(TradingCatalog.BuiltIn(), MadeBars.Hourly, bars);
        var chosen = FeatureEngine.Batch(TradingCatalog.BuiltIn(), MadeBars.Hourly, bars, default, selected);
        Assert.Equal(selected, chosen.Schema.Features.Select(f => f.Name));
        var engine = new FeatureEngine(TradingCatalog.BuiltIn(), MadeBars.Hourly, selected);
        var room = new double[selected.Length];
        for (var t = 0; t < bars.Length; t++)
        {
            engine.Update(bars[t], default);
            Assert.Equal(MadeBars.Bits(engine.Values), MadeBars.Bits(table[t]));
            Assert.Equal(MadeBars.Bits(engine.Selected(room)), MadeBars.Bits(chosen[t]));
        }
        Assert.Throws<ArgumentException>(() => FeatureEngine.Batch(TradingCatalog.BuiltIn(), MadeBars.Hourly, bars, [1.0]));
    }

    [Fact]
    public void Prepending_older_history_changes_nothing_once_it_is_forgotten()
    {
        // A multiple of the only stride, so that both recompute at the same bars.
        const int Older = 16 * 500, Newer = 4000;
        var bars = MadeBars.Walk(Older + Newer, seed: 31);
        // Sums that keep a trace of what has left their window would show these for ever.
        for (var i = 500; i < Older; i += 700)
            bars[i] = bars[i] with { High = bars[i].High * 1000, Volume = 1e15 };
        var longRun = MadeBars.Engine();
        MadeBars.Run(longRun, bars);
        var fresh = MadeBars.Engine();
        MadeBars.Run(fresh, bars.AsSpan(Older));
        for (var i = 0; i < fresh.Values.Length; i++)
            Assert.True(Math.Abs(longRun.Values[i] - fresh.Values[i]) <= 1e-9 * Math.Max(1, Math.Abs(fresh.Values[i])),
                $"{fresh.Schema.Features[i].Name}: {longRun.Values[i]} after the long run, {fresh.Values[i]} afresh");
    }

    [Fact]
    public void Updating_allocates_nothing()
    {
        var engine = MadeBars.Engine();
        var bars = MadeBars.Walk(4000);
        var room = new double[4];
        MadeBars.Run(engine, bars.AsSpan(0, 1000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1000; i < bars.Length; i++)
        {
            engine.Update(bars[i], default);
            engine.Selected(room);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_whole_vector_has_the_same_bits_on_every_cpu()
    {
        var engine = MadeBars.Engine();
        var hash = 14695981039346656037UL;
        foreach (var bar in MadeBars.Walk(5000, seed: 2024))
        {
            engine.Update(bar, default);
            foreach (var bits in MadeBars.Bits(engine.Values))
                hash = (hash ^ (ulong)bits) * 1099511628211UL;
        }
        Assert.Equal("bedac96643b794de", hash.ToString("x16"));
    }

    [Theory, MemberData(nameof(Blocks))]
    public void A_saved_block_continues_bit_for_bit(string name)
    {
        var entry = TradingCatalog.BuiltIn().Features[name];
        var bars = MadeBars.Walk(700);
        foreach (var cut in (int[])[0, 1, 13, 59, 117, 400])
        {
            var original = entry.Create(MadeBars.Hourly);
            var restored = entry.Create(MadeBars.Hourly);
            double[] expected = new double[original.Features.Count], found = new double[original.Features.Count];
            for (var i = 0; i < cut; i++)
                original.Update(bars[i], default, expected);
            restored.Load(new(Saved(original)));
            Assert.Equal(Saved(original), Saved(restored));
            for (var i = cut; i < cut + 300; i++)
            {
                original.Update(bars[i], default, expected);
                restored.Update(bars[i], default, found);
                Assert.Equal(MadeBars.Bits(expected), MadeBars.Bits(found));
            }
            Assert.Equal(Saved(original), Saved(restored));
        }
    }

    [Fact]
    public void A_saved_engine_continues_bit_for_bit()
    {
        var bars = MadeBars.Walk(900);
        var original = MadeBars.Engine();
        MadeBars.Run(original, bars.AsSpan(0, 431));
        var restored = MadeBars.Engine();
        // A used engine takes a state over completely.
        MadeBars.Run(restored, MadeBars.Walk(77, seed: 99));
        restored.Load(new(Saved(original)));
        Assert.Equal(MadeBars.Bits(original.Values), MadeBars.Bits(restored.Values));
        Assert.Equal(original.ReadyMask.ToArray(), restored.ReadyMask.ToArray());
        MadeBars.Run(original, bars.AsSpan(431));
        MadeBars.Run(restored, bars.AsSpan(431));
        Assert.Equal(original.Bars, restored.Bars);
        Assert.Equal(Saved(original), Saved(restored));
    }

    [Fact]
    public void A_state_of_other_features_is_refused()
    {
        var few = new FeatureEngine(TradingCatalog.BuiltIn(), MadeBars.Hourly, ["rsi_14"], isSelectedOnly: true);
        var error = Assert.Throws<CorruptStateException>(() => MadeBars.Engine().Load(new(Saved(few))));
        Assert.Contains(few.Schema.Hash, error.Message);
    }

    [Fact]
    public void A_truncated_state_is_refused_at_every_length()
    {
        var engine = MadeBars.Engine();
        MadeBars.Run(engine, MadeBars.Walk(150));
        var state = Saved(engine);
        for (var length = 0; length < state.Length; length += 97)
            Assert.Throws<CorruptStateException>(() => MadeBars.Engine().Load(new(state.AsMemory(0, length))));
        Assert.Throws<CorruptStateException>(() => MadeBars.Engine().Load(new(state.AsMemory(0, state.Length - 1))));
    }

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0x7F)]
    [InlineData(0x80)]
    public void A_damaged_state_is_refused_or_does_no_harm(byte damage)
    {
        var engine = MadeBars.Engine();
        MadeBars.Run(engine, MadeBars.Walk(150));
        var state = Saved(engine);
        var bars = MadeBars.Walk(130, seed: 5);
        var refused = 0;
        for (var at = 0; at < state.Length; at += 149)
        {
            var hostile = (byte[])state.Clone();
            hostile[at] ^= damage;
            var victim = MadeBars.Engine();
            try
            {
                victim.Load(new(hostile));
            }
            catch (CorruptStateException)
            {
                refused++;
                continue;
            }
            MadeBars.Run(victim, bars);
            Assert.All(victim.Values.ToArray(), value => Assert.False(double.IsInfinity(value)));
        }
        Assert.NotEqual(0, refused);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_window_that_holds_no_number_is_refused(double poison)
    {
        var writer = new StateWriter();
        writer.Write((ReadOnlySpan<double>)[1, poison, 3]);
        writer.Write(0);
        writer.Write(0.0);
        writer.Write(true);
        writer.Write(4.0);
        Assert.Throws<CorruptStateException>(() => new RollingSum(3).Load(new(writer.WrittenMemory)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void A_position_outside_its_window_is_refused(int position)
    {
        var writer = new StateWriter();
        writer.Write((ReadOnlySpan<double>)[1, 2, 3]);
        writer.Write(position);
        writer.Write(0.0);
        writer.Write(true);
        writer.Write(4.0);
        Assert.Throws<CorruptStateException>(() => new RollingSum(3).Load(new(writer.WrittenMemory)));
    }

    private static byte[] Saved(ISaved saved)
    {
        var writer = new StateWriter();
        saved.Save(writer);
        return writer.Written.ToArray();
    }
}
