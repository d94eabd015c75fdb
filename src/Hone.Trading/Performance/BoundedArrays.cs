using Hone.Learning.State;

namespace Hone.Trading.Performance;

/// <summary>Reads arrays of a length that only the state knows, without believing it before the bytes are there.</summary>
internal static class BoundedArrays
{
    /// <summary>A count of items that each take at least <paramref name="itemBytes"/> of what is left to read.</summary>
    public static int ReadCount(StateReader reader, int countMax, int itemBytes)
    {
        var count = reader.ReadInt32(0, countMax);
        return (long)count * itemBytes <= reader.Remaining
            ? count
            : throw new CorruptStateException($"The state promises {count} items of {itemBytes} bytes and has {reader.Remaining} bytes left.");
    }

    /// <summary>Fills <paramref name="values"/> and refuses NaN and infinity.</summary>
    public static void ReadFinite(StateReader reader, Span<double> values)
    {
        reader.Read(values);
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                throw new CorruptStateException($"Expected finite numbers and found {values[i]} as number {i}.");
        }
    }

    /// <summary>Reads a count that is 0 or more.</summary>
    public static long ReadTally(StateReader reader)
    {
        var count = reader.ReadInt64();
        return count >= 0 ? count : throw new CorruptStateException($"A count cannot be {count}.");
    }
}
