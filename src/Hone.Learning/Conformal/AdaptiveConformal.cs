using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Learning.Conformal;

/// <summary>Options of <see cref="AdaptiveConformal"/>.</summary>
public sealed record AdaptiveConformalOptions
{
    /// <summary>How far one outcome moves the miss rate that is aimed at. Larger follows changes faster and is less steady; 0 does not adapt.</summary>
    [Range(0.0, 1.0)] public double Gamma { get; init; } = 0.005;

    /// <summary>Scores that the bound is taken from.</summary>
    [Range(10, 100_000)] public int Window { get; init; } = 250;
}

/// <summary>
/// Adaptive conformal inference: the bound is a quantile of the last scores, and which quantile is corrected by every outcome. The share of outcomes missed in T rounds is within
/// (max(α, 1 − α) + γ) / (γT) of α = 1 − coverage, whatever the scores do, even against an adversary.
/// </summary>
/// <remarks>
/// <para>Gibbs, Candès, "Adaptive conformal inference under distribution shift", NeurIPS 2021. α(t+1) = α(t) + γ·(α − missed), with the rate that is wanted, α, in the correction. Where α(t) has fallen
/// to 0 the bound is infinite (everything is covered), where it has risen to 1 it is −infinity (nothing is).</para>
/// <para>For outcomes that come h rounds late the correction comes late by as much; take one instance for each of h interleaved series where the guarantee must hold exactly.</para>
/// </remarks>
public sealed class AdaptiveConformal : IConformal
{
    private const string SectionName = "adaptive-conformal";

    private readonly AdaptiveConformalOptions _options;
    private readonly ScoreWindow _scores;
    private readonly double _target;
    private double _miss;

    /// <summary>A method that knows nothing.</summary>
    /// <param name="coverage">The share of outcomes to cover, in (0, 1).</param>
    /// <param name="options">Options.</param>
    public AdaptiveConformal(double coverage, AdaptiveConformalOptions options)
    {
        Coverage = ConformalInput.Coverage(coverage);
        _options = options;
        _scores = new(options.Window);
        _target = _miss = 1 - coverage;
    }

    /// <inheritdoc/>
    public double Coverage { get; }

    /// <inheritdoc/>
    public double Bound => _scores.Quantile(_miss);

    /// <summary>The miss rate that is aimed at now, α(t), from −γ to 1 + γ.</summary>
    public double MissRate => _miss;

    /// <inheritdoc/>
    public void Learn(double score)
    {
        ConformalInput.RequireScore(score);
        _miss += _options.Gamma * (_target - (score > Bound ? 1 : 0));
        _scores.Add(score);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _scores.Reset();
        _miss = _target;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_miss);
        _scores.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _miss = reader.ReadWithin(-_options.Gamma, 1 + _options.Gamma);
        _scores.Load(reader);
    }
}
