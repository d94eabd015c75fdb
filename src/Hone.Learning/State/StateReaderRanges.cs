namespace Hone.Learning.State;

/// <summary>Blocks of numbers that must lie in a range.</summary>
public static class StateReaderRanges
{
    /// <summary>Reads a block of numbers of the given length and refuses NaN and what is outside <paramref name="min"/>…<paramref name="max"/>.</summary>
    /// <exception cref="CorruptStateException">The length is another one, or a number is out of range.</exception>
    public static void ReadWithin(this StateReader reader, Span<double> values, double min, double max)
    {
        reader.Read(values);
        foreach (var value in values)
            if (!(value >= min && value <= max))
                throw new CorruptStateException($"Expected numbers from {min} to {max} and found {value}.");
    }

    /// <summary>Reads one number and refuses NaN and what is outside <paramref name="min"/>…<paramref name="max"/>.</summary>
    /// <exception cref="CorruptStateException">The number is out of range.</exception>
    public static double ReadWithin(this StateReader reader, double min, double max)
    {
        var value = reader.ReadDouble();
        return value >= min && value <= max ? value : throw new CorruptStateException($"Expected a number from {min} to {max} and found {value}.");
    }
}
