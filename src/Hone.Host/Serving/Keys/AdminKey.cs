using System.Text;
using Hone.Host.Configuration;

namespace Hone.Host.Serving.Keys;

/// <summary>The key that exists from the first start on: <c>HONE_ADMIN_KEY</c>, or generated into <c>admin.key</c>.</summary>
internal static class AdminKey
{
    /// <summary>Name of the environment variable.</summary>
    public const string Variable = "HONE_ADMIN_KEY";

    /// <summary>Id under which it stands in logs.</summary>
    public const string Id = "admin";

    private const int LengthMin = 32;
    private const int DistinctMin = 10;

    // What stands in tutorials, examples and other programs' defaults.
    private static readonly string[] KnownWords = ["super-secret", "supersecret", "changeme", "change-me", "change_me", "password", "passw0rd", "your-secret", "your_secret", "yoursecret", "0123456789abcdef0123456789", "abcdefghijklmnop"];

    /// <summary>Where a generated one lies.</summary>
    public static string PathIn(string home) => Path.Combine(home, "admin.key");

    /// <summary>Checks a key that somebody chose.</summary>
    /// <exception cref="ConfigException">It is short, guessable or known.</exception>
    public static void Check(string key)
    {
        const string Remedy = "use a random one, for example from `openssl rand -base64 32`, or unset it: then the server generates one.";
        if (key.Length < LengthMin)
            throw new ConfigException($"{Variable} has {key.Length} characters; it needs {LengthMin} or more: {Remedy}");
        if (key.Length > ApiKey.LengthMax || key.Any(c => c is <= ' ' or > '~'))
            throw new ConfigException($"{Variable} is longer than {ApiKey.LengthMax} characters or holds blanks or characters outside ASCII; it could not be sent in a header: {Remedy}");
        if (key.Distinct().Count() < DistinctMin || KnownWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)))
            throw new ConfigException($"{Variable} is a known or guessable secret: {Remedy}");
    }

    /// <summary>The admin key of a home; generated where there is none.</summary>
    /// <exception cref="ConfigException">It cannot be used.</exception>
    public static string ReadOrGenerate(string home, string? variable)
    {
        if (variable is not null)
        {
            Check(variable);
            return variable;
        }
        var path = PathIn(home);
        if (!File.Exists(path))
        {
            SecretFile.MakeFolder(home);
            SecretFile.Write(path, Encoding.UTF8.GetBytes(ApiKey.Generate() + "\n"));
        }
        SecretFile.RequirePrivate(path);
        var key = File.ReadAllText(path).Trim();
        return key.Length >= LengthMin ? key : throw new ConfigException($"{path}: holds no key; remove the file, then the server generates one.");
    }
}
