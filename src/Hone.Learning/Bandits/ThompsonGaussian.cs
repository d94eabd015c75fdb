using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Bandits;

/// <summary>Options of <see cref="ThompsonGaussian"/>.</summary>
public sealed record ThompsonGaussianOptions
{
    /// <summary>Mean reward of an arm before any is seen.</summary>
    [Range(0.0, 1.0)] public double PriorMean { get; init; } = 0.5;

    /// <summary>Rewards that the prior counts for.</summary>
    [Range(1e-3, 1e6)] public double PriorWeight { get; init; } = 1;

    /// <summary>Variance of one reward; 0 estimates it for each arm, starting at 1/4, the largest that rewards from 0 to 1 can have.</summary>
    [Range(0.0, 0.25)] public double Variance { get; init; }
}

/// <summary>Each arm draws from the normal distribution of what its mean reward may be, and the highest draw is chosen. For rewards that are not just 0 and 1, such as scaled profits.</summary>
/// <remarks>
/// <para>Agrawal, Goyal, "Further optimal regret bounds for Thompson sampling", AISTATS 2013. The posterior of an arm with n rewards is N(m, s²/(w + n)) with prior weight w, m
/// the mean of prior and rewards together, and s² their variance.</para>
/// <para>The reported probability is that of choosing the arm given what the other arms drew; weighting by its inverse is unbiased.</para>
/// </remarks>
public sealed class ThompsonGaussian : IBandit
{
    private const string SectionName = "thompson-gaussian";
    private const double VarianceMax = 0.25;

    private readonly ThompsonGaussianOptions _options;
    private readonly double[] _means;
    private readonly double[] _squares;
    private readonly long[] _counts;
    private Rng _random;

    /// <summary>A bandit that knows nothing.</summary>
    public ThompsonGaussian(BanditShape shape, ThompsonGaussianOptions options)
    {
        BanditInput.Check(shape);
        _options = options;
        _means = new double[shape.Arms];
        _means.AsSpan().Fill(options.PriorMean);
        _squares = new double[shape.Arms];
        _counts = new long[shape.Arms];
        _random = new(shape.Seed, SectionName);
    }

    /// <inheritdoc/>
    public int Arms => _means.Length;

    /// <summary>Mean and standard deviation of what the mean reward of an arm may be.</summary>
    public (double Mean, double Deviation) Posterior(int arm)
    {
        var weight = _options.PriorWeight + _counts[arm];
        var variance = _options.Variance > 0 ? _options.Variance : (_options.PriorWeight * VarianceMax + _squares[arm]) / weight;
        return (_means[arm], Math.Sqrt(variance / weight));
    }

    /// <inheritdoc/>
    public BanditChoice Choose(ReadOnlySpan<double> context)
    {
        var arm = 0;
        double most = double.NegativeInfinity, second = double.NegativeInfinity;
        for (var a = 0; a < _means.Length; a++)
        {
            var (mean, deviation) = Posterior(a);
            var draw = mean + deviation * _random.NextGaussian();
            if (draw > most)
                (arm, second, most) = (a, most, draw);
            else
                second = Math.Max(second, draw);
        }
        var (center, spread) = Posterior(arm);
        return new(arm, Math.Clamp(Elementary.NormalCdf((center - second) / spread), BanditInput.ProbabilityMin, 1));
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> context, BanditChoice choice, double reward)
    {
        BanditInput.Check(choice, reward, Arms);
        var arm = choice.Arm;
        var distance = reward - _means[arm];
        _means[arm] += distance / (_options.PriorWeight + ++_counts[arm]);
        _squares[arm] += distance * (reward - _means[arm]);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_counts);
        writer.Write(_means);
        writer.Write(_squares);
        _random.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        reader.Read(_counts);
        reader.ReadWithin(_means, -1e-9, 1 + 1e-9);
        reader.Read(_squares);
        for (var a = 0; a < _counts.Length; a++)
            if (_counts[a] is < 0 or > 1L << 48 || !(_squares[a] >= 0 && _squares[a] <= (_counts[a] + _options.PriorWeight) * (1 + 1e-9)))
                throw new CorruptStateException($"thompson-gaussian: {_counts[a]} rewards cannot have the squares {_squares[a]}.");
        _random = Rng.Load(reader);
    }
}
