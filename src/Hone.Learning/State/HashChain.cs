using System.Runtime.CompilerServices;

namespace Hone.Learning.State;

/// <summary>
/// A running 128-bit hash of everything a session emits, in order. Two lanes of multiply-and-mix; made to notice any
/// difference between two runs, not to resist an attacker.
/// </summary>
public struct HashChain
{
    private const ulong First = 0x9E3779B97F4A7C15, Second = 0xC2B2AE3D27D4EB4F;
    private ulong _a;
    private ulong _b;

    /// <summary>Takes a number; NaN in its one canonical form.</summary>
    public void Add(double value) => Add(double.IsNaN(value) ? 0x7FF8000000000000UL : BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Takes a number.</summary>
    public void Add(long value) => Add((ulong)value);

    /// <summary>Takes 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong bits)
    {
        _a = ulong.RotateLeft(_a ^ (bits * First), 31) * Second + 0x165667B19E3779F9;
        _b = (ulong.RotateLeft(_b, 27) + (bits ^ Second)) * First ^ (_b >> 29);
    }

    /// <summary>64 of the 128 bits, for comparing many chains without writing them out.</summary>
    public readonly ulong Digest => _a ^ ulong.RotateLeft(_b, 32);

    /// <summary>32 hex digits.</summary>
    public override readonly string ToString() => $"{_a:x16}{_b:x16}";

    /// <summary>Writes the chain.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_a);
        writer.Write(_b);
    }

    /// <summary>Reads a chain.</summary>
    public static HashChain Load(StateReader reader) => new() { _a = reader.ReadUInt64(), _b = reader.ReadUInt64() };
}
