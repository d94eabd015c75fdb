namespace Hone.Host.Tests.Serving;

/// <summary>A clock that a test moves; timers still run on the machine's.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _aheadTicks;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(Interlocked.Read(ref _aheadTicks));
}

/// <summary>Waiting for something that will be so soon.</summary>
internal static class Eventually
{
    public static async Task Holds(Func<Task<bool>> condition, string what)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"Not within a minute: {what}");
            await Task.Delay(20);
        }
    }
}
