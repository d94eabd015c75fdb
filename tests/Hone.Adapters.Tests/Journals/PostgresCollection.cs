namespace Hone.Adapters.Tests.Journals;

/// <summary>One server for all tests with PostgreSQL, one after the other: some of them crash it.</summary>
public sealed class PostgresFixture : IDisposable
{
    private readonly PostgresServer? _server = PostgresServer.TryStart();

    /// <summary>The server; skips the test where there is none.</summary>
    public PostgresServer Server
    {
        get
        {
            if (_server is null)
                Assert.Skip(PostgresServer.Missing!);
            return _server;
        }
    }

    public void Dispose() => _server?.Dispose();
}

[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}
