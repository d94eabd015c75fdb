namespace Hone.Adapters.Feeds;

/// <summary>Lines of a file, as bytes in a fixed buffer: memory depends neither on the file nor on its lines.</summary>
internal sealed class LineReader(FeedFile file, int lineBytesMax, string contents = "bars")
{
    private const int ChunkBytes = 64 * 1024;

    // One chunk less than 1 MiB, so that the last one fills the buffer exactly.
    private const int HeadBytesMax = (1 << 20) - ChunkBytes;

    private byte[] _buffer = new byte[ChunkBytes];
    private int _start, _end;
    private bool _ended;

    /// <summary>Number of the line that was read last, 1 is the first.</summary>
    public long Line { get; private set; }

    /// <summary>Why the file could not be read on; null when it could.</summary>
    public FeedProblem? Failure { get; private set; }

    /// <summary>Reads ahead, before any line was read: up to 1 MiB, or the whole file, or up to a failure or a line that is too long.</summary>
    public ReadOnlySpan<byte> ReadHead()
    {
        var lineStart = 0;
        while (!_ended && _end < HeadBytesMax && _end - lineStart <= lineBytesMax)
        {
            var before = _end;
            Fill();
            var newline = _buffer.AsSpan(before, _end - before).LastIndexOf((byte)'\n');
            if (newline >= 0)
                lineStart = before + newline + 1;
        }
        if (_buffer.AsSpan(0, Math.Min(3, _end)) is [0xEF, 0xBB, 0xBF])
            _start = 3;
        return _buffer.AsSpan(_start, _end - _start);
    }

    /// <summary>Reads the next line, without its end.</summary>
    /// <returns>False at the end, or at a <see cref="Failure"/>.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest[searched..].IndexOf((byte)'\n');
            if (length >= 0)
            {
                length += searched;
                _start += length + 1;
                return Found(rest[..length], out line);
            }
            searched = rest.Length;
            if (searched > lineBytesMax)
                return Found(rest, out line);
            if (_ended)
            {
                _start = _end;
                if (searched > 0 && Failure is null)
                    return Found(rest, out line);
                line = default;
                return false;
            }
            Fill();
        }
    }

    private bool Found(ReadOnlySpan<byte> found, out ReadOnlySpan<byte> line)
    {
        Line++;
        line = found is [.., (byte)'\r'] ? found[..^1] : found;
        if (line.Length <= lineBytesMax)
            return true;
        Failure = new(file.Path, Line, "", FeedProblem.Text(line[..64]), $"is the start of a line of more than {lineBytesMax} bytes", $"check that this is a text file of {contents} with line ends");
        _ended = true;
        _start = _end;
        line = default;
        return false;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        // Only a head or a long line needs more than two chunks.
        if (_buffer.Length - _end < ChunkBytes)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        try
        {
            var bytes = file.Read(_buffer.AsSpan(_end, ChunkBytes));
            _end += bytes;
            _ended = bytes == 0;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _ended = true;
            var what = e is InvalidDataException ? e.Message : $"the file cannot be read on ({e.Message})";
            Failure = new(file.Path, 0, "", "", what, e is InvalidDataException ? "fetch or compress the file again" : "check the disk and the file");
        }
    }
}
