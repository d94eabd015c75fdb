namespace Hone.Trading.Tests.Sessions;

/// <summary>A session takes the memory that its history needs, not that of the longest history there may be.</summary>
[Collection(SessionTests.Name)]
public class MemoryTests
{
    [Fact]
    public void A_thousand_young_sessions_fit_into_a_gibibyte()
    {
        _ = TestMarket.Session(Setups.All["default"]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var session = TestMarket.Session(Setups.All["default"]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 1 << 20);
        Assert.Equal(0, session.Bars);
    }
}
