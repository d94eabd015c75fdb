using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Hone.Learning;

namespace Hone.Host.Runs;

/// <summary>
/// Threads that are started once and lent piece by piece. Between two calls they first look again for a moment, because the next piece often comes at
/// once, and then sleep. A call allocates nothing.
/// </summary>
/// <remarks>
/// The ticket is the number of the call in its upper half and how many pieces are left in its lower one. A lane takes a piece by lowering the
/// ticket; one that comes late, from an earlier call, finds none left or another number and takes nothing. A new call begins only after every piece of the last one
/// is done, and its action is in place before its ticket: who lowers a ticket has read the action that belongs to it.
/// </remarks>
internal sealed class LanePool : ILanes, IDisposable
{
    private static readonly long LookTicks = Stopwatch.Frequency / 20_000;

    private readonly Thread[] _threads;
    private readonly Lock _errorLock = new();
    private readonly object _work = new();
    private readonly object _finish = new();
    private readonly bool _looks;
    private Action<int> _action = _ => { };
    private int _count;
    private long _ticket;
    private int _done;
    private int _asleep;
    private int _busy;
    private int _callerWaits;
    private bool _closed;
    private int _errorIndex;
    private Exception? _error;

    /// <summary>Starts the threads.</summary>
    /// <param name="lanes">Lanes, the caller's included; 0 for one per core.</param>
    public LanePool(int lanes)
    {
        Count = lanes > 0 ? lanes : Environment.ProcessorCount;
        // Looking again on a core that another lane needs would slow everybody down.
        _looks = Count <= Environment.ProcessorCount;
        _threads = new Thread[Count - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Serve) { IsBackground = true, Name = $"hone-lane-{i + 1}" };
            _threads[i].Start();
        }
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public void For(int count, Action<int> action)
    {
        if (count <= 0)
            return;
        if (count == 1 || _threads.Length == 0)
        {
            for (var i = 0; i < count; i++)
                action(i);
            return;
        }
        if (Interlocked.Exchange(ref _busy, 1) == 1)
            throw new InvalidOperationException("A piece of work on the lanes asks for the lanes itself.");
        (_action, _count, _errorIndex) = (action, count, int.MaxValue);
        Volatile.Write(ref _done, 0);
        var call = (Volatile.Read(ref _ticket) >> 32) + 1;
        Interlocked.Exchange(ref _ticket, (call << 32) | (uint)count);
        if (Volatile.Read(ref _asleep) > 0)
            lock (_work)
                Monitor.PulseAll(_work);
        Work(call);
        WaitUntilDone(count);
        Volatile.Write(ref _busy, 0);
        if (_error is not { } error)
            return;
        _error = null;
        ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            _closed = true;
            Monitor.PulseAll(_work);
        }
        foreach (var thread in _threads)
            thread.Join();
    }

    private void Serve()
    {
        long seen = 0;
        while (WaitForCall(ref seen))
            Work(seen);
    }

    /// <summary>Waits for a call later than the one seen; false when the pool is closed.</summary>
    private bool WaitForCall(ref long seen)
    {
        if (_looks)
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - start < LookTicks;)
            {
                var call = Volatile.Read(ref _ticket) >> 32;
                if (call != seen)
                {
                    seen = call;
                    return true;
                }
                Thread.SpinWait(20);
            }
        lock (_work)
        {
            Interlocked.Increment(ref _asleep);
            while (!_closed && Volatile.Read(ref _ticket) >> 32 == seen)
                Monitor.Wait(_work);
            Interlocked.Decrement(ref _asleep);
            seen = Volatile.Read(ref _ticket) >> 32;
            return !_closed;
        }
    }

    private void Work(long call)
    {
        while (true)
        {
            var ticket = Volatile.Read(ref _ticket);
            if (ticket >> 32 != call)
                return;
            var left = (int)(ticket & uint.MaxValue);
            if (left == 0)
                return;
            var (action, count) = (Volatile.Read(ref _action), Volatile.Read(ref _count));
            if (Interlocked.CompareExchange(ref _ticket, ticket - 1, ticket) != ticket)
                continue;
            var index = count - left;
            try
            {
                action(index);
            }
            catch (Exception e)
            {
                // The first in order, so that the message does not depend on timing.
                lock (_errorLock)
                    if (index < _errorIndex)
                        (_errorIndex, _error) = (index, e);
            }
            if (Interlocked.Increment(ref _done) == count && Volatile.Read(ref _callerWaits) == 1)
                lock (_finish)
                    Monitor.PulseAll(_finish);
        }
    }

    private void WaitUntilDone(int count)
    {
        if (_looks)
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - start < LookTicks;)
            {
                if (Volatile.Read(ref _done) == count)
                    return;
                Thread.SpinWait(20);
            }
        lock (_finish)
        {
            Interlocked.Exchange(ref _callerWaits, 1);
            while (Volatile.Read(ref _done) != count)
                Monitor.Wait(_finish);
            Volatile.Write(ref _callerWaits, 0);
        }
    }
}
