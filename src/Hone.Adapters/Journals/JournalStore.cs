using Hone.Learning;

namespace Hone.Adapters.Journals;

/// <summary>The journals there are, by what a store is called.</summary>
public static class JournalStore
{
    /// <summary>Name of the embedded journal in the home folder.</summary>
    public const string FileName = "hone.db";

    /// <summary>Opens the journal of a store.</summary>
    /// <param name="store"><c>sqlite</c>, or <c>postgres://user:password@host:port/database</c>.</param>
    /// <param name="home">Folder of the server; the embedded journal is a file in it.</param>
    /// <param name="cancel">Stops waiting for a server.</param>
    /// <exception cref="JournalOpenException">It cannot be opened; the message says what to do.</exception>
    /// <exception cref="InvalidOptionsException">There is no such store.</exception>
    public static async ValueTask<IJournal> OpenAsync(string store, string home, CancellationToken cancel = default)
    {
        if (store == "sqlite")
            return SqliteJournal.Open(new SqliteJournalOptions { Path = Path.Combine(home, FileName) });
        if (store.StartsWith("postgres://", StringComparison.Ordinal) || store.StartsWith("postgresql://", StringComparison.Ordinal))
            return await PostgresJournal.OpenAsync(new PostgresJournalOptions { Connection = store }, cancel).ConfigureAwait(false);
        throw new InvalidOptionsException($"the store '{store}' is unknown; it is sqlite, or postgres://user:password@host:port/database.");
    }
}
