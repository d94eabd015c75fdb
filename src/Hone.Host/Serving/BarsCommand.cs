using System.Buffers;
using Hone.Trading.Live;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Serving;

/// <summary>A bar that is handed to a trading session.</summary>
/// <param name="Bar">The bar; its time is its close.</param>
/// <param name="Extras">Extra columns; empty for none.</param>
public sealed record BarItem(Bar Bar, double[] Extras);

/// <summary>What a bar was answered.</summary>
/// <param name="Seq">Entry of the bar.</param>
/// <param name="Repeated">Whether it had been posted before.</param>
/// <param name="Emissions">Everything the session emitted at it.</param>
public sealed record BarResult(long Seq, bool Repeated, IReadOnlyList<Emission> Emissions);

/// <summary>Hands bars to a trading session; all of them are let in, or none.</summary>
/// <param name="items">The bars in order of time.</param>
/// <param name="market">What the market is, asked once before the first bar of a session; null when the first bars do not tell.</param>
/// <param name="idempotencyKey">The client's mark of this request; null for none.</param>
public sealed class BarsCommand(IReadOnlyList<BarItem> items, Func<MarketInfo?> market, string? idempotencyKey = null) : SessionCommand
{
    private readonly (long Seq, bool Repeated)[] _places = new (long, bool)[items.Count];

    /// <summary>What each bar gave, once settled.</summary>
    public IReadOnlyList<BarResult> Results { get; private set; } = [];

    internal override async ValueTask<Refusal?> Admit(AdmissionDesk desk)
    {
        if (!desk.IsActive)
            return PredictCommand.Stopped(desk);
        if (!desk.Session.Setup.Trading)
            return new Refusal(409, "This session is asked with features; start one with config.trading to post bars.");
        // A repetition goes on like any other: each of its bars is known by its time, and answered again.
        var request = idempotencyKey is null ? null : JournalKey.Request(idempotencyKey);
        var earlier = request is null ? null : await desk.Find(request).ConfigureAwait(false);
        if (earlier is { } marked && marked.Body != BodyOfAll())
            return new Refusal(422, "This Idempotency-Key was used with another body.");
        if (!desk.MarketIsKnown)
        {
            if (market() is not { } info)
                return new Refusal(422, "The distance of two bars is not known: post at least two bars first, or name it in config.step (for example 1m, 1h, 1d) or in the symbol (BTCUSDT@1h).", "bars");
            if (desk.Session.ProblemOf(info) is { } unfit)
                return new Refusal(422, unfit, "bars");
            desk.Append(EntryKind.Market, desk.NowUs, Inputs.Of(info));
            (desk.MarketIsKnown, desk.ExtraColumns) = (true, info.ExtraColumns.Count);
        }
        var first = 0L;
        for (var i = 0; i < items.Count; i++)
        {
            var (bar, extras) = items[i];
            if (TradingSession.ProblemOf(bar) is { } problem)
                return new Refusal(400, problem, $"bars[{i}]");
            if (Math.Abs(bar.CloseTimeUs) > LiveSession.TimeUsMax)
                return new Refusal(400, "The bar's time is outside the years 70 to 3870.", $"bars[{i}].timestamp");
            if (extras.Length != desk.ExtraColumns)
                return new Refusal(400, $"The bar has {extras.Length} extra columns; the session's market has {desk.ExtraColumns}.", $"bars[{i}]");
            var payload = Inputs.Of(bar, extras);
            var body = JournalKey.BodyHash(payload);
            var key = JournalKey.Bar(bar.CloseTimeUs);
            if (bar.CloseTimeUs <= desk.LastBarUs)
            {
                if (await desk.Find(key).ConfigureAwait(false) is not { } taken)
                    return new Refusal(409, "The bar is older than the session's last bar; bars come in order of time.", $"bars[{i}].timestamp");
                if (taken.Body != body)
                    return new Refusal(409, "The bar was posted before with other values; a bar that was traded on cannot be changed.", $"bars[{i}]");
                _places[i] = (taken.Seq, true);
                continue;
            }
            if (bar.CloseTimeUs > desk.ReceivedUs + PredictCommand.AheadUsMax && !AllowFuture)
                return new Refusal(400, "The bar closes more than 5 minutes ahead of the server's clock.", $"bars[{i}].timestamp");
            _places[i] = (desk.Append(EntryKind.Bar, bar.CloseTimeUs, payload, key, body), false);
            desk.LastBarUs = bar.CloseTimeUs;
            if (first == 0)
                first = _places[i].Seq;
        }
        if (request is not null && earlier is null && first > 0)
            desk.Take(request, first, BodyOfAll());
        return null;
    }

    /// <summary>Whether bars may lie ahead of the clock: those of the simulator do.</summary>
    public bool AllowFuture { get; init; }

    internal override async ValueTask Settle(EmissionLookup emissions)
    {
        var results = new BarResult[_places.Length];
        for (var i = 0; i < results.Length; i++)
            results[i] = new BarResult(_places[i].Seq, _places[i].Repeated, await emissions(_places[i].Seq).ConfigureAwait(false));
        Results = results;
    }

    private UInt128 BodyOfAll()
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var (bar, extras) in items)
            bytes.Write(Inputs.Of(bar, extras));
        return JournalKey.BodyHash(bytes.WrittenSpan);
    }
}
