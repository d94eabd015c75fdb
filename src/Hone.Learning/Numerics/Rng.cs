using Hone.Learning.State;

namespace Hone.Learning.Numerics;

/// <summary>
/// Random numbers that depend on nothing but (seed, purpose, counter): the n-th number of a stream is a function of n, so a
/// stream is saved as two numbers and two purposes never share a stream.
/// </summary>
/// <remarks>SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.</remarks>
public struct Rng
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private readonly ulong _key;
    private ulong _counter;

    /// <summary>The stream of a seed and a purpose, from number <paramref name="counter"/> on.</summary>
    public Rng(ulong seed, string purpose, ulong counter = 0)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in purpose)
            hash = (hash ^ c) * 1099511628211UL;
        _key = Mix(Mix(seed + Golden) ^ hash);
        _counter = counter;
    }

    private Rng(ulong key, ulong counter) => (_key, _counter) = (key, counter);

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => Mix(_key + ++_counter * Golden);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0…<paramref name="count"/> − 1 without bias beyond 2⁻⁶⁴.</summary>
    public int NextInt32(int count) => (int)Math.BigMul(NextUInt64(), (ulong)count, out _);

    /// <summary>Standard normal, by the inverse of the distribution function: one number in, one out.</summary>
    public double NextGaussian() => Elementary.NormalQuantile((NextUInt64() >> 12) * (1.0 / (1UL << 52)) + 1.0 / (1UL << 53));

    /// <summary>Gamma of the given shape (above 0) and scale 1.</summary>
    /// <remarks>Marsaglia, Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000.</remarks>
    public double NextGamma(double shape)
    {
        if (shape < 1)
            return NextGamma(shape + 1) * Elementary.Exp(Elementary.Log(NextDouble() + 1e-300) / shape);
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = NextGaussian();
            var v = 1 + c * x;
            if (v <= 0)
                continue;
            v = v * v * v;
            if (Elementary.Log(NextDouble() + 1e-300) < 0.5 * x * x + d - d * v + d * Elementary.Log(v))
                return d * v;
        }
    }

    /// <summary>Beta of the given parameters (above 0).</summary>
    public double NextBeta(double alpha, double beta)
    {
        var a = NextGamma(alpha);
        return a / (a + NextGamma(beta));
    }

    /// <summary>Writes the stream's position.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_key);
        writer.Write(_counter);
    }

    /// <summary>Reads a stream's position.</summary>
    public static Rng Load(StateReader reader) => new(reader.ReadUInt64(), reader.ReadUInt64());

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
