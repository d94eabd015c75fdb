using Hone.Host.Runs;

namespace Hone.Host.Tests.Runs;

/// <summary>Lanes do every piece once, whoever does it.</summary>
public sealed class LanePoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_piece_of_every_call_is_done_once_before_the_call_returns(int lanes)
    {
        using var pool = new LanePool(lanes);
        var done = new int[64];
        for (var call = 1; call <= 1_500; call++)
        {
            var count = call % 65;
            Array.Clear(done);
            pool.For(count, i =>
            {
                // Uneven pieces: the caller is often done while another lane still works.
                Thread.SpinWait(i % 7 * 100);
                Interlocked.Increment(ref done[i]);
            });
            for (var i = 0; i < done.Length; i++)
                Assert.Equal(i < count ? 1 : 0, done[i]);
        }
        Assert.Equal(lanes, pool.Count);
    }

    [Fact]
    public void The_first_failure_in_order_comes_back_and_the_pool_goes_on()
    {
        using var pool = new LanePool(3);
        for (var call = 0; call < 200; call++)
        {
            var failed = Assert.Throws<InvalidOperationException>(() => pool.For(10, i =>
            {
                if (i is 4 or 7)
                    throw new InvalidOperationException($"piece {i}");
            }));
            Assert.Equal("piece 4", failed.Message);
        }
        var sum = 0;
        pool.For(10, i => Interlocked.Add(ref sum, i));
        Assert.Equal(45, sum);
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        using var pool = new LanePool(2);
        var sum = 0;
        Action<int> action = i => Interlocked.Add(ref sum, i);
        for (var call = 0; call < 200; call++)
            pool.For(8, action);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 1_000; call++)
            pool.For(8, action);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_piece_that_asks_for_the_lanes_itself_is_refused()
    {
        using var pool = new LanePool(2);

        Assert.Throws<InvalidOperationException>(() => pool.For(2, _ => pool.For(2, _ => { })));
    }
}
