using System.Globalization;
using Npgsql;

namespace Hone.Adapters.Journals;

/// <summary>Reads the address of a PostgreSQL server. Its messages never repeat the address: a password may be anywhere in it.</summary>
internal static class PostgresAddress
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    // libpq's names, which people know from psql, and what Npgsql calls them.
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["host"] = "Host",
        ["port"] = "Port",
        ["user"] = "Username",
        ["password"] = "Password",
        ["passfile"] = "Passfile",
        ["dbname"] = "Database",
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["channel_binding"] = "Channel Binding",
        ["require_auth"] = "Require Auth",
        ["connect_timeout"] = "Timeout",
        ["target_session_attrs"] = "Target Session Attributes",
        ["options"] = "Options",
    };

    /// <summary>Whether a store's name is a URL of PostgreSQL.</summary>
    public static bool IsUrl(string text) => Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a URL or an Npgsql connection string.</summary>
    /// <exception cref="JournalOpenException">It cannot be read.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        var connection = IsUrl(text) ? FromUrl(text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..]) : FromConnectionString(text);
        if (string.IsNullOrEmpty(connection.Host))
            throw new JournalOpenException("The address of the PostgreSQL journal names no host: write postgres://user@host:5432/database.");
        if (string.IsNullOrEmpty(connection.Database))
            throw new JournalOpenException("The address of the PostgreSQL journal names no database: write postgres://user@host:5432/database.");
        // Of several servers only the one that takes writes is of use.
        if (connection.Host.Contains(',') && connection.TargetSessionAttributes is null)
            connection.TargetSessionAttributes = "read-write";
        return connection;
    }

    /// <summary>What people may see of it.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder connection)
    {
        var port = connection.Host!.Contains(':') || connection.Host.Contains(',') || connection.Host.StartsWith('/') ? "" : ":" + connection.Port.ToString(CultureInfo.InvariantCulture);
        var user = connection.Username is { Length: > 0 } name ? $" as {name}" : "";
        return $"PostgreSQL at {connection.Host}{port}, database {connection.Database}{user}";
    }

    private static NpgsqlConnectionStringBuilder FromConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or InvalidCastException or NotSupportedException)
        {
            // Without the cause: where a password with a semicolon is not quoted, the cause quotes the rest of it.
            throw new JournalOpenException(
                "The address of the PostgreSQL journal can be read neither as a URL (postgres://user:password@host:5432/database) nor as an Npgsql connection string "
                + "(Host=…;Port=…;Database=…;Username=…;Password=…): a keyword is unknown or a value is impossible. A value that holds ; or = must stand in quotes.");
        }
    }

    private static NpgsqlConnectionStringBuilder FromUrl(string rest)
    {
        if (rest.Contains('#'))
            throw Unreadable("it holds a '#', which must be written %23");
        var query = rest.IndexOf('?');
        var parameters = query < 0 ? "" : rest[(query + 1)..];
        var path = query < 0 ? rest : rest[..query];
        var slash = path.IndexOf('/');
        var authority = slash < 0 ? path : path[..slash];
        var database = slash < 0 ? "" : path[(slash + 1)..];
        if (database.Contains('@') || database.Contains('/') || parameters.Contains('@') && !authority.Contains('@'))
            throw Unreadable("a '/', '?' or '@' in the user's name or password must be written %2F, %3F, %40");

        var connection = new NpgsqlConnectionStringBuilder();
        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            var user = authority[..at];
            var colon = user.IndexOf(':');
            Set(connection, "user", Decoded(colon < 0 ? user : user[..colon]));
            if (colon >= 0)
                Set(connection, "password", Decoded(user[(colon + 1)..]));
        }
        ReadHosts(connection, authority[(at + 1)..]);
        Set(connection, "dbname", Decoded(database));
        foreach (var pair in parameters.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equal = pair.IndexOf('=');
            var name = equal < 0 ? pair : pair[..equal];
            if (equal < 0 || !Parameters.ContainsKey(name))
                throw Unreadable($"it has a parameter after '?' that is not known; known are {string.Join(", ", Parameters.Keys)}");
            Set(connection, name, Decoded(pair[(equal + 1)..]));
        }
        return connection;
    }

    private static void ReadHosts(NpgsqlConnectionStringBuilder connection, string hosts)
    {
        if (hosts.Length == 0)
            return;
        if (hosts.Contains(','))
        {
            connection.Host = hosts;
            return;
        }
        var colon = hosts.LastIndexOf(':');
        var hasPort = colon >= 0 && hosts.IndexOf(']') < colon;
        Set(connection, "host", Decoded(hasPort ? hosts[..colon] : hosts).Trim('[', ']'));
        if (hasPort)
            Set(connection, "port", hosts[(colon + 1)..]);
    }

    private static void Set(NpgsqlConnectionStringBuilder connection, string name, string value)
    {
        if (value.Length == 0)
            return;
        if (name == "sslmode")
            value = value.Replace("-", "", StringComparison.Ordinal);
        try
        {
            connection[Parameters[name]] = value;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw Unreadable($"the value of {name} is impossible");
        }
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text);

    private static JournalOpenException Unreadable(string why)
        => new($"The address of the PostgreSQL journal cannot be read: {why}. It looks like postgres://user:password@host:5432/database?sslmode=verify-full.");
}
