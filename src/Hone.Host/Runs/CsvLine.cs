using System.Globalization;
using System.Text;

namespace Hone.Host.Runs;

/// <summary>Lines of CSV built in one reused buffer.</summary>
internal sealed class CsvLine(Stream output)
{
    // No number or time is longer.
    private const int FieldBytesMax = 512;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _length;
    private bool _first = true;

    public void Time(long timeUs)
    {
        Separate();
        var time = Trading.Market.EventTime.ToDateTime(timeUs);
        var format = time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.ffffffZ";
        time.TryFormat(_buffer.AsSpan(_length), out var written, format, CultureInfo.InvariantCulture);
        _length += written;
    }

    /// <summary>A number with about eight significant digits; empty for NaN.</summary>
    public void Number(double value, string format = "G8")
    {
        Separate();
        if (double.IsFinite(value) && value.TryFormat(_buffer.AsSpan(_length), out var written, format, CultureInfo.InvariantCulture))
            _length += written;
    }

    public void Number(long value)
    {
        Separate();
        value.TryFormat(_buffer.AsSpan(_length), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    public void Empty() => Separate();

    /// <summary>A text, quoted where it must be.</summary>
    public void Text(string value)
    {
        Separate();
        if (value.AsSpan().IndexOfAny(",\"\r\n") >= 0)
            value = $"\"{value.Replace("\"", "\"\"")}\"";
        if (Encoding.UTF8.GetMaxByteCount(value.Length) <= FieldBytesMax)
        {
            _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
            return;
        }
        Flush();
        output.Write(Encoding.UTF8.GetBytes(value));
    }

    public void End()
    {
        _buffer[_length++] = (byte)'\n';
        _first = true;
    }

    public void Flush()
    {
        output.Write(_buffer, 0, _length);
        _length = 0;
    }

    private void Separate()
    {
        if (_length > _buffer.Length - FieldBytesMax - 2)
            Flush();
        if (!_first)
            _buffer[_length++] = (byte)',';
        _first = false;
    }
}
