using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>Options of <see cref="LossScaler"/>.</summary>
public sealed record LossScalerOptions
{
    /// <summary>Values from which mean and spread are learned; none of them is passed on.</summary>
    [Range(2, 1_000_000)] public int WarmUp { get; init; } = 100;

    /// <summary>Standard deviations from 0 to 1: 8 puts the mean at 0.5 and ±4 deviations at the ends.</summary>
    [Range(1.0, 100.0)] public double Spread { get; init; } = 8;
}

/// <summary>
/// Spreads losses that lie close together over 0…1, so that a detector made for 0…1 can see them move:
/// 0.5 + (x − m) / (8·s), cut off at 0 and 1, with m and s learned from the first values after a reset and then frozen.
/// </summary>
/// <remarks>
/// <para>Why. A weak, calibrated predictor's Brier losses are 0.25 ± 0.02. Adwin's bound has a variance term, which shrinks with the data's
/// spread, and a term ⅔dm that assumes the range 0…1 and does not. At two times 500 values the raw bound is 0.029, which is 1.5 standard
/// deviations of the loss; after scaling it is 0.057, which is 0.45 of them: a three times smaller change is seen, at the same promise.
/// Page–Hinkley's classic limits are in data units as well.</para>
/// <para>Why frozen. A scale that follows the data would absorb the drift it should make visible. Why the first values are not passed on:
/// they would be scaled by themselves, which the detector would see as a change of variance when the scale freezes.</para>
/// <para>A value more than four deviations away counts as four: one wild loss is not drift. Values need not be independent
/// for the mean, but overlapping losses make s too small; scale means of blocks of h losses.</para>
/// </remarks>
public sealed class LossScaler(LossScalerOptions options) : ISaved
{
    private const string SectionName = "loss-scaler";

    private readonly LossScalerOptions _options = (LossScalerOptions)Options.Validated(SectionName, options);
    private Welford _seen;
    private double _factor;

    /// <summary>Whether mean and spread are frozen and values come through.</summary>
    public bool Ready => _seen.Weight >= _options.WarmUp;

    /// <summary>Mean of the values seen while warming up.</summary>
    public double Mean => _seen.Mean;

    /// <summary>Standard deviation of the values seen while warming up.</summary>
    public double StandardDeviation => _seen.StandardDeviation;

    /// <summary>Takes one loss.</summary>
    /// <param name="loss">Finite and at most 1e100 in magnitude.</param>
    /// <param name="scaled">The loss in 0…1, or 0.5 while warming up.</param>
    /// <returns>False while warming up: there is nothing to feed a detector yet.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The loss is NaN, infinite or too large.</exception>
    public bool TryScale(double loss, out double scaled)
    {
        DriftInput.RequireFinite(loss);
        if (Ready)
        {
            scaled = Math.Clamp(0.5 + (loss - _seen.Mean) * _factor, 0, 1);
            return true;
        }
        scaled = 0.5;
        _seen.Add(loss);
        if (Ready)
            _factor = Factor();
        return false;
    }

    /// <summary>Learns mean and spread anew.</summary>
    public void Reset()
    {
        _seen = default;
        _factor = 0;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        _seen.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _seen = Welford.Load(reader);
        if (!(_seen.Weight >= 0 && _seen.Weight <= _options.WarmUp && _seen.Weight == Math.Floor(_seen.Weight)
            && Math.Abs(_seen.Mean) <= DriftInput.MagnitudeMax && _seen.Variance >= 0 && double.IsFinite(_seen.Variance)))
            throw new CorruptStateException($"loss-scaler: {_seen.Weight} values with the mean {_seen.Mean} and the variance {_seen.Variance} are impossible.");
        _factor = Ready ? Factor() : 0;
    }

    // A constant warm-up has no spread; the floor makes equal values equal and any other value an extreme one.
    private double Factor() => 1 / (_options.Spread * Math.Max(_seen.StandardDeviation, 1e-9 * (Math.Abs(_seen.Mean) + 1e-9)));
}
