namespace Hone.Host.Reports;

/// <summary>
/// How much of each market goes into the file. A report of one market is shown in full; with many markets or members the curves are
/// thinned, members' first because they are rolling averages anyway, so that the file still opens at once.
/// </summary>
/// <param name="PointsMax">Points of prices and equity.</param>
/// <param name="MemberPointsMax">Points of each member's curves.</param>
/// <param name="TradesMax">Newest trades listed.</param>
internal readonly record struct ReportDetail(int PointsMax, int MemberPointsMax, int TradesMax)
{
    // Typical sizes in JSON, measured on full reports; only used to guess where on the ladder to begin.
    private const double BytesPerPoint = 82;
    private const double BytesPerMemberPoint = 28;

    /// <summary>From everything down to the least that is still worth looking at.</summary>
    public static IReadOnlyList<ReportDetail> Ladder { get; } =
    [
        new(4096, 4096, 2000), new(4096, 2048, 2000), new(4096, 1024, 2000), new(4096, 512, 2000), new(4096, 512, 1000), new(2048, 512, 1000),
        new(2048, 512, 500), new(1024, 256, 500), new(1024, 256, 250), new(512, 128, 250), new(512, 128, 100), new(256, 64, 50), new(128, 32, 20),
    ];

    /// <summary>Points per bucket that bring a series under its limit.</summary>
    public static int Stride(int points, int pointsMax) => Math.Max(1, (points + pointsMax - 1) / pointsMax);

    /// <summary>About how many bytes the report would take.</summary>
    public double EstimateBytes(RunReport report)
    {
        var bytes = 0.0;
        foreach (var market in report.Symbols)
        {
            bytes += Math.Min(market.TimesMs.Count, PointsMax) * BytesPerPoint;
            bytes += Math.Min(market.TimesMs.Count, MemberPointsMax) * BytesPerMemberPoint * market.Members.Count;
            var listed = Math.Min(market.Trades.Count, TradesMax);
            for (var i = market.Trades.Count - listed; i < market.Trades.Count; i++)
                bytes += 110 + market.Trades[i].Votes.Length;
        }
        return bytes;
    }
}
