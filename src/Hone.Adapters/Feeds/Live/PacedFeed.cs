using System.Runtime.CompilerServices;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Adapters.Feeds.Live;

/// <summary>Recorded or simulated bars as if they came into being now. Memory does not depend on their number.</summary>
/// <remarks>One consumer at a time: the extras of a bar are valid until the next one.</remarks>
public sealed class PacedFeed : ILiveFeed
{
    // A timer is late by a fraction of a millisecond to some milliseconds; that much and a stalled consumer are caught up with, a suspended machine is not.
    private static readonly TimeSpan LagMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan WaitMax = TimeSpan.FromDays(1);

    private readonly Func<IBarFeed> _open;
    private readonly FeedPace _pace;
    private readonly TimeProvider _time;
    private IBarFeed _feed;
    private Bar[] _head = [];
    private double[] _headExtras = [];
    private MarketInfo? _market;
    private bool _started;
    private volatile FeedStatus _status = new("connecting", null, 0, 0, 0, null);

    /// <summary>A feed at a pace.</summary>
    /// <param name="open">Opens it at its first bar; called once here, and again whenever the bars are asked for anew.</param>
    /// <param name="pace">How fast.</param>
    /// <param name="time">What waits.</param>
    /// <param name="source">What the bars are of, for people; by default the market's name.</param>
    /// <exception cref="FeedException">It cannot be opened.</exception>
    public PacedFeed(Func<IBarFeed> open, FeedPace pace, TimeProvider time, string? source = null)
    {
        (_open, _pace, _time) = (open, pace, time);
        _feed = open();
        Symbol = _feed.Symbol;
        Description = $"{source ?? Symbol}, {pace}";
    }

    /// <inheritdoc/>
    public string Symbol { get; }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public FeedStatus Status => _status;

    /// <inheritdoc/>
    public ValueTask<MarketInfo> Market(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_market ??= ReadHead());
    }

    /// <inheritdoc/>
    /// <exception cref="FeedException">A row is no bar, or the file cannot be read on.</exception>
    public async IAsyncEnumerable<LiveBar> Bars(long afterUs, [EnumeratorCancellation] CancellationToken cancel)
    {
        _ = await Market(cancel).ConfigureAwait(false);
        if (_started)
            Reopen();
        _started = true;
        var extras = new double[_feed.ExtraColumns.Count];
        var (index, lastUs, isFirst) = (0, long.MinValue, true);
        var start = _time.GetTimestamp();
        var due = TimeSpan.Zero;
        while (Read(index++, extras, out var bar))
        {
            cancel.ThrowIfCancellationRequested();
            var distanceUs = lastUs == long.MinValue ? _feed.StepUs : bar.CloseTimeUs - lastUs;
            lastUs = bar.CloseTimeUs;
            if (bar.CloseTimeUs <= afterUs)
                continue;
            var elapsed = _time.GetElapsedTime(start);
            // The first bar comes at once: whoever starts a feed wants to see that it works.
            due = isFirst ? elapsed : Later(due + _pace.Wait(distanceUs), elapsed - LagMax);
            isFirst = false;
            while (due - _time.GetElapsedTime(start) is var wait && wait >= WaitMin)
                await Task.Delay(wait < WaitMax ? wait : WaitMax, _time, cancel).ConfigureAwait(false);
            _status = _status with { State = "live", LastBarUs = bar.CloseTimeUs };
            // Rounded, not cut: irregular stamps miss no bar.
            yield return new(bar, extras, Math.Max(0, (distanceUs + _feed.StepUs / 2) / _feed.StepUs - 1));
        }
        _status = _status with { State = "ended" };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _feed.Dispose();
        return ValueTask.CompletedTask;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private MarketInfo ReadHead()
    {
        var columns = _feed.ExtraColumns.Count;
        var head = new Bar[MarketHead.Bars];
        var extras = new double[columns * head.Length];
        var count = 0;
        while (count < head.Length && TryRead(out head[count], extras.AsSpan(count * columns, columns)))
            count++;
        if (count == 0)
            throw Failed(new FeedProblem(Symbol, 0, "", "", "there are no bars in the chosen range", "choose another range or source"));
        (_head, _headExtras) = (head[..count], extras);
        return MarketHead.Market(_feed, _head);
    }

    private bool Read(int index, double[] extras, out Bar bar)
    {
        if (index >= _head.Length)
            return TryRead(out bar, extras);
        bar = _head[index];
        _headExtras.AsSpan(index * extras.Length, extras.Length).CopyTo(extras);
        return true;
    }

    private bool TryRead(out Bar bar, Span<double> extras)
    {
        try
        {
            return _feed.TryRead(out bar, extras);
        }
        catch (FeedException e)
        {
            _status = _status with { State = "ended", Problem = e.Message };
            throw;
        }
    }

    private void Reopen()
    {
        _feed.Dispose();
        _feed = _open();
        _market = ReadHead();
        _status = _status with { State = "connecting", Problem = null };
    }

    private FeedException Failed(FeedProblem problem)
    {
        _status = _status with { State = "ended", Problem = problem.ToString() };
        return new(problem);
    }
}
