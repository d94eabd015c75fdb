using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>
/// Four passive-aggressive separators, from hardly moved by an example to satisfied by each, whose calibrated probabilities are mixed
/// by how well each has done: nobody has to know how noisy the labels are.
/// </summary>
/// <remarks>
/// <para>The aggressiveness C is 0.0005, 0.005, 0.05 and 0.5. With more than two classes a step is taken on the pair of the right class and the one
/// that scores highest of the others (Crammer et al. 2006, §8): it settles the comparison that was lost, which one separator against the rest for each class does not.
/// Probabilities are the softmax of the calibrated margins, mixed by <see cref="NearnessMixture"/>.</para>
/// <para>Crammer, Dekel, Keshet, Shalev-Shwartz, Singer, "Online passive-aggressive algorithms", JMLR 7, 2006; Herbster, Warmuth, "Tracking the best expert",
/// Machine Learning 32, 1998.</para>
/// </remarks>
public sealed class PassiveAggressiveMixture : IClassifier
{
    private const double MixtureShare = 4e-4;
    private static readonly double[] Aggressiveness = [0.0005, 0.005, 0.05, 0.5];

    private readonly PassiveAggressiveVariant _variant;
    private readonly RunningScaler _scaler;
    private readonly QuadModel _models;
    private readonly QuadCalibration _calibration;
    private readonly NearnessMixture _mixture;

    // Written by learning only, and not state.
    private readonly double[] _z;
    private readonly double[] _margins;
    private readonly double[] _probabilities;
    private readonly double[] _past;
    private readonly double[] _likelihoods = new double[QuadKernels.Models];
    private readonly double[] _steps = new double[QuadKernels.Models];

    /// <summary>A learner that has seen nothing: every class is equally likely.</summary>
    /// <param name="shape">What it is built for; labels that do not overlap.</param>
    /// <param name="options">Options without an aggressiveness.</param>
    public PassiveAggressiveMixture(LearnerShape shape, PassiveAggressiveOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _variant) = (shape.Features, shape.Classes, options.Variant);
        _scaler = new(Features, options.Clip, options.ScalingMemory);
        _models = new(Scores.Count(Classes), Features, remembers: true);
        _calibration = new(_models.Rows, options.CalibrationMemory);
        _mixture = new(Features, [0.25, 0.25, 0.25, 0.25], MixtureShare);
        _z = new double[Kernels.Padded(Features + 1)];
        _z[Features] = 1;
        _margins = new double[_models.Rows * QuadKernels.Models];
        _probabilities = new double[_margins.Length];
        _past = new double[_margins.Length];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <summary>Whether options and shape leave the aggressiveness to be found: it is not given, the variant has one, and labels do not overlap.</summary>
    public static bool Suits(LearnerShape shape, PassiveAggressiveOptions options)
        => options.C is null && options.Variant != PassiveAggressiveVariant.Pa && shape.Overlap == 1;

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _z.Length + 2 * _margins.Length);
        var z = scratch.Span[.._z.Length];
        var margins = scratch.Span.Slice(_z.Length, _margins.Length);
        var quads = scratch.Span[(_z.Length + _margins.Length)..];
        z[Features..].Clear();
        z[Features] = 1;
        Forward(x, z, margins, quads);
        ProbabilityQuads.Mixed(quads, _mixture.Shares(_mixture.Place(z)), probabilities[..Classes]);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        Forward(x, _z, _margins, _probabilities);
        Step(x, label, weight, _mixture.Place(_z));
    }

    /// <inheritdoc/>
    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Scores.Check(label, Classes, 1);
        Forward(x, _z, _margins, _probabilities);
        var place = _mixture.Place(_z);
        ProbabilityQuads.Mixed(_probabilities, _mixture.Shares(place), probabilities[..Classes]);
        Step(x, label, 1, place);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("passive-aggressive-mixture", 1);
        writer.Write(Classes);
        _scaler.Save(writer);
        _models.Save(writer);
        _calibration.Save(writer);
        _mixture.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("passive-aggressive-mixture", 1);
        reader.ReadInt32(Classes, Classes);
        _scaler.Load(reader);
        _models.Load(reader);
        _calibration.Load(reader);
        _mixture.Load(reader);
    }

    private void Forward(ReadOnlySpan<double> x, Span<double> z, Span<double> margins, Span<double> quads)
    {
        _scaler.Apply(x, z);
        _models.Scores(z, margins);
        _calibration.ToProbabilities(margins, quads);
    }

    private void Step(ReadOnlySpan<double> x, int label, double weight, int place)
    {
        var counted = Math.Min(weight, 1);
        if (_mixture.JudgesPast)
        {
            _models.PastScores(_z, _past);
            _calibration.ToProbabilities(_past, _past);
            ProbabilityQuads.OfLabel(_past, label, _likelihoods);
            _mixture.JudgePast(_z, _likelihoods, counted);
        }
        ProbabilityQuads.OfLabel(_probabilities, label, _likelihoods);
        _mixture.Judge(place, _likelihoods, counted);
        _calibration.Learn(_margins, _probabilities, label, weight);

        var square = Kernels.Dot(_z, _z);
        if (_models.Rows == 1)
        {
            QuadKernels.HingeSteps(_margins, 2 * label - 1, square, Aggressiveness, weight, _variant == PassiveAggressiveVariant.PaI, _steps);
            QuadKernels.AddSteps(_z.AsSpan(0, _models.Inputs), _steps, _models.Row(0));
        }
        else
        {
            StepOnPairs(label, square, weight);
        }
        if (_mixture.Advance(_z, counted))
            _models.Remember();
        _scaler.Learn(x);
    }

    private void StepOnPairs(int label, double square, double weight)
    {
        Span<int> rivals = stackalloc int[QuadKernels.Models];
        Span<double> lead = stackalloc double[QuadKernels.Models];
        var right = _margins.AsSpan(label * QuadKernels.Models, QuadKernels.Models);
        for (var m = 0; m < QuadKernels.Models; m++)
        {
            var rival = label == 0 ? 1 : 0;
            for (var k = rival + 1; k < Classes; k++)
                if (k != label && _margins[k * QuadKernels.Models + m] > _margins[rival * QuadKernels.Models + m])
                    rival = k;
            rivals[m] = rival;
            lead[m] = right[m] - _margins[rival * QuadKernels.Models + m];
        }
        QuadKernels.HingeSteps(lead, 1, 2 * square, Aggressiveness, weight, _variant == PassiveAggressiveVariant.PaI, _steps);
        var z = _z.AsSpan(0, _models.Inputs);
        QuadKernels.AddSteps(z, _steps, _models.Row(label));

        // The rivals step back; those that several separators share, once.
        for (var m = 0; m < QuadKernels.Models; m++)
        {
            if (_steps[m] == 0)
                continue;
            lead.Clear();
            for (var other = m; other < QuadKernels.Models; other++)
            {
                if (rivals[other] != rivals[m])
                    continue;
                lead[other] = -_steps[other];
                _steps[other] = 0;
            }
            QuadKernels.AddSteps(z, lead, _models.Row(rivals[m]));
        }
    }
}
