using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Conformal;

/// <summary>Options of <see cref="DynamicallyTunedConformal"/>.</summary>
public sealed record DynamicallyTunedConformalOptions
{
    /// <summary>Scores that the bound is taken from.</summary>
    [Range(10, 100_000)] public int Window { get; init; } = 250;

    /// <summary>Rounds over which the choice of γ should be a good one: shorter switches faster between slow and fast correction.</summary>
    [Range(10, 1_000_000)] public int Interval { get; init; } = 500;
}

/// <summary>
/// Adaptive conformal inference that does not need to be told γ: eight of them from .001 to .128 run side by side, and the miss rate that is aimed at is their mean, weighted by how
/// well each did lately.
/// </summary>
/// <remarks>
/// Gibbs, Candès, "Conformal inference for online prediction with arbitrary distribution shifts", JMLR 25, 2024 (DtACI): exponential weights on the quantile loss with a fixed share. An expert is
/// judged by the miss rate at which its bound would just have covered the outcome; learning rate and share are those of the paper for the given interval.
/// </remarks>
public sealed class DynamicallyTunedConformal : IConformal
{
    private const string SectionName = "dynamically-tuned-conformal";
    private const int Experts = 8;
    private const double GammaMin = 0.001;
    private const double GammaMax = 0.128;

    private readonly ScoreWindow _scores;
    private readonly double _target;
    private readonly double _rate;
    private readonly double _share;
    private readonly double[] _misses = new double[Experts];
    private readonly double[] _weights = new double[Experts];

    /// <summary>A method that knows nothing.</summary>
    /// <param name="coverage">The share of outcomes to cover, in (0, 1).</param>
    /// <param name="options">Options.</param>
    public DynamicallyTunedConformal(double coverage, DynamicallyTunedConformalOptions options)
    {
        Coverage = ConformalInput.Coverage(coverage);
        _scores = new(options.Window);
        _target = 1 - coverage;
        double a = _target, interval = options.Interval;
        _rate = Math.Sqrt(3 / interval) * Math.Sqrt((Elementary.Log(Experts * interval) + 2) / (coverage * coverage * a * a * a + a * a * coverage * coverage * coverage));
        _share = 1 / (2 * interval);
        Reset();
    }

    /// <inheritdoc/>
    public double Coverage { get; }

    /// <inheritdoc/>
    public double Bound => _scores.Quantile(MissRate);

    /// <summary>The miss rate that is aimed at now.</summary>
    public double MissRate
    {
        get
        {
            var miss = 0.0;
            for (var k = 0; k < Experts; k++)
                miss += _weights[k] * _misses[k];
            return miss;
        }
    }

    /// <inheritdoc/>
    public void Learn(double score)
    {
        ConformalInput.RequireScore(score);

        // The rate from which on the outcome would have been missed.
        var just = 1 - (double)_scores.Below(score) / (_scores.Count + 1);
        double gamma = GammaMin, sum = 0;
        for (var k = 0; k < Experts; k++)
        {
            var distance = just - _misses[k];
            _weights[k] *= Elementary.Exp(-_rate * (_target * distance - Math.Min(0, distance)));
            sum += _weights[k];
            _misses[k] += gamma * (_target - (_misses[k] >= just ? 1 : 0));
            gamma *= 2;
        }

        // Rates below 0 are good ones when a bound must be infinite, so a loss can be below 0 too; but no weight dies or explodes in one step.
        for (var k = 0; k < Experts; k++)
            _weights[k] = (1 - _share) * (_weights[k] / sum) + _share / Experts;
        _scores.Add(score);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _scores.Reset();
        _misses.AsSpan().Fill(_target);
        _weights.AsSpan().Fill(1.0 / Experts);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_misses);
        writer.Write(_weights);
        _scores.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        reader.ReadWithin(_misses, -GammaMax, 1 + GammaMax);
        reader.ReadWithin(_weights, 0, 1 + 1e-9);
        var sum = 0.0;
        foreach (var weight in _weights)
            sum += weight;
        if (!(Math.Abs(sum - 1) < 1e-6))
            throw new CorruptStateException($"dynamically-tuned-conformal: the weights sum to {sum}.");
        _scores.Load(reader);
    }
}
