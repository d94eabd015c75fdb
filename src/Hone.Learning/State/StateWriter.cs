using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Hone.Learning.State;

/// <summary>
/// Writes state as little-endian bytes that mean the same on every machine. A state hash is a hash of these bytes,
/// so NaN is written in its one canonical form and sections carry their name and format number.
/// </summary>
public sealed class StateWriter
{
    private byte[] _buffer = new byte[4096];
    private int _length;

    /// <summary>Everything written so far.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Everything written so far, as memory that stays valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _length);

    /// <summary>Forgets what was written and keeps the buffer.</summary>
    public void Clear() => _length = 0;

    /// <summary>Starts a named section; <see cref="StateReader.Section(string, int)"/> refuses another name or a newer format.</summary>
    public void Section(string name, int format)
    {
        Write(name);
        Write(format);
    }

    /// <summary>Writes one number.</summary>
    public void Write(double value)
    {
        var bits = double.IsNaN(value) ? 0x7FF8000000000000L : BitConverter.DoubleToInt64Bits(value);
        BinaryPrimitives.WriteInt64LittleEndian(Reserve(8), bits);
    }

    /// <summary>Writes one number.</summary>
    public void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Reserve(8), value);

    /// <summary>Writes one number.</summary>
    public void Write(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    /// <summary>Writes one number.</summary>
    public void Write(int value) => BinaryPrimitives.WriteInt32LittleEndian(Reserve(4), value);

    /// <summary>Writes one flag as a byte.</summary>
    public void Write(bool value) => Reserve(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>Writes a text with its length in front.</summary>
    public void Write(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        Write(bytes);
        Encoding.UTF8.GetBytes(value, Reserve(bytes));
    }

    /// <summary>Writes a block of numbers with its length in front.</summary>
    public void Write(ReadOnlySpan<double> values)
    {
        Write(values.Length);
        foreach (var value in values)
            Write(value);
    }

    /// <summary>Writes a block of numbers with its length in front.</summary>
    public void Write(ReadOnlySpan<long> values)
    {
        Write(values.Length);
        foreach (var value in values)
            Write(value);
    }

    /// <summary>Writes a block of numbers with its length in front.</summary>
    public void Write(ReadOnlySpan<int> values)
    {
        Write(values.Length);
        foreach (var value in values)
            Write(value);
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_length + bytes > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        var span = _buffer.AsSpan(_length, bytes);
        _length += bytes;
        return span;
    }
}
