using System.Buffers;

namespace Hone.Learning.Numerics;

/// <summary>
/// Working space of one call, so that a pure method writes into no field: on the stack when it is small, else rented. It is not
/// cleared. Write <c>using var z = new Scratch(stackalloc double[Scratch.StackMax], length);</c>.
/// </summary>
internal ref struct Scratch
{
    /// <summary>Numbers that fit onto the stack: two kilobytes.</summary>
    public const int StackMax = 256;

    private double[]? _rented;

    /// <summary>Space for <paramref name="length"/> numbers.</summary>
    public Scratch(Span<double> stack, int length)
    {
        if (length <= stack.Length)
            Span = stack[..length];
        else
            Span = (_rented = ArrayPool<double>.Shared.Rent(length)).AsSpan(0, length);
    }

    /// <summary>The space.</summary>
    public readonly Span<double> Span { get; }

    /// <summary>Gives rented space back.</summary>
    public void Dispose()
    {
        if (_rented is { } rented)
            ArrayPool<double>.Shared.Return(rented);
        _rented = null;
    }
}
