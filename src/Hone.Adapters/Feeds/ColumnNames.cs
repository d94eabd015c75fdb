using System.Text;

namespace Hone.Adapters.Feeds;

/// <summary>Names that exchanges, vendors and charting programs give to the columns of bars.</summary>
internal static class ColumnNames
{
    /// <summary>Names of a time column, the preferred ones first.</summary>
    private static readonly string[] Times =
    [
        "timestamp", "opentime", "starttime", "unix", "unixtimestamp", "unixtime", "timestampms", "datetime", "ts", "date", "time", "candlebegintime", "begin", "start", "gmttime",
        "datetimeutc", "timeutc", "dateutc", "utc", "t", "bartime", "closetime", "endtime", "end",
    ];

    private static readonly string[][] Values =
    [
        ["open", "o", "openprice", "priceopen", "first", "bidopen", "openbid"],
        ["high", "h", "highprice", "pricehigh", "max", "bidhigh", "highbid"],
        ["low", "l", "lowprice", "pricelow", "min", "bidlow", "lowbid"],
        ["close", "c", "closeprice", "priceclose", "last", "bidclose", "closebid"],
        ["volume", "vol", "v", "basevolume", "volumebase", "volumefrom", "qty", "tickvolume", "tickvol", "ticks"],
    ];

    /// <summary>A name without case, blanks and punctuation: &lt;TICK_VOL&gt; is tickvol.</summary>
    public static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name)
            if (char.IsLetterOrDigit(c))
                plain.Append(char.ToLowerInvariant(c));
        return plain.ToString();
    }

    /// <summary>How good a name is for a time; 0 is the best, −1 is none.</summary>
    public static int TimeRank(string plain) => Array.IndexOf(Times, plain);

    /// <summary>Whether a time of that name is the bar's close.</summary>
    public static bool IsCloseTime(string plain) => plain is "closetime" or "endtime" or "end";

    /// <summary>How good a name is for one of the five values of a bar; 0 is the best, −1 is none.</summary>
    public static int Rank(int role, string plain)
    {
        var rank = Array.IndexOf(Values[role], plain);
        // "Volume BTC", "volume_usd": the first such column, after the names that say no more than volume.
        return rank < 0 && role == ColumnRole.Volume && plain.StartsWith("volume", StringComparison.Ordinal) ? 7 : rank;
    }

    /// <summary>Whether the name is that of the bid side.</summary>
    public static bool IsBid(string plain) => plain.StartsWith("bid", StringComparison.Ordinal) || plain.EndsWith("bid", StringComparison.Ordinal);
}
