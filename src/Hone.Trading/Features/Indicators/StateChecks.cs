using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>Reads that refuse what no indicator can have written.</summary>
internal static class StateChecks
{
    /// <summary>A finite number, or NaN for "not there yet".</summary>
    public static double ReadFiniteOrNaN(this StateReader reader)
    {
        var value = reader.ReadDouble();
        return double.IsInfinity(value) ? throw new CorruptStateException("A published value is infinite.") : value;
    }

    /// <summary>A finite number of at least <paramref name="min"/>.</summary>
    public static double ReadAtLeast(this StateReader reader, double min)
    {
        var value = reader.ReadFinite();
        return value >= min ? value : throw new CorruptStateException($"Expected a number of at least {min} and found {value}.");
    }

    /// <summary>A block of finite numbers of the length of <paramref name="values"/>.</summary>
    public static void ReadFinite(this StateReader reader, Span<double> values)
    {
        reader.Read(values);
        foreach (var value in values)
            if (!double.IsFinite(value))
                throw new CorruptStateException($"A window holds {value}.");
    }
}
