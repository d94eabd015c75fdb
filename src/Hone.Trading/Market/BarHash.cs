namespace Hone.Trading.Market;

/// <summary>
/// Running 128-bit hash of bars: two runs read the same data exactly when their hashes agree. Not cryptographic; it guards
/// against mix-ups, not against forgery.
/// </summary>
/// <remarks>
/// Two independent lanes; each multiplies two mixed 64-bit words to 128 bits and folds the halves together, as in
/// Wang Yi's wyhash (https://github.com/wangyi-fudan/wyhash). A bar costs six multiplications.
/// </remarks>
public struct BarHash
{
    private const ulong K0 = 0xA0761D6478BD642F, K1 = 0xE7037ED1A0B428DB, K2 = 0x8EBC6AF09C88C6E3, K3 = 0x589965CC75374CC3;
    private ulong _a, _b, _words;

    /// <summary>Takes one bar.</summary>
    public void Add(in Bar bar)
    {
        Add((ulong)bar.CloseTimeUs, Bits(bar.Open));
        Add(Bits(bar.High), Bits(bar.Low));
        Add(Bits(bar.Close), Bits(bar.Volume));
    }

    /// <summary>Takes one value of a further column; every NaN counts as the same.</summary>
    public void Add(double value) => Add(Bits(value), K2);

    /// <summary>The hash of everything taken so far, 32 hex digits.</summary>
    public readonly override string ToString()
    {
        var a = Fold(_a ^ K3, _words ^ K0);
        var b = Fold(_b ^ K2, _words ^ K1);
        return $"{a ^ (b >> 32):x16}{b ^ (a << 7):x16}";
    }

    private void Add(ulong x, ulong y)
    {
        _a = Fold(_a ^ x ^ K0, y ^ K1);
        // The other lane takes the words in the other order, so that a collision in one says nothing about the other.
        _b = Fold(_b ^ y ^ K2, x ^ K3);
        // A product with 0 forgets its lane; the sum of the words does not.
        _words += x * K1 + y * K2 + 1;
    }

    private static ulong Bits(double value) => double.IsNaN(value) ? 0x7FF8000000000000UL : (ulong)BitConverter.DoubleToInt64Bits(value + 0.0);

    private static ulong Fold(ulong x, ulong y)
    {
        var high = Math.BigMul(x, y, out var low);
        return high ^ low;
    }
}
