using System.Text.Json;

namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>Reads an answer of <c>/api/v3/klines</c>: <c>[[start,"open","high","low","close","volume",end,…],…]</c>.</summary>
internal static class KlinePage
{
    private const int DepthMax = 8;

    /// <summary>Reads an answer.</summary>
    /// <param name="body">Its bytes.</param>
    /// <param name="rowsMax">Rows that were asked for; more are refused.</param>
    /// <param name="rows">Takes the rows, in the order of the answer.</param>
    /// <returns>What is wrong with it; null when nothing is. Rows before the problem were taken.</returns>
    public static string? Read(ReadOnlySpan<byte> body, int rowsMax, List<Kline> rows)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
                return "the answer is no list of candles";
            while (json.Read() && json.TokenType == JsonTokenType.StartArray)
            {
                if (rows.Count == rowsMax)
                    return $"the answer has more than the {rowsMax} candles that were asked for";
                if (!TryRow(ref json, out var row))
                    return $"candle {rows.Count + 1} of the answer is malformed";
                rows.Add(row);
            }
            return json.TokenType == JsonTokenType.EndArray && !json.Read() ? null : "the answer does not end where its list ends";
        }
        catch (JsonException)
        {
            return "the answer is no JSON, or ends early";
        }
    }

    private static bool TryRow(ref Utf8JsonReader json, out Kline row)
    {
        row = default;
        if (!json.Read() || !KlineNumber.TryTime(ref json, out var openMs)
            || !json.Read() || !KlineNumber.TryDecimal(ref json, out var open)
            || !json.Read() || !KlineNumber.TryDecimal(ref json, out var high)
            || !json.Read() || !KlineNumber.TryDecimal(ref json, out var low)
            || !json.Read() || !KlineNumber.TryDecimal(ref json, out var close)
            || !json.Read() || !KlineNumber.TryDecimal(ref json, out var volume)
            || !json.Read() || !KlineNumber.TryTime(ref json, out var closeMs))
            return false;
        // Amounts in the other asset, trades and so on: not needed.
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            json.Skip();
        row = new(openMs, closeMs, open, high, low, close, volume);
        return json.TokenType == JsonTokenType.EndArray;
    }
}
