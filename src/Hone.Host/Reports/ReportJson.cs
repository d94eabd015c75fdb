using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Hone.Host.Reports;

/// <summary>
/// The data of a report as the JSON that its script reads. Numbers are rounded to what a screen can show, NaN and infinity are null, times and
/// bar indexes are differences (the first one whole), regimes are one digit per point. The default encoder writes
/// <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c> and quotes as escapes, so no text can end the script element that the JSON stands in.
/// </summary>
internal static class ReportJson
{
    /// <summary>Drift alarms and adaptations that are listed, the newest; their number is told.</summary>
    public const int MarksMax = 1000;

    // Significant digits. Prices keep one more: five decimals of an exchange rate above 10.
    private const string Price = "G7";
    private const string Number = "G6";
    private const string Rate = "G4";

    /// <summary>The JSON with the most detail that fits.</summary>
    /// <param name="report">The report.</param>
    /// <param name="bytesMax">Limit; exceeded only when even the least detail does not fit.</param>
    public static ReadOnlyMemory<byte> Write(RunReport report, int bytesMax)
    {
        var ladder = ReportDetail.Ladder;
        var step = 0;
        while (step < ladder.Count - 1 && ladder[step].EstimateBytes(report) > bytesMax)
            step++;
        while (true)
        {
            var json = Write(report, ladder[step]);
            if (json.Length <= bytesMax || ++step == ladder.Count)
                return json;
        }
    }

    /// <summary>The JSON at this detail.</summary>
    public static ReadOnlyMemory<byte> Write(RunReport report, ReportDetail detail)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 20);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("command", report.Command);
        json.WriteString("config", report.ConfigJson);
        Texts(json, "provenance", report.Provenance);
        if (report.Portfolio is { } portfolio)
            Portfolio(json, portfolio, detail);
        json.WriteStartArray("symbols");
        foreach (var market in report.Symbols)
            Market(json, market, detail);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Portfolio(Utf8JsonWriter json, PortfolioReport portfolio, ReportDetail detail)
    {
        var sampling = new Sampling(portfolio.TimesMs.Count, ReportDetail.Stride(portfolio.TimesMs.Count, detail.PointsMax));
        json.WriteStartObject("portfolio");
        Differences(json, "times", portfolio.TimesMs, sampling);
        Series(json, "equity", portfolio.Equity, sampling, Number);
        Series(json, "buy_and_hold", portfolio.BuyAndHold, sampling, Number);
        Series(json, "rules_only", portfolio.RulesOnly, sampling, Number);
        json.WriteString("note", portfolio.Note);
        json.WriteEndObject();
    }

    private static void Market(Utf8JsonWriter json, SymbolReport market, ReportDetail detail)
    {
        var points = market.TimesMs.Count;
        var sampling = new Sampling(points, ReportDetail.Stride(points, detail.PointsMax));
        // Members are sampled on buckets of buckets, so that the script finds a member's point from a point by one division.
        var memberStride = ReportDetail.Stride(sampling.Buckets, detail.MemberPointsMax);
        var memberSampling = new Sampling(points, sampling.Stride * memberStride);

        json.WriteStartObject();
        json.WriteString("symbol", market.Symbol);
        json.WriteString("verdict", market.Verdict);
        json.WriteString("verdict_kind", market.VerdictKind);
        json.WriteStartArray("figures");
        foreach (var figure in market.Figures)
        {
            json.WriteStartArray();
            json.WriteStringValue(figure.Group);
            json.WriteStringValue(figure.Name);
            json.WriteStringValue(figure.Value);
            json.WriteStringValue(figure.Note);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        Lines(json, "warnings", market.Warnings);
        Lines(json, "leak_suspicions", market.LeakSuspicions);
        Lines(json, "leak_probes", market.LeakProbes);
        json.WriteString("cost_model", market.CostModel);

        json.WriteNumber("points_given", points);
        json.WriteNumber("stride", sampling.Stride);
        Differences(json, "times", market.TimesMs, sampling);
        Differences(json, "bars", market.BarIndexes, sampling);
        Series(json, "open", market.Open, sampling, Price, Pick.First);
        Series(json, "high", market.High, sampling, Price, Pick.Highest);
        Series(json, "low", market.Low, sampling, Price, Pick.Lowest);
        Series(json, "close", market.Close, sampling, Price);
        Digits(json, "trend", market.Trend, sampling);
        Digits(json, "volatility", market.Volatility, sampling);
        Series(json, "equity", market.Equity, sampling, Number);
        Series(json, "buy_and_hold", market.BuyAndHold, sampling, Number);
        Series(json, "rules_only", market.RulesOnly, sampling, Number);
        Series(json, "drawdown", market.Drawdown, sampling, Rate, Pick.Lowest);
        Series(json, "exposure", market.Exposure, sampling, Rate);

        json.WriteStartObject("random");
        Values(json, "net_profits", market.Random.NetProfits, Number);
        Value(json, "own", market.Random.Own, Number);
        Value(json, "p_value", market.Random.PValue ?? double.NaN, Number);
        json.WriteEndObject();

        json.WriteNumber("member_stride", memberStride);
        json.WriteStartArray("members");
        foreach (var member in market.Members)
        {
            json.WriteStartObject();
            json.WriteString("name", member.Name);
            json.WriteBoolean("baseline", member.Baseline);
            Series(json, "accuracy", member.Accuracy, memberSampling, Rate);
            Series(json, "log_loss", member.LogLoss, memberSampling, Rate);
            Series(json, "weight", member.Weight, memberSampling, Rate);
            Series(json, "threshold", member.Threshold, memberSampling, Rate);
            json.WriteEndObject();
        }
        json.WriteEndArray();

        Marks(json, market);
        Calibration(json, market);
        HeatMap(json, market.FeatureDrift);
        Amounts(json, "contributions", market.Contributions);
        json.WriteStartArray("months");
        foreach (var month in market.Months)
        {
            json.WriteStartArray();
            json.WriteNumberValue(month.Year);
            json.WriteNumberValue(month.Month);
            Value(json, month.Net, Number);
            Value(json, month.Gross, Number);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        Trades(json, market, detail.TradesMax);
        Amounts(json, "costs", market.Costs);
        Texts(json, "data_quality", market.DataQuality);
        json.WriteEndObject();
    }

    private static void Marks(Utf8JsonWriter json, SymbolReport market)
    {
        json.WriteNumber("drift_count", market.Drifts.Count);
        json.WriteStartArray("drifts");
        for (var i = Math.Max(0, market.Drifts.Count - MarksMax); i < market.Drifts.Count; i++)
        {
            var drift = market.Drifts[i];
            json.WriteStartArray();
            json.WriteNumberValue(drift.TimeMs);
            json.WriteNumberValue(drift.Bar);
            json.WriteStringValue(drift.Member);
            json.WriteStringValue(drift.Detector);
            Value(json, drift.Statistic, Number);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteNumber("adaptation_count", market.Adaptations.Count);
        json.WriteStartArray("adaptations");
        for (var i = Math.Max(0, market.Adaptations.Count - MarksMax); i < market.Adaptations.Count; i++)
        {
            var adaptation = market.Adaptations[i];
            json.WriteStartArray();
            json.WriteNumberValue(adaptation.TimeMs);
            json.WriteNumberValue(adaptation.Bar);
            json.WriteStringValue(adaptation.Member);
            json.WriteStringValue(adaptation.Action);
            json.WriteStringValue(adaptation.Cause);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private static void Calibration(Utf8JsonWriter json, SymbolReport market)
    {
        json.WriteStartArray("reliability");
        foreach (var bin in market.Reliability)
        {
            json.WriteStartArray();
            Value(json, bin.Predicted, Number);
            Value(json, bin.Observed, Number);
            json.WriteNumberValue(bin.Count);
            Value(json, bin.Low, Number);
            Value(json, bin.High, Number);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        Value(json, "ece", market.Ece, Number);
        Value(json, "ece_null", market.EceNull, Number);
    }

    private static void HeatMap(Utf8JsonWriter json, DriftHeatMap map)
    {
        json.WriteStartObject("feature_drift");
        Lines(json, "features", map.Features);
        json.WriteStartArray("times");
        foreach (var time in map.TimesMs)
            json.WriteNumberValue(time);
        json.WriteEndArray();
        json.WriteStartArray("ratios");
        foreach (var row in map.Ratios)
        {
            json.WriteStartArray();
            foreach (var ratio in row)
                Value(json, ratio, "G3");
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Trades(Utf8JsonWriter json, SymbolReport market, int tradesMax)
    {
        json.WriteNumber("trade_count", market.TradeCount);
        json.WriteStartArray("trades");
        for (var i = Math.Max(0, market.Trades.Count - tradesMax); i < market.Trades.Count; i++)
        {
            var trade = market.Trades[i];
            json.WriteStartArray();
            json.WriteNumberValue(trade.Id);
            json.WriteStringValue(trade.Side);
            json.WriteNumberValue(trade.OpenedMs);
            json.WriteNumberValue(trade.ClosedMs);
            Value(json, trade.EntryPrice, Price);
            Value(json, trade.ExitPrice, Price);
            json.WriteNumberValue(trade.Bars);
            Value(json, trade.NetPnl, Number);
            Value(json, trade.Costs, Number);
            Value(json, trade.Return, Number);
            json.WriteStringValue(trade.Exit);
            json.WriteStringValue(trade.Votes);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private static void Lines(Utf8JsonWriter json, string name, IReadOnlyList<string> lines)
    {
        json.WriteStartArray(name);
        foreach (var line in lines)
            json.WriteStringValue(line);
        json.WriteEndArray();
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartArray(name);
        foreach (var (key, value) in pairs)
        {
            json.WriteStartArray();
            json.WriteStringValue(key);
            json.WriteStringValue(value);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private static void Amounts(Utf8JsonWriter json, string name, IReadOnlyList<KeyValuePair<string, double>> pairs)
    {
        json.WriteStartArray(name);
        foreach (var (key, value) in pairs)
        {
            json.WriteStartArray();
            json.WriteStringValue(key);
            Value(json, value, Number);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private static void Differences(Utf8JsonWriter json, string name, IReadOnlyList<long> values, Sampling sampling)
    {
        json.WriteStartArray(name);
        var previous = 0L;
        for (var b = 0; b < sampling.Buckets && values.Count > 0; b++)
        {
            var value = values[Math.Min(sampling.Last(b), values.Count - 1)];
            json.WriteNumberValue(value - previous);
            previous = value;
        }
        json.WriteEndArray();
    }

    private static void Digits(Utf8JsonWriter json, string name, IReadOnlyList<int> values, Sampling sampling)
    {
        var digits = new char[sampling.Buckets];
        for (var b = 0; b < digits.Length; b++)
        {
            var i = sampling.Last(b);
            digits[b] = i < values.Count && values[i] is >= 0 and <= 9 ? (char)('0' + values[i]) : ' ';
        }
        json.WriteString(name, digits);
    }

    private static void Series(Utf8JsonWriter json, string name, IReadOnlyList<double> values, Sampling sampling, string format, Pick pick = Pick.Last)
    {
        json.WriteStartArray(name);
        for (var b = 0; b < sampling.Buckets; b++)
            Value(json, sampling.Value(values, b, pick), format);
        json.WriteEndArray();
    }

    private static void Values(Utf8JsonWriter json, string name, IReadOnlyList<double> values, string format)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            Value(json, value, format);
        json.WriteEndArray();
    }

    private static void Value(Utf8JsonWriter json, string name, double value, string format)
    {
        json.WritePropertyName(name);
        Value(json, value, format);
    }

    private static void Value(Utf8JsonWriter json, double value, string format)
    {
        if (!double.IsFinite(value))
        {
            json.WriteNullValue();
            return;
        }
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, format, CultureInfo.InvariantCulture);
        json.WriteRawValue(text[..length], skipInputValidation: true);
    }

    /// <summary>What stands for the points of a bucket.</summary>
    private enum Pick
    {
        Last,
        First,
        Highest,
        Lowest,
    }

    /// <summary>Cuts a series into buckets of equal size, the last one perhaps shorter.</summary>
    private readonly record struct Sampling(int Points, int Stride)
    {
        public int Buckets => (Points + Stride - 1) / Stride;

        public int Last(int bucket) => Math.Min((bucket + 1) * Stride, Points) - 1;

        public double Value(IReadOnlyList<double> values, int bucket, Pick pick)
        {
            var (first, last) = (bucket * Stride, Math.Min(Last(bucket), values.Count - 1));
            if (first > last)
                return double.NaN;
            if (pick == Pick.First)
                return values[first];
            if (pick == Pick.Last)
                return values[last];
            var best = double.NaN;
            for (var i = first; i <= last; i++)
                if (double.IsNaN(best) || (pick == Pick.Highest ? values[i] > best : values[i] < best))
                    best = values[i];
            return best;
        }
    }
}
