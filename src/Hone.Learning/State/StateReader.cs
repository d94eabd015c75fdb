using System.Buffers.Binary;
using System.Text;

namespace Hone.Learning.State;

/// <summary>Reads what <see cref="StateWriter"/> wrote. Every length is checked: a state file is hostile until it proves otherwise.</summary>
public sealed class StateReader(ReadOnlyMemory<byte> state)
{
    private const int TextMax = 1 << 20;
    private int _position;

    /// <summary>Bytes not read yet.</summary>
    public int Remaining => state.Length - _position;

    /// <summary>Back to the first byte.</summary>
    internal void Rewind() => _position = 0;

    /// <summary>Reads a section's header and refuses another name or a format outside 1…<paramref name="formatMax"/>.</summary>
    /// <returns>The format number that was written.</returns>
    /// <exception cref="CorruptStateException">The section is another one, or of a newer format.</exception>
    public int Section(string name, int formatMax) => Section(name, 1, formatMax);

    /// <summary>Reads a section's header and refuses another name or a format outside <paramref name="formatMin"/>…<paramref name="formatMax"/>.</summary>
    /// <returns>The format number that was written.</returns>
    /// <exception cref="CorruptStateException">The section is another one, of a newer format, or of one that is not read any more.</exception>
    public int Section(string name, int formatMin, int formatMax)
    {
        var found = Take(ReadInt32(0, TextMax));
        if (!Ascii.Equals(found, name) && Encoding.UTF8.GetString(found) != name)
            throw new CorruptStateException($"Expected the section '{name}' and found '{Encoding.UTF8.GetString(found)}' at byte {_position}.");
        var format = ReadInt32();
        return format >= formatMin && format <= formatMax
            ? format
            : throw new CorruptStateException($"The section '{name}' has format {format}; this build reads {(formatMin == formatMax ? $"{formatMax} only" : $"{formatMin} to {formatMax}")}.");
    }

    /// <summary>Reads one number.</summary>
    public double ReadDouble() => BitConverter.Int64BitsToDouble(ReadInt64());

    /// <summary>Reads one number and refuses NaN and infinity.</summary>
    public double ReadFinite()
    {
        var value = ReadDouble();
        return double.IsFinite(value) ? value : throw new CorruptStateException($"Expected a finite number at byte {_position} and found {value}.");
    }

    /// <summary>Reads one number.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>Reads one number.</summary>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Reads one number.</summary>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    /// <summary>Reads one number and refuses it outside <paramref name="min"/>…<paramref name="max"/>.</summary>
    public int ReadInt32(int min, int max)
    {
        var value = ReadInt32();
        return value >= min && value <= max
            ? value
            : throw new CorruptStateException($"Expected a number from {min} to {max} at byte {_position} and found {value}.");
    }

    /// <summary>Reads one flag.</summary>
    public bool ReadBool() => Take(1)[0] switch
    {
        0 => false,
        1 => true,
        var other => throw new CorruptStateException($"Expected a flag at byte {_position} and found {other}."),
    };

    /// <summary>Reads a text.</summary>
    public string ReadString()
    {
        var bytes = ReadInt32(0, TextMax);
        return Encoding.UTF8.GetString(Take(bytes));
    }

    /// <summary>Reads a block of numbers whose length must be that of <paramref name="values"/>.</summary>
    public void Read(Span<double> values)
    {
        Length(values.Length, 8);
        for (var i = 0; i < values.Length; i++)
            values[i] = ReadDouble();
    }

    /// <summary>Reads a block of numbers whose length must be that of <paramref name="values"/>.</summary>
    public void Read(Span<long> values)
    {
        Length(values.Length, 8);
        for (var i = 0; i < values.Length; i++)
            values[i] = ReadInt64();
    }

    /// <summary>Reads a block of numbers whose length must be that of <paramref name="values"/>.</summary>
    public void Read(Span<int> values)
    {
        Length(values.Length, 4);
        for (var i = 0; i < values.Length; i++)
            values[i] = ReadInt32();
    }

    private void Length(int expected, int width)
    {
        var length = ReadInt32();
        if (length != expected || (long)length * width > Remaining)
            throw new CorruptStateException($"Expected {expected} numbers at byte {_position} and found {length}.");
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > Remaining)
            throw new CorruptStateException($"The state ends at byte {state.Length}; {bytes} bytes were expected at byte {_position}.");
        var span = state.Span.Slice(_position, bytes);
        _position += bytes;
        return span;
    }
}
