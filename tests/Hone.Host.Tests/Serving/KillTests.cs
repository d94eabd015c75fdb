using Hone.Bench.Kills;

namespace Hone.Host.Tests.Serving;

/// <summary>A process with a journal and a session is killed with SIGKILL again and again. `bench/Hone.Bench -- kill` runs more of them, and over PostgreSQL.</summary>
public sealed class KillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_learned_twice_however_often_the_process_is_killed()
    {
        var result = await KillRun.Go("sqlite", _folder.Path, kills: 25, seed: 1);
        Assert.True(result.Holds, $"{result.Lost} lost, {result.Duplicates} learned twice; {string.Join("; ", result.Problems)}");
        Assert.True(result.Acknowledged > 100, $"Only {result.Acknowledged} outcomes were acknowledged.");
    }

    [Fact]
    public async Task A_process_that_acknowledges_before_the_commit_is_caught()
    {
        var result = await KillRun.Go("sqlite", _folder.Path, kills: 3, seed: 2, early: true);
        Assert.False(result.Holds);
        Assert.True(result.Lost > 0);
    }
}
