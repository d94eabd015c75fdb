namespace Hone.Learning.Numerics;

/// <summary>Counts of a Poisson distribution of a fixed mean, one random number each: how often an example appears in a bootstrap sample of a stream.</summary>
/// <remarks>Inversion of the distribution function; Oza, Russell, "Online bagging and boosting", AISTATS 2001 (why Poisson).</remarks>
internal sealed class PoissonSampler
{
    private const int GuideBits = 8;
    private readonly ulong[] _upTo;
    private readonly byte[] _from = new byte[1 << GuideBits];

    /// <summary>A sampler of the given mean.</summary>
    /// <param name="mean">Above 0 and at most 50.</param>
    public PoissonSampler(double mean)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mean);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mean, 50);
        var upTo = new List<ulong>();
        double chance = Elementary.Exp(-mean), sum = 0;
        for (var k = 0; sum + chance < 1 - 1e-16 && k < 200; k++)
        {
            sum += chance;
            upTo.Add((ulong)(sum * 18446744073709549568.0));
            chance *= mean / (k + 1);
        }
        upTo.Add(ulong.MaxValue);
        _upTo = [.. upTo];
        for (var slot = 0; slot < _from.Length; slot++)
            _from[slot] = (byte)_upTo.AsSpan().IndexOfAnyExceptInRange(0UL, (ulong)slot << (64 - GuideBits));
    }

    /// <summary>The next count.</summary>
    public int Next(ref Rng rng)
    {
        var draw = rng.NextUInt64();
        int k = _from[draw >> (64 - GuideBits)];
        while (_upTo[k] < draw)
            k++;
        return k;
    }
}
