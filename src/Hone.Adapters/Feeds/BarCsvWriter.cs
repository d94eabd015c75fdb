using System.Buffers.Text;
using System.Globalization;
using Hone.Trading.Market;

namespace Hone.Adapters.Feeds;

/// <summary>Rows of a CSV file as bytes: times in ISO-8601 UTC, numbers as short as they read back bit for bit.</summary>
public sealed class BarCsvWriter : IDisposable
{
    private const int RowBytesMax = 512;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _length;

    /// <summary>Writes to a stream, which is disposed with this.</summary>
    public BarCsvWriter(Stream stream) => _stream = stream;

    /// <summary>Writes a bar under timestamp,open,high,low,close,volume; the stamp is its start.</summary>
    public void Write(in Bar bar, long stepUs)
    {
        Time(bar.CloseTimeUs - stepUs);
        Number(bar.Open);
        Number(bar.High);
        Number(bar.Low);
        Number(bar.Close);
        Number(bar.Volume);
        EndRow();
    }

    /// <summary>Writes a line of text as it is.</summary>
    public void Line(string text)
    {
        if (_length + text.Length * 3 + 1 > _buffer.Length)
            Flush();
        _length += System.Text.Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));
        EndRow();
    }

    /// <summary>Starts a row with a time.</summary>
    public void Time(long timeUs)
    {
        if (_buffer.Length - _length < RowBytesMax)
            Flush();
        var time = EventTime.ToDateTime(timeUs);
        var row = _buffer.AsSpan(_length);
        Digits(row, time.Year, 4);
        row[4] = (byte)'-';
        Digits(row[5..], time.Month, 2);
        row[7] = (byte)'-';
        Digits(row[8..], time.Day, 2);
        row[10] = (byte)'T';
        Digits(row[11..], time.Hour, 2);
        row[13] = (byte)':';
        Digits(row[14..], time.Minute, 2);
        row[16] = (byte)':';
        Digits(row[17..], time.Second, 2);
        row[19] = (byte)'Z';
        _length += 20;
    }

    /// <summary>Adds a number to the row.</summary>
    public void Number(double value)
    {
        _buffer[_length++] = (byte)',';
        value.TryFormat(_buffer.AsSpan(_length), out var bytes, "R", CultureInfo.InvariantCulture);
        _length += bytes;
    }

    /// <summary>Adds an integer to the row.</summary>
    public void Number(int value)
    {
        _buffer[_length++] = (byte)',';
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out var bytes);
        _length += bytes;
    }

    /// <summary>Adds a word to the row.</summary>
    public void Word(ReadOnlySpan<byte> word)
    {
        _buffer[_length++] = (byte)',';
        word.CopyTo(_buffer.AsSpan(_length));
        _length += word.Length;
    }

    /// <summary>Ends the row.</summary>
    public void EndRow() => _buffer[_length++] = (byte)'\n';

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        _stream.Dispose();
    }

    private void Flush()
    {
        _stream.Write(_buffer, 0, _length);
        _length = 0;
    }

    private static void Digits(Span<byte> at, int value, int digits)
    {
        for (var i = digits - 1; i >= 0; i--, value /= 10)
            at[i] = (byte)('0' + value % 10);
    }
}
