namespace Hone.Adapters.Feeds;

/// <summary>A file of text, plain or gzip by its first bytes, whatever its name.</summary>
internal sealed class FeedFile : IDisposable
{
    private readonly FileStream _file;
    private readonly GzipSource? _gzip;
    private readonly byte[] _head;
    private readonly long _length;
    private int _headRead;

    private FeedFile(string path, FileStream file, string contents)
    {
        (Path, _file) = (path, file);
        var head = new byte[8];
        _head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        _length = file.CanSeek ? file.Length : 0;
        if (_head.Length == 0)
            throw Refused(path, "the file is empty", $"give a file with {contents}");
        if (_head is [0x1F, 0x8B, ..])
            _gzip = new(file, _head);
        else if (OtherFormat(_head) is { } format)
            throw Refused(path, $"this is {format.Name}, not CSV text", format.Remedy);
    }

    public string Path { get; }

    /// <summary>Whether it is gzip.</summary>
    public bool IsCompressed => _gzip is not null;

    /// <summary>Share of the file's bytes that were read, NaN when its length is unknown.</summary>
    public double Progress => _length > 0 ? Math.Min(1, (double)_file.Position / _length) : double.NaN;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="contents">What should be in it, in one word, for messages.</param>
    /// <exception cref="FeedException">It is missing, a directory, locked, empty or of a format that is not text.</exception>
    public static FeedFile Open(string path, string contents = "bars")
    {
        if (Directory.Exists(path))
            throw Refused(path, "this is a directory", "name a file in it");
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
            return new(path, file, contents);
        }
        catch (Exception e)
        {
            file?.Dispose();
            if (Explained(path, e) is { } explained)
                throw explained;
            throw;
        }
    }

    /// <summary>Reads some bytes of text; 0 at the end.</summary>
    /// <exception cref="InvalidDataException">The compressed data are damaged or end early.</exception>
    /// <exception cref="IOException">The disk says so.</exception>
    public int Read(Span<byte> buffer)
    {
        if (_gzip is not null)
            return _gzip.Read(buffer);
        if (_headRead < _head.Length)
        {
            var bytes = Math.Min(buffer.Length, _head.Length - _headRead);
            _head.AsSpan(_headRead, bytes).CopyTo(buffer);
            _headRead += bytes;
            return bytes;
        }
        return _file.Read(buffer);
    }

    public void Dispose()
    {
        _gzip?.Dispose();
        _file.Dispose();
    }

    /// <summary>What the system's refusal to open a file means to its user; null when it is none.</summary>
    internal static FeedException? Explained(string path, Exception cause) => cause switch
    {
        FeedException known => known,
        FileNotFoundException or DirectoryNotFoundException => Refused(path, "there is no such file", "check the name and the folder", cause),
        UnauthorizedAccessException => Refused(path, "the file may not be read by this user", "change its permissions or run as its owner", cause),
        PathTooLongException or ArgumentException or NotSupportedException => Refused(path, "this is no file name", "give the path of a file", cause),
        IOException => Refused(path, $"the file cannot be read ({cause.Message})", "check the disk and the file", cause),
        _ => null,
    };

    private static FeedException Refused(string path, string what, string remedy, Exception? cause = null)
        => new(new(path.Length == 0 ? "(no name)" : path, 0, "", "", what, remedy), cause);

    private static (string Name, string Remedy)? OtherFormat(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => ("UTF-16 text", "save it as UTF-8"),
        [(byte)'P', (byte)'K', 3, 4, ..] => ("a ZIP archive (or a workbook)", "unzip it, or save the sheet as CSV"),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => ("Zstandard data", "decompress it, or use gzip"),
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => ("xz data", "decompress it, or use gzip"),
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, ..] => ("bzip2 data", "decompress it, or use gzip"),
        [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => ("a Parquet file", "export it as CSV"),
        _ => null,
    };
}
