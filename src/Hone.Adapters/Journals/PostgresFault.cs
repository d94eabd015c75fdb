using System.Net.Sockets;
using Npgsql;

namespace Hone.Adapters.Journals;

/// <summary>What an error of the server or of the way to it means for a journal.</summary>
internal enum PostgresFault
{
    /// <summary>The server is out of reach, or not ready: connect again and try again.</summary>
    OutOfReach,

    /// <summary>The server has no room; the transaction is undone.</summary>
    Full,

    /// <summary>What is stored cannot be trusted, or this program is wrong: no further attempt.</summary>
    Broken,
}

/// <summary>Sorts errors by what they mean.</summary>
internal static class PostgresFaults
{
    /// <summary>What an error means.</summary>
    public static PostgresFault Of(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => PostgresFault.Full,
        PostgresException answer => OfState(answer.SqlState),
        NpgsqlException or TimeoutException or IOException or SocketException or OperationCanceledException or ObjectDisposedException => PostgresFault.OutOfReach,
        _ => PostgresFault.Broken,
    };

    /// <summary>Whether the server refused the transaction and lives on: then nothing of it was stored, whatever was sent last.</summary>
    public static bool IsRefusal(Exception error)
        => error is PostgresException { Severity: "ERROR" } answer && !answer.SqlState.StartsWith("57", StringComparison.Ordinal) && !answer.SqlState.StartsWith("08", StringComparison.Ordinal);

    /// <summary>One sentence about an error, for people.</summary>
    public static string Sentence(Exception error) => error switch
    {
        PostgresException answer => $"{answer.MessageText} (SQLSTATE {answer.SqlState})",
        NpgsqlException { InnerException: { } inner } => $"{error.Message}: {inner.Message.TrimEnd('.')}",
        _ => error.Message.TrimEnd('.'),
    };

    // Broken: a constraint that admission has checked (23), data that cannot be (22), tables that are gone (42, but not rights: those come back), damaged pages (XX).
    private static PostgresFault OfState(string state) => state switch
    {
        PostgresErrorCodes.InsufficientPrivilege => PostgresFault.OutOfReach,
        _ when state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal)
            || state.StartsWith("42", StringComparison.Ordinal) || state.StartsWith("XX", StringComparison.Ordinal) => PostgresFault.Broken,
        _ => PostgresFault.OutOfReach,
    };
}
