namespace Hone.Host.Runs;

/// <summary>Independent work on several threads; each piece runs on one thread from start to end, so results do not depend on how many there are.</summary>
internal static class Lanes
{
    public static void For(int count, int threads, CancellationToken cancel, Action<int> action)
    {
        var lanes = Math.Min(count, threads > 0 ? threads : Environment.ProcessorCount);
        if (lanes <= 1)
        {
            for (var i = 0; i < count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                action(i);
            }
            return;
        }
        var next = -1;
        var errors = new Exception?[count];
        var workers = new Thread[lanes];
        for (var lane = 0; lane < lanes; lane++)
        {
            workers[lane] = new Thread(() =>
            {
                while (true)
                {
                    var i = Interlocked.Increment(ref next);
                    if (i >= count)
                        return;
                    try
                    {
                        cancel.ThrowIfCancellationRequested();
                        action(i);
                    }
                    catch (Exception e)
                    {
                        errors[i] = e;
                        Volatile.Write(ref next, count);
                    }
                }
            })
            { IsBackground = true, Name = $"hone-lane-{lane}" };
            workers[lane].Start();
        }
        foreach (var worker in workers)
            worker.Join();
        // The first in order, so that the message does not depend on timing either.
        if (Array.Find(errors, e => e is not null) is { } error)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
    }
}
