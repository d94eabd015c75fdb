using Hone.Host.Reports;

namespace Hone.Host.Tests.Reports;

/// <summary>Reports of made-up runs, the same at every call: a market with regimes, a weak edge that drifts away and is found again.</summary>
internal static class SampleReport
{
    private const long HourMs = 3_600_000;
    private static readonly long StartMs = new DateTimeOffset(2023, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>One market.</summary>
    public static RunReport Of(int points = 4096, int members = 5, int trades = 300) => Of([Market("BTCUSDT", 7, points, members, trades)]);

    /// <summary>Several markets with a portfolio.</summary>
    public static RunReport OfSeveral(int markets, int points = 4096, int members = 5, int trades = 300)
    {
        var all = Enumerable.Range(0, markets).Select(i => Market(i switch { 0 => "BTCUSDT", 1 => "EURUSD", 2 => "SPY", _ => $"SYM{i}" }, 7 + i, points, members, trades)).ToList();
        double[] Mean(Func<SymbolReport, IReadOnlyList<double>> series) => [.. Enumerable.Range(0, points).Select(i => all.Average(m => series(m)[i]))];
        return Of(all) with { Portfolio = new(all[0].TimesMs, Mean(m => m.Equity), Mean(m => m.BuyAndHold), Mean(m => m.RulesOnly), "no shared limits") };
    }

    /// <summary>A report of these markets.</summary>
    public static RunReport Of(IReadOnlyList<SymbolReport> markets) => new()
    {
        Symbols = markets,
        Command = "hone run --data BTCUSDT_1h.csv --seed 7 --strategy ensemble",
        ConfigJson = """{"strategy":"ensemble","label":{"kind":"direction","bars":12},"panel":["logistic-regression","passive-aggressive","no-change"],"initial_threshold":0.60,"adjustment_rate":0.01}""",
        Provenance =
        [
            new("version", "0.1.0"), new("seed", "7"), new("config_hash", "9f2c41d07be8a356"), new("data_hash", "51c3a9e2f04d7b8811c3a9e2f04d7b88"),
            new("state_hash", "e81b6d92a7704c3fb81b6d92a7704c3f"), new("runtime", ".NET 10.0.1, linux-x64"), new("CPU", "16 cores, AVX-512"),
        ],
    };

    /// <summary>A market with nothing in it.</summary>
    public static SymbolReport Empty(string symbol = "NOTHING") => new()
    {
        Symbol = symbol, Verdict = "Not enough data: there were no bars.", VerdictKind = "not-enough-data", Figures = [], Warnings = [], LeakSuspicions = [], LeakProbes = [],
        CostModel = "crypto: 10 bp taker", TimesMs = [], BarIndexes = [], Open = [], High = [], Low = [], Close = [], Trend = [], Volatility = [], Equity = [], BuyAndHold = [], RulesOnly = [],
        Drawdown = [], Exposure = [], Random = new([], double.NaN, null), Members = [], Drifts = [], Adaptations = [], Reliability = [], Ece = double.NaN, EceNull = double.NaN,
        FeatureDrift = new([], [], []), Contributions = [], Months = [], Trades = [], TradeCount = 0, Costs = [], DataQuality = [],
    };

    /// <summary>A market whose every number is missing.</summary>
    public static SymbolReport AllMissing(int points)
    {
        double[] missing = [.. Enumerable.Repeat(double.NaN, points)];
        long[] times = [.. Enumerable.Range(0, points).Select(i => StartMs + i * HourMs)];
        return Empty("MISSING") with
        {
            TimesMs = times, BarIndexes = [.. Enumerable.Range(0, points)], Open = missing, High = missing, Low = missing, Close = missing, Trend = new int[points], Volatility = new int[points],
            Equity = missing, BuyAndHold = missing, RulesOnly = missing, Drawdown = missing, Exposure = missing, Random = new(missing, double.NaN, double.NaN),
            Members = [new("panel", false, missing, missing, missing, missing), new("no-change", true, missing, missing, missing, missing)],
            Drifts = [new(StartMs, 0, "panel", "adwin", double.PositiveInfinity)], Adaptations = [new(StartMs, 0, "panel", "swap", "drift")],
            Reliability = [new(double.NaN, double.NaN, 0, double.NaN, double.NaN)], FeatureDrift = new(["rsi_14"], times, [missing]),
            Contributions = [new("rules", double.NaN)], Months = [new(2023, 3, double.NaN, double.NaN)], TradeCount = 1, Costs = [new("fees", double.NaN)],
            Trades = [new(1, "long", StartMs, StartMs, double.NaN, double.NaN, 0, double.NaN, double.NaN, double.NaN, "stop", "")],
        };
    }

    /// <summary>A market as a full run would leave it.</summary>
    public static SymbolReport Market(string symbol, int seed, int points, int members, int trades)
    {
        var random = new Random(seed);
        var (times, bars) = (new long[points], new long[points]);
        var (open, high, low, close) = (new double[points], new double[points], new double[points], new double[points]);
        var (trend, volatility) = (new int[points], new int[points]);
        var (equity, hold, rules, drawdown, exposure) = (new double[points], new double[points], new double[points], new double[points], new double[points]);

        var (price, regime, level, own, rule, top) = (23_150.0, 0, 0, 1.0, 1.0, 1.0);
        for (var i = 0; i < points; i++)
        {
            if (random.NextDouble() < 0.006)
                regime = random.Next(3);
            if (random.NextDouble() < 0.01)
                level = random.Next(3);
            var sigma = level switch { 1 => 0.013, 2 => 0.004, _ => 0.0075 };
            var move = Normal(random) * sigma + (regime == 1 ? 0.0011 : regime == 2 ? -0.0009 : 0);
            open[i] = price;
            price *= 1 + move;
            close[i] = price;
            high[i] = Math.Max(open[i], price) * (1 + Math.Abs(Normal(random)) * sigma * 0.5);
            low[i] = Math.Min(open[i], price) * (1 - Math.Abs(Normal(random)) * sigma * 0.5);
            (trend[i], volatility[i]) = (regime, level);
            times[i] = StartMs + i * 4 * HourMs;
            bars[i] = i * 4L + 3;
            exposure[i] = Math.Round(Math.Sin(i * 0.031 + seed) * Math.Sin(i * 0.0071), 1) * 0.25;
            var broken = i > points * 0.55 && i < points * 0.66;
            own *= 1 + exposure[i] * move + (broken ? -0.00006 : 0.00007) * Math.Abs(exposure[i]) * 4;
            rule *= 1 + exposure[i] * move - 0.00001;
            top = Math.Max(top, own);
            (equity[i], hold[i], rules[i], drawdown[i]) = (own, price / 23_150, rule, own / top - 1);
        }
        var newest = points > 0 ? points - 1 : 0;
        string Signed(double v) => (v > 0 ? "+" : "") + (v * 100).ToString("0.00") + "%";
        var net = points > 0 ? own - 1 : 0;

        double[] shifts = [.. Enumerable.Range(0, 200).Select(_ => Normal(random) * 0.085 - 0.012).Order()];
        var shifted = new RandomBaseline(shifts, net, (shifts.Count(v => v >= net) + 1.0) / 201);

        return new()
        {
            Symbol = symbol,
            Verdict = "A small edge over no-change and over luck, most of it earned by the models; it disappeared for two months after the drift of early 2024 and came back.",
            VerdictKind = "edge",
            Figures =
            [
                new("Result", "net_profit", Signed(net), "95% interval −2.1% to +19.8%"), new("Result", "sharpe", "1.12", "95% interval 0.21 to 2.03"), new("Result", "sortino", "1.58"),
                new("Result", "calmar", "1.31"), new("Result", "max_drawdown", Signed(points > 0 ? drawdown.Min() : 0), "lasted 47 days"), new("Result", "turnover", "38.2", "a year"), new("Result", "exposure", "11.4%"),
                new("Trades", "trades", trades.ToString()), new("Trades", "win_rate", "53.7%"), new("Trades", "profit_factor", "1.21"), new("Trades", "expectancy", "+0.04%", "of equity per trade"),
                new("Evidence", "probabilistic_sharpe", "0.981"), new("Evidence", "deflated_sharpe", "0.874", "14 tries in the ledger"), new("Evidence", "random_same_turnover", "p = 0.015"), new("Evidence", "trials", "14"),
                new("Learning", "accuracy", "52.6%", "no-change 50.4%, majority 50.9%"), new("Learning", "kappa", "0.049"), new("Learning", "kappa_temporal", "+0.044"), new("Learning", "log_loss", "0.6908", "no-change 0.6931"),
                new("Learning", "brier", "0.2489"), new("Learning", "ece", "0.0112", "under 0.0135 when calibrated"), new("Learning", "ic", "0.041"), new("Learning", "panel_acted", "18.3%"),
                new("Baselines", "buy_and_hold", Signed(points > 0 ? hold[newest] - 1 : 0)), new("Baselines", "rules_only", Signed(points > 0 ? rules[newest] - 1 : 0)), new("Baselines", "ml_contribution", "+6.31%"),
                new("Speed", "bars", (points * 4).ToString("N0")), new("Speed", "bars_per_second", "238,114"), new("Speed", "seconds", "0.069"),
            ],
            Warnings = ["The panel passed its threshold in 18.3% of decisions.", "Funding is not known before 2023-06-01 and was charged at 1 bp per 8 hours."],
            LeakSuspicions = [], LeakProbes = [],
            CostModel = "crypto: 10 bp taker, 1 bp half-spread, slippage by range",
            TimesMs = times, BarIndexes = bars, Open = open, High = high, Low = low, Close = close, Trend = trend, Volatility = volatility,
            Equity = equity, BuyAndHold = hold, RulesOnly = rules, Drawdown = drawdown, Exposure = exposure,
            Random = shifted,
            Members = MembersOf(random, points, members),
            Drifts = [.. Enumerable.Range(0, 14).Select(k => points * (k + 1) / 16).Where(i => i < points).Select((i, k) => new DriftMark(times[i], bars[i], Name(k % Math.Max(1, members)), k % 2 == 0 ? "adwin" : "page-hinkley", 3.1 + k * 0.37))],
            Adaptations = [.. Enumerable.Range(0, 14).Select(k => points * (k + 1) / 16 + 6).Where(i => i < points).Select((i, k) => new AdaptationMark(times[i], bars[i], Name(k % Math.Max(1, members)), k % 3 == 0 ? "swap" : "rate-boost", "drift"))],
            Reliability = [.. Enumerable.Range(0, 10).Select(b =>
            {
                var predicted = 0.43 + b * 0.0155;
                var half = 0.012 + Math.Abs(b - 4.5) * 0.006;
                return new ReliabilityBin(predicted, predicted + Normal(random) * half * 0.7, (long)(3000 * Math.Exp(-Math.Pow((b - 4.5) / 2.4, 2))), predicted - half, predicted + half);
            })],
            Ece = 0.0112, EceNull = 0.0135,
            FeatureDrift = HeatMap(random, times),
            Contributions = [new("rules_only", 0.021), new("Vetoed signals", 0.048), new("Sizing by conviction", 0.034), new("Extra costs", -0.0189), new("Timing of exits", -0.0004)],
            Months = [.. Enumerable.Range(0, Math.Min(24, points / 120)).Select(k => { var m = Normal(random) * 0.021 + 0.006; return new MonthReturn(2023 + (k + 2) / 12, (k + 2) % 12 + 1, m, m + 0.0035); })],
            Trades = TradesOf(random, times, open, high, low, trades), TradeCount = trades,
            Costs = [new("fees", 2_311.40), new("spread and slippage", 874.02), new("carry", 119.9)],
            DataQuality = [new("Bars", (points * 4).ToString("N0")), new("Gaps", "3, the longest 6 bars at 2023-09-14 02:00"), new("Duplicates dropped", "0"), new("Stamp", "start of the bar, moved to its close")],
        };
    }

    private static string Name(int k) => k switch { 0 => "logistic-regression", 1 => "passive-aggressive", 2 => "hoeffding-adaptive-tree", 3 => "mlp", 4 => "adaptive-random-forest", _ => $"learner-{k + 1}" };

    private static List<MemberSeries> MembersOf(Random random, int points, int members)
    {
        double[] Walk(double start, double pull, double step, int warmUp = 0)
        {
            var (values, x) = (new double[points], start);
            for (var i = 0; i < points; i++)
            {
                x += (pull - x) * 0.01 + Normal(random) * step;
                values[i] = i < warmUp ? double.NaN : x;
            }
            return values;
        }
        double[] missing = [.. Enumerable.Repeat(double.NaN, points)];
        List<MemberSeries> all = [new("panel", false, Walk(0.5, 0.527, 0.0015, 60), Walk(0.693, 0.6905, 0.00025, 60), missing, missing)];
        for (var k = 0; k < members; k++)
            all.Add(new(Name(k), false, Walk(0.5, 0.521 - k * 0.002, 0.002, 60), Walk(0.694, 0.6915 + k * 0.0006, 0.0004, 60), Walk(1.0 / members, (members - k * 0.5) / members / members, 0.006), Walk(0.6, 0.58 + k * 0.006, 0.0015)));
        all.Add(new("no-change", true, Walk(0.5, 0.504, 0.0012, 60), Walk(0.6931, 0.6931, 0.00005, 60), missing, missing));
        all.Add(new("majority", true, Walk(0.5, 0.508, 0.0008, 60), Walk(0.6931, 0.6929, 0.00005, 60), missing, missing));
        return all;
    }

    private static DriftHeatMap HeatMap(Random random, long[] times)
    {
        string[] features = ["realized_vol_24", "garman_klass_48", "volume_z_20", "atr_14", "rsi_14", "macd_hist", "returns_1", "returns_12", "bollinger_width_20", "stochastic_k", "adx_14", "obv_slope_20", "hour_sin", "skew_50", "autocorrelation_5", "gap"];
        var tests = Math.Min(120, times.Length);
        long[] when = [.. Enumerable.Range(0, tests).Select(j => times[(j + 1) * times.Length / tests - 1])];
        return new(features, when, [.. features.Select((_, row) => (IReadOnlyList<double>)[.. Enumerable.Range(0, tests).Select(j =>
            Math.Abs(Normal(random)) * 0.35 + (row < 5 && j % 37 is > 24 and < 24 + 10 ? 1.9 - row * 0.3 : 0.1))])]);
    }

    private static List<TradeRow> TradesOf(Random random, long[] times, double[] open, double[] high, double[] low, int trades)
    {
        List<TradeRow> all = [];
        for (var k = 0; k < trades && times.Length > 1; k++)
        {
            var entry = Math.Min(times.Length - 2, (int)((k + 0.2) * times.Length / trades));
            var exit = Math.Min(times.Length - 1, entry + 1 + random.Next(10));
            var side = random.NextDouble() < 0.56 ? 1 : -1;
            var (bought, sold) = (open[entry], low[exit] + (high[exit] - low[exit]) * random.NextDouble());
            var gain = side * (sold / bought - 1) - 0.0022;
            all.Add(new(
                k + 1, side > 0 ? "long" : "short", times[entry], times[exit], bought, sold, (exit - entry) * 4, gain * 10_000, 22, gain,
                gain < -0.01 ? "stop" : gain > 0.012 ? "target" : k % 5 == 0 ? "horizon" : "signal",
                $"rule {(side > 0 ? "+0.60" : "-0.60")} (0.71) · panel {0.5 + side * 0.06:0.00} · logistic-regression 0.57 w 0.31 τ 0.60 · passive-aggressive 0.52 w 0.22 τ 0.61 · mlp 0.58 w 0.27 τ 0.59"));
        }
        return all;
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
