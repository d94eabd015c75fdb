using System.Diagnostics;
using Hone.Adapters.Feeds;
using Hone.Host.Configuration;
using Hone.Learning.State;
using Hone.Trading;
using Hone.Trading.Market;
using Hone.Trading.Performance;
using Hone.Trading.Sessions;

namespace Hone.Host.Runs;

/// <summary>The loop over one market, from the first parsed byte to the last event.</summary>
public sealed class MarketRun : IDisposable
{
    private const int HeadBars = MarketHead.Bars;
    private const int ProgressBars = 16_384;

    private readonly IBarFeed _feed;
    private readonly HoneConfig _config;
    private readonly TradingCatalog _catalog;
    private readonly RunArguments _arguments;
    private readonly string? _folder;
    private readonly Stopwatch _watch = new();
    private readonly Bar[] _head = new Bar[HeadBars];
    private readonly double[] _headExtras;
    private readonly double[] _extras;
    // Allocation is compared between marks at powers of two, so that warm-up is left out whatever the length.
    private readonly long[] _allocatedAt = new long[64];
    private long _allocated;
    private RunRecorder? _recorder;
    private int _headCount;
    private int _headNext;
    private bool _published;

    /// <summary>A run over a feed; takes over the feed.</summary>
    public MarketRun(IBarFeed feed, HoneConfig config, TradingCatalog catalog, RunArguments arguments, string? folder)
    {
        _feed = feed;
        _config = config;
        _catalog = catalog;
        _arguments = arguments;
        _folder = folder;
        _extras = new double[feed.ExtraColumns.Count];
        _headExtras = new double[feed.ExtraColumns.Count * HeadBars];
    }

    /// <summary>The session, once <see cref="Open"/> was called.</summary>
    public TradingSession Session { get; private set; } = null!;

    /// <summary>What was found in the data.</summary>
    public DataQuality Quality => _feed.Quality;

    /// <summary>Bars that a loaded state had taken already; they were left out.</summary>
    public long BarsSkipped { get; private set; }

    /// <summary>Seconds of the loop, files left out.</summary>
    public double Seconds => (_watch.Elapsed - (_recorder?.FileTime ?? TimeSpan.Zero)).TotalSeconds;

    /// <summary>Bars of this run; a continued session has more in all.</summary>
    public long Bars { get; private set; }

    /// <summary>Allocation per bar in the later half of the run.</summary>
    public double AllocatedBytesPerBar { get; private set; }

    /// <summary>Share that is done, 0…1; NaN when unknown.</summary>
    public double Progress => _feed.Progress;

    internal RunRecorder Recorder => _recorder!;

    /// <summary>Reads the first bars and builds, or loads, the session.</summary>
    public void Open()
    {
        _watch.Start();
        var any = Refill();
        _watch.Stop();
        if (!any)
            throw new ConfigException($"{_feed.Symbol}: there are no bars in the chosen range.");
        var setup = _config.Setup();
        var market = MarketHead.Market(_feed, _head.AsSpan(0, _headCount));
        Session = _arguments.LoadState is { } state
            ? StateFile.Load(state, setup, market, m => new TradingSession(_catalog, setup, m))
            : new TradingSession(_catalog, setup, market);
        SkipBefore(Session.LastBarUs);
        _recorder = new RunRecorder(Session, _folder, _arguments.Predictions);
        _watch.Start();
    }

    /// <summary>Stops the clock while others have their turn.</summary>
    internal void Pause() => _watch.Stop();

    /// <summary>Starts it again.</summary>
    internal void Resume() => _watch.Start();

    /// <summary>The next bar, which stays the next one.</summary>
    /// <returns>False at the end.</returns>
    public bool TryPeek(out Bar bar)
    {
        if (_headNext == _headCount && !Refill())
        {
            bar = default;
            return false;
        }
        bar = _head[_headNext];
        return true;
    }

    /// <summary>Takes one bar through the loop.</summary>
    /// <returns>False at the end.</returns>
    public bool Step()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        if (_headNext == _headCount && !Refill())
            return false;
        Session.On(_head[_headNext], _headExtras.AsSpan(_headNext * _extras.Length, _extras.Length));
        _headNext++;
        Bars++;
        _allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        if ((Bars & (Bars - 1)) == 0)
            _allocatedAt[long.Log2(Bars)] = _allocated;
        return true;
    }

    /// <summary>Runs to the end.</summary>
    public void Finish(Action<MarketRun>? progress, CancellationToken cancel)
    {
        while (Step())
            if (Bars % ProgressBars == 0)
            {
                cancel.ThrowIfCancellationRequested();
                progress?.Invoke(this);
            }
        Close();
    }

    /// <summary>Ends the timing and writes the rest of the files, which still have temporary names.</summary>
    public void Close()
    {
        _watch.Stop();
        var half = Bars < 2 ? 0 : long.Log2(Bars) - 1;
        var since = Bars - (1L << (int)half);
        AllocatedBytesPerBar = since > 0 ? (double)(_allocated - _allocatedAt[half]) / since : 0;
        _recorder!.Finish();
    }

    /// <summary>
    /// Gives the files their names and saves the state. Called once every market of the run has come to its end, so that a run that was cancelled, or one of whose
    /// files was damaged, leaves nothing behind.
    /// </summary>
    internal void Publish()
    {
        if (_published)
            return;
        _published = true;
        if (_arguments.SaveState is { } path)
            StateFile.Save(path, Session, _config.Setup());
        _recorder!.Complete();
    }

    /// <summary>Hash of the session's whole state.</summary>
    public string StateHash() => Learning.State.StateHash.Of(Session);

    /// <inheritdoc/>
    public void Dispose()
    {
        _recorder?.Dispose();
        _feed.Dispose();
    }

    private void SkipBefore(long lastBarUs)
    {
        while (TryPeek(out var bar) && bar.CloseTimeUs <= lastBarUs)
        {
            _headNext++;
            BarsSkipped++;
        }
        if (_headNext == _headCount)
            throw new ConfigException($"{_feed.Symbol}: the loaded state has seen everything up to {RunSummary.Time(lastBarUs)}; there is no later bar in the chosen range.");
    }

    private bool Refill()
    {
        _headNext = 0;
        _headCount = 0;
        while (_headCount < HeadBars && _feed.TryRead(out _head[_headCount], _extras))
        {
            _extras.CopyTo(_headExtras.AsSpan(_headCount * _extras.Length));
            _headCount++;
        }
        return _headCount > 0;
    }
}
