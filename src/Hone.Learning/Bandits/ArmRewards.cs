using Hone.Learning.State;

namespace Hone.Learning.Bandits;

/// <summary>How often each arm was rewarded, and with how much in all.</summary>
internal sealed class ArmRewards(int arms)
{
    private readonly long[] _counts = new long[arms];
    private readonly double[] _sums = new double[arms];

    /// <summary>Rewards of all arms.</summary>
    public long Total { get; private set; }

    /// <summary>Rewards of one arm.</summary>
    public long Count(int arm) => _counts[arm];

    /// <summary>Mean reward of one arm that had any.</summary>
    public double Mean(int arm) => _sums[arm] / _counts[arm];

    public void Add(int arm, double reward)
    {
        _counts[arm]++;
        _sums[arm] += reward;
        Total++;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(_counts);
        writer.Write(_sums);
    }

    public void Load(StateReader reader)
    {
        reader.Read(_counts);
        reader.Read(_sums);
        Total = 0;
        for (var a = 0; a < arms; a++)
        {
            if (_counts[a] is < 0 or > 1L << 48 || !(_sums[a] >= 0 && _sums[a] <= _counts[a] * (1 + 1e-9)))
                throw new CorruptStateException($"An arm with {_counts[a]} rewards cannot have earned {_sums[a]}.");
            Total += _counts[a];
        }
    }
}
