namespace Hone.Trading.Tests.Sessions;

/// <summary>
/// Tests that build many sessions run when nothing else does: their megabytes make the collector run, and a collection in the middle of another test's count of
/// allocated bytes adds what was left of the thread's allocation block.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SessionTests
{
    public const string Name = "sessions";
}
