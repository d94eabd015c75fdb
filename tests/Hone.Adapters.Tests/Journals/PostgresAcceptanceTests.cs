using Hone.Adapters.Journals;

namespace Hone.Adapters.Tests.Journals;

/// <summary>The journal in PostgreSQL, by the suite that every journal passes.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresAcceptanceTests(PostgresFixture fixture) : JournalAcceptance
{
    private readonly string _address = fixture.Server.NewDatabase();

    protected override async ValueTask<IJournal> Open() => await PostgresFaultsTests.Open(_address);

    protected override async ValueTask<IJournal> TakeOver()
    {
        // As if nobody had heard of the earlier writer for the whole of its lease.
        PostgresServer.Execute(_address, "UPDATE hone.writer SET lease_until = NULL");
        return await Open();
    }
}
