namespace Hone.Adapters.Journals;

/// <summary>The address of a PostgreSQL store for whoever only wants to look whether it can be reached.</summary>
public static class PostgresStore
{
    /// <summary>The connection string of a store's address. It may hold a password: it is for a connection, never for people.</summary>
    /// <param name="store"><c>postgres://user@host:port/database</c>.</param>
    /// <exception cref="JournalOpenException">It cannot be read.</exception>
    public static string ConnectionString(string store) => PostgresAddress.Read(store).ConnectionString;
}
