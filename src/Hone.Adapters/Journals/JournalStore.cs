using Hone.Learning;

namespace Hone.Adapters.Journals;

/// <summary>The journals there are, by what a store is called.</summary>
public static class JournalStore
{
    /// <summary>Name of the embedded journal in the home folder.</summary>
    public const string FileName = "journal.db";

    /// <summary>Opens the journal of a store for writing.</summary>
    /// <param name="store"><c>sqlite</c>, or <c>postgres://user:password@host:port/database</c>.</param>
    /// <param name="home">Folder of the server; the embedded journal is a file in it.</param>
    /// <param name="cancel">Stops waiting for a server.</param>
    /// <exception cref="JournalOpenException">It cannot be opened; the message says what to do.</exception>
    /// <exception cref="InvalidOptionsException">There is no such store.</exception>
    public static async ValueTask<IJournal> OpenAsync(string store, string home, CancellationToken cancel = default)
        => IsFile(store)
            ? SqliteJournal.Open(new SqliteJournalOptions { Path = Path.Combine(home, FileName) })
            : await PostgresJournal.OpenAsync(new PostgresJournalOptions { Connection = store }, cancel).ConfigureAwait(false);

    /// <summary>Opens the journal of a store for reading alone, beside a server that may be running.</summary>
    /// <exception cref="JournalOpenException">There is no journal.</exception>
    /// <exception cref="InvalidOptionsException">There is no such store.</exception>
    public static IJournal OpenForReading(string store, string home)
    {
        if (!IsFile(store))
            return PostgresReading.Open(new PostgresJournalOptions { Connection = store });
        var path = Path.GetFullPath(Path.Combine(home, FileName));
        return File.Exists(path)
            ? new SqliteReading(new SqliteJournalOptions { Path = path })
            : throw new JournalOpenException($"There is no journal '{path}'; --home is the folder that `hone serve` was given.");
    }

    /// <summary>Fills a store from a file that <see cref="IJournal.Backup"/> wrote, after checking all of it.</summary>
    /// <returns>Where the journal that stood there is now; null when there was none.</returns>
    /// <exception cref="JournalOpenException">The backup is damaged or newer, or there is a journal that is not to be replaced.</exception>
    public static async ValueTask<string?> RestoreAsync(string store, string home, string backup, bool overwrite, CancellationToken cancel = default)
    {
        if (IsFile(store))
            return SqliteJournal.Restore(backup, Path.Combine(home, FileName), overwrite, cancel: cancel);
        await PostgresJournal.Restore(backup, new PostgresJournalOptions { Connection = store }, cancel: cancel).ConfigureAwait(false);
        return null;
    }

    private static bool IsFile(string store)
        => store == "sqlite" || (store.StartsWith("postgres://", StringComparison.Ordinal) || store.StartsWith("postgresql://", StringComparison.Ordinal)
            ? false
            : throw new InvalidOptionsException($"the store '{store}' is unknown; it is sqlite, or postgres://user:password@host:port/database."));
}
