using System.IO.Compression;

namespace Hone.Adapters.Feeds;

/// <summary>
/// Decompresses gzip and notices when the data end early. The framework's stream takes the end of a truncated file for the
/// end of the data; a year of bars would silently lose its second half.
/// </summary>
/// <remarks>
/// How it notices: when the file has no more bytes, the decompressor gets one byte 0xFF that begins no gzip member. A decompressor
/// that had finished takes it for trailing rubbish and stops; one that had not asks for more, or gives out data, or fails its
/// checksum: each of these means truncated. One that stopped before it was given the byte has found rubbish inside the file.
/// </remarks>
internal sealed class GzipSource : IDisposable
{
    private readonly Tail _tail;
    private readonly GZipStream _inflater;

    /// <summary>Decompresses a stream.</summary>
    /// <param name="compressed">The gzip data; disposed with this.</param>
    /// <param name="head">Bytes that were read from it already.</param>
    public GzipSource(Stream compressed, byte[] head)
    {
        _tail = new(compressed, head);
        _inflater = new(_tail, CompressionMode.Decompress);
    }

    /// <summary>Reads some bytes; 0 at the end.</summary>
    /// <exception cref="InvalidDataException">The data are damaged or end early.</exception>
    public int Read(Span<byte> buffer)
    {
        int bytes;
        try
        {
            bytes = _inflater.Read(buffer);
        }
        catch (InvalidDataException) when (_tail.Ended)
        {
            throw Truncated();
        }
        catch (InvalidDataException)
        {
            throw new InvalidDataException("the gzip data are damaged (the checksum or the coding is wrong)");
        }
        if (bytes > 0)
            return _tail.Ended ? throw Truncated() : bytes;
        return _tail.Ended ? 0 : throw new InvalidDataException("after the gzip data come bytes that are no gzip data");
    }

    public void Dispose()
    {
        _inflater.Dispose();
        _tail.Dispose();
    }

    private static InvalidDataException Truncated() => new("the gzip data end early (the file is truncated)");

    private sealed class Tail(Stream source, byte[] head) : Stream
    {
        private int _headRead;

        /// <summary>Whether the byte after the end was given out.</summary>
        public bool Ended { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (_headRead < head.Length)
            {
                var bytes = Math.Min(buffer.Length, head.Length - _headRead);
                head.AsSpan(_headRead, bytes).CopyTo(buffer);
                _headRead += bytes;
                return bytes;
            }
            var read = source.Read(buffer);
            if (read > 0)
                return read;
            if (Ended)
                throw Truncated();
            Ended = true;
            buffer[0] = 0xFF;
            return 1;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
