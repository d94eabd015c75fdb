using Hone.Learning.Sessions;
using Hone.Trading.Broker;
using Hone.Trading.Labels;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Host.Runs;

/// <summary>adaptations.csv: one row per change that a session made to itself; passes everything on to the recorder of the other files.</summary>
internal sealed class AdaptationsFile : ITradingObserver, IDisposable
{
    private readonly AtomicFile _file;
    private readonly CsvLine _line;
    private readonly ITradingObserver _next;

    public AdaptationsFile(string path, ITradingObserver next)
    {
        _next = next;
        _file = new AtomicFile(path);
        _line = new CsvLine(_file.Stream);
        foreach (var column in (string[])["timestamp", "member", "action", "cause", "statistic", "reference"])
            _line.Text(column);
        _line.End();
    }

    public void OnBar(TradingSession session, in Bar bar) => _next.OnBar(session, bar);

    public void OnAnswer(TradingSession session, in ReleasedLabel label, in Verdict verdict) => _next.OnAnswer(session, label, verdict);

    public void OnTrade(TradingSession session, in Trade trade, TradeEntry entry) => _next.OnTrade(session, trade, entry);

    public void OnDrift(in DriftEvent drift) => _next.OnDrift(drift);

    public void OnAdaptation(in AdaptationEvent adaptation)
    {
        _line.Time(adaptation.AtUs);
        _line.Text(adaptation.Member);
        _line.Text(adaptation.Action);
        _line.Text(adaptation.Cause);
        _line.Number(adaptation.Statistic);
        _line.Number(adaptation.Reference);
        _line.End();
        _next.OnAdaptation(adaptation);
    }

    public void Complete()
    {
        _line.Flush();
        _file.Complete();
    }

    public void Dispose() => _file.Dispose();
}
