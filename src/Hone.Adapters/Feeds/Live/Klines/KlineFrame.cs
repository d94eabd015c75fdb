using System.Text.Json;

namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>What a message of the socket is.</summary>
internal enum FrameKind
{
    /// <summary>A candle of the stream.</summary>
    Kline,

    /// <summary>JSON about something else: an answer, another event, another market.</summary>
    Other,

    /// <summary>No JSON, or a candle with a part that is missing or wrong.</summary>
    Malformed,
}

/// <summary>
/// Reads one message of a kline stream, bare or wrapped as combined streams wrap it: <c>{"e":"kline","s":"BTCUSDT","k":{"t":…,"T":…,"s":…,"i":…,"o":…,"h":…,"l":…,"c":…,"v":…,"x":true}}</c>.
/// Nothing is allocated, whatever the message says; what is not needed is skipped.
/// </summary>
internal ref struct KlineFrame
{
    private const int DepthMax = 8;

    [Flags]
    private enum Part
    {
        None = 0,
        OpenTime = 1,
        CloseTime = 2,
        Symbol = 4,
        Interval = 8,
        Open = 16,
        High = 32,
        Low = 64,
        Close = 128,
        Volume = 256,
        IsClosed = 512,
        All = 1023,
    }

    private readonly string _symbol;
    private readonly string _interval;
    private Part _seen;
    private bool _isKline, _hasKline, _isOther, _isWrapped;
    private long _openMs, _closeMs;
    private double _open, _high, _low, _close, _volume;
    private bool _isClosed;

    private KlineFrame(string symbol, string interval) => (_symbol, _interval) = (symbol, interval);

    /// <summary>Reads a message.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="symbol">The market that is expected, in capitals.</param>
    /// <param name="interval">The interval that is expected.</param>
    /// <param name="kline">The candle, when it is one.</param>
    /// <param name="isClosed">Whether it is complete.</param>
    public static FrameKind Read(ReadOnlySpan<byte> message, string symbol, string interval, out Kline kline, out bool isClosed)
    {
        (kline, isClosed) = (default, false);
        var frame = new KlineFrame(symbol, interval);
        var json = new Utf8JsonReader(message, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject || !frame.ReadEvent(ref json) || json.Read())
                return FrameKind.Malformed;
        }
        catch (JsonException)
        {
            return FrameKind.Malformed;
        }
        if (!frame._isKline || frame._isOther)
            return FrameKind.Other;
        if (!frame._hasKline || frame._seen != Part.All)
            return FrameKind.Malformed;
        kline = new(frame._openMs, frame._closeMs, frame._open, frame._high, frame._low, frame._close, frame._volume);
        isClosed = frame._isClosed;
        return FrameKind.Kline;
    }

    private bool ReadEvent(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("e"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.String && json.ValueTextEquals("kline"u8))
                    _isKline = true;
                else
                    _isOther = true;
                json.Skip();
            }
            else if (json.ValueTextEquals("s"u8))
            {
                json.Read();
                _isOther |= json.TokenType != JsonTokenType.String || !json.ValueTextEquals(_symbol);
                json.Skip();
            }
            else if (json.ValueTextEquals("k"u8))
            {
                json.Read();
                if (json.TokenType != JsonTokenType.StartObject)
                    json.Skip();
                else if (_hasKline || !ReadKline(ref json))
                    return false;
                else
                    _hasKline = true;
            }
            else if (!_isWrapped && json.ValueTextEquals("data"u8))
            {
                json.Read();
                _isWrapped = true;
                if (json.TokenType == JsonTokenType.StartObject && !ReadEvent(ref json))
                    return false;
                json.Skip();
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }
        return json.TokenType == JsonTokenType.EndObject;
    }

    private bool ReadKline(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var part = PartOf(ref json);
            json.Read();
            if (part == Part.None)
            {
                json.Skip();
                continue;
            }
            // A second value for one name could differ from the first: whoever reads the other one trades on another bar.
            if ((_seen & part) != 0 || !TryReadPart(ref json, part))
                return false;
            _seen |= part;
        }
        return json.TokenType == JsonTokenType.EndObject;
    }

    private bool TryReadPart(ref Utf8JsonReader json, Part part)
    {
        switch (part)
        {
            case Part.OpenTime: return KlineNumber.TryTime(ref json, out _openMs);
            case Part.CloseTime: return KlineNumber.TryTime(ref json, out _closeMs);
            case Part.Open: return KlineNumber.TryDecimal(ref json, out _open);
            case Part.High: return KlineNumber.TryDecimal(ref json, out _high);
            case Part.Low: return KlineNumber.TryDecimal(ref json, out _low);
            case Part.Close: return KlineNumber.TryDecimal(ref json, out _close);
            case Part.Volume: return KlineNumber.TryDecimal(ref json, out _volume);
            case Part.Symbol:
                _isOther |= json.TokenType != JsonTokenType.String || !json.ValueTextEquals(_symbol);
                break;
            case Part.Interval:
                _isOther |= json.TokenType != JsonTokenType.String || !json.ValueTextEquals(_interval);
                break;
            default:
                _isClosed = json.TokenType == JsonTokenType.True;
                return json.TokenType is JsonTokenType.True or JsonTokenType.False;
        }
        json.Skip();
        return true;
    }

    private static Part PartOf(ref Utf8JsonReader json)
    {
        if (json.HasValueSequence || json.ValueIsEscaped || json.ValueSpan.Length != 1)
            return Part.None;
        return json.ValueSpan[0] switch
        {
            (byte)'t' => Part.OpenTime,
            (byte)'T' => Part.CloseTime,
            (byte)'s' => Part.Symbol,
            (byte)'i' => Part.Interval,
            (byte)'o' => Part.Open,
            (byte)'h' => Part.High,
            (byte)'l' => Part.Low,
            (byte)'c' => Part.Close,
            (byte)'v' => Part.Volume,
            (byte)'x' => Part.IsClosed,
            _ => Part.None,
        };
    }
}
