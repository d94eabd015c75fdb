using Hone.Learning.State;

namespace Hone.Learning.Tests.State;

/// <summary>The hash of everything emitted: any difference shows, wherever it is.</summary>
public sealed class HashChainTests
{
    private static string Of(params double[] values)
    {
        var chain = new HashChain();
        foreach (var value in values)
            chain.Add(value);
        return chain.ToString();
    }

    [Fact]
    public void The_same_numbers_give_the_same_hash_on_every_machine()
    {
        Assert.Equal("00000000000000000000000000000000", new HashChain().ToString());
        Assert.Equal(Of(0.1, -2, 3e300), Of(0.1, -2, 3e300));
        Assert.Equal("6b64040de205393393c6b337f7cb6516", Of(0.1, -2, 3e300, double.NaN, double.PositiveInfinity, -0.0));
    }

    [Fact]
    public void Order_length_sign_and_the_last_bit_count()
    {
        string[] hashes =
        [
            Of(), Of(0), Of(0, 0), Of(-0.0), Of(1), Of(Math.BitIncrement(1.0)), Of(1, 2), Of(2, 1), Of(1, 2, 0), Of(0, 1, 2), Of(double.NaN), Of(double.PositiveInfinity),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes.Length, hashes.Select(h => h[..16]).Distinct().Count());
        Assert.Equal(hashes.Length, hashes.Select(h => h[16..]).Distinct().Count());
    }

    [Fact]
    public void A_single_bit_anywhere_changes_both_halves_for_good()
    {
        var numbers = Enumerable.Range(0, 200).Select(i => (ulong)i * 0x9E3779B97F4A7C15).ToArray();
        var (whole, _) = Run(numbers);
        for (var i = 0; i < numbers.Length; i += 7)
            for (var bit = 0; bit < 64; bit++)
            {
                numbers[i] ^= 1UL << bit;
                var (other, digest) = Run(numbers);
                Assert.NotEqual(whole[..16], other[..16]);
                Assert.NotEqual(whole[16..], other[16..]);
                Assert.NotEqual(Run(numbers[..^1]).Digest, digest);
                numbers[i] ^= 1UL << bit;
            }

        static (string Hash, ulong Digest) Run(ulong[] numbers)
        {
            var chain = new HashChain();
            foreach (var number in numbers)
                chain.Add(number);
            return (chain.ToString(), chain.Digest);
        }
    }

    [Fact]
    public void Every_missing_value_is_the_same_one()
    {
        Assert.Equal(Of(1, double.NaN, 2), Of(1, BitConverter.UInt64BitsToDouble(0xFFF8000000000123), 2));
    }

    [Fact]
    public void A_chain_goes_on_after_it_was_saved()
    {
        var chain = new HashChain();
        chain.Add(1.5);
        chain.Add(-7L);
        var writer = new StateWriter();
        chain.Save(writer);
        var copy = HashChain.Load(new StateReader(writer.WrittenMemory));
        Assert.Equal(chain.ToString(), copy.ToString());
        chain.Add(2UL);
        Assert.NotEqual(chain.ToString(), copy.ToString());
        copy.Add(2UL);
        Assert.Equal((chain.ToString(), chain.Digest), (copy.ToString(), copy.Digest));
    }

    [Fact]
    public void A_state_hash_is_the_head_of_the_sha_256_of_the_state()
    {
        // FIPS 180-2, the message "abc".
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223", StateHash.Of("abc"u8));
        var chain = new Saved();
        Assert.Equal(StateHash.Of("\u0003\0\0\0abc"u8), StateHash.Of(chain));
    }

    private sealed class Saved : ISaved
    {
        public void Save(StateWriter writer) => writer.Write("abc");

        public void Load(StateReader reader) => reader.ReadString();
    }
}
