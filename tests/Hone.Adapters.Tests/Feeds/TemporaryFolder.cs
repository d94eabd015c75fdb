using System.IO.Compression;
using System.Text;

namespace Hone.Adapters.Tests.Feeds;

/// <summary>A folder for a test's files, gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("hone-feeds-").FullName;

    public string this[string name] => Path.Combine(_path, name);

    public string[] Names => [.. Directory.GetFiles(_path).Select(f => Path.GetFileName(f)!).Order()];

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public static byte[] Gzip(string text)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return memory.ToArray();
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
