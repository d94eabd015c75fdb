namespace Hone.Learning.Tests.Numerics;

/// <summary>A 64-bit hash of the bits of numbers, in order; NaN in its one canonical form.</summary>
internal sealed class Golden
{
    private ulong _hash = 14695981039346656037;

    public string Text => _hash.ToString("x16");

    public void Add(double value) => Add(double.IsNaN(value) ? 0x7FF8000000000000 : BitConverter.DoubleToUInt64Bits(value));

    public void Add(ulong bits)
    {
        for (var i = 0; i < 64; i += 8)
            _hash = (_hash ^ (byte)(bits >> i)) * 1099511628211;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            _hash = (_hash ^ b) * 1099511628211;
    }
}
