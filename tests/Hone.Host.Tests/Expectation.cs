namespace Hone.Host.Tests;

/// <summary>Console output that was looked at once and must stay as it is. HONE_EXPECT=write writes it anew, to be looked at in the diff.</summary>
internal static class Expectation
{
    public static void Holds(string name, string actual)
    {
        var path = Repository.PathOf($"tests/Hone.Host.Tests/Expectations/{name}.txt");
        actual = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("HONE_EXPECT") == "write")
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"There is no expectation {path}; HONE_EXPECT=write writes it.");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual);
    }
}
