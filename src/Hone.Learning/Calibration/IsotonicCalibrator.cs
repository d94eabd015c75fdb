using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Calibration;

/// <summary>Options of <see cref="IsotonicCalibrator"/>.</summary>
public sealed record IsotonicCalibratorOptions
{
    /// <summary>Weight of outcomes after which an outcome counts half; 0 forgets nothing. A map without a shape needs more outcomes than one with two numbers.</summary>
    [Range(0.0, 1e9)] public double HalfLife { get; init; } = 10_000;

    /// <summary>Outcomes that each bin (1/128 wide in the middle) is imagined to have had just as Platt's map says: what holds the map at a smooth shape until outcomes say otherwise.</summary>
    [Range(1e-3, 1e9)] public double PriorWeight { get; init; } = 50;

    /// <summary>Outcomes between two fits; the fit is one pass over 188 bins.</summary>
    [Range(1, 100_000)] public int RefitEvery { get; init; } = 32;
}

/// <summary>
/// Isotonic regression, online: the rising map that fits best, whatever its shape. It starts from Platt's map, which starts at the identity, and leaves it where outcomes say so. Work per
/// outcome is bounded, memory is fixed.
/// </summary>
/// <remarks>
/// <para>Zadrozny, Elkan, "Transforming classifier scores into accurate multiclass probability estimates", KDD 2002; pool adjacent violators: Ayer, Brunk, Ewing, Reid, Silverman, 1955. Outcomes
/// are counted in 188 bins, 1/128 wide between 1/16 and 15/16 and half an octave outside, and fade exponentially.</para>
/// <para>The map is not a staircase. Each pooled block becomes a point at its mean probability, after centred isotonic regression (Oron, Flournoy, Statistics in Biopharmaceutical
/// Research 9, 2017), and a point at the edge between two blocks has the mean of both by their weight, so that a block of many outcomes is not drawn to a neighbour of few. Points are joined by lines.</para>
/// </remarks>
public sealed class IsotonicCalibrator : ICalibrator
{
    private const string SectionName = "isotonic";
    private const int TailBins = 38;
    private const int MiddleBins = 56;
    private const int Half = TailBins + MiddleBins;
    private const int Bins = 2 * Half;
    private const int PointsMax = 2 * Bins;
    private const int Width = 128;

    // Weights grow instead of fading all at once; beyond this everything is scaled back.
    private const double ScaleMax = 1e90;
    private const double WeightMax = 1e110;

    private static readonly double[] Edges = EdgesOfBins();
    private static readonly double[] Logits = LogitsOfBins();

    private readonly IsotonicCalibratorOptions _options;
    private readonly double _growth;
    private readonly PlattCalibrator _platt;
    private readonly double[] _weights = new double[Bins];
    private readonly double[] _hits = new double[Bins];
    private readonly double[] _sums = new double[Bins];

    // The fitted points; while there are none the map is the identity.
    private readonly double[] _from = new double[PointsMax];
    private readonly double[] _to = new double[PointsMax];

    // Working space of a fit: the blocks by their sums.
    private readonly double[] _blockWeights = new double[Bins];
    private readonly double[] _blockSums = new double[Bins];
    private readonly double[] _blockHits = new double[Bins];
    private readonly int[] _blockEnds = new int[Bins];
    private int _points;
    private int _sinceFit;
    private double _scale = 1;

    /// <summary>A calibrator that is the identity.</summary>
    public IsotonicCalibrator(IsotonicCalibratorOptions options)
    {
        _options = options;
        _growth = options.HalfLife > 0 ? 1 / options.HalfLife : 0;
        _platt = new(new() { HalfLife = options.HalfLife });
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The probability is NaN or outside 0…1.</exception>
    public double Apply(double probability)
    {
        var clipped = CalibrationInput.Clipped(probability);
        if (_points == 0)
            return clipped;

        // The first point that is not below.
        int low = 0, high = _points;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_from[middle] < clipped)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == 0)
            return CalibrationInput.Inside(_to[0]);
        if (low == _points)
            return CalibrationInput.Inside(_to[_points - 1]);
        var share = (clipped - _from[low - 1]) / (_from[low] - _from[low - 1]);
        return CalibrationInput.Inside(Math.Min(_to[low], _to[low - 1] + share * (_to[low] - _to[low - 1])));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An argument is NaN or out of range; a weight is above 0 and at most a million.</exception>
    public void Learn(double probability, int outcome, double weight = 1.0)
    {
        var clipped = CalibrationInput.Clipped(probability);
        CalibrationInput.RequireOutcome(outcome);
        CalibrationInput.RequireWeight(weight);

        _platt.Learn(clipped, outcome, weight);
        Grow(weight * _growth);
        var bin = Bin(clipped);
        var scaled = weight * _scale;
        _weights[bin] += scaled;
        _hits[bin] += scaled * outcome;
        _sums[bin] += scaled * clipped;
        if (++_sinceFit < _options.RefitEvery)
            return;
        _sinceFit = 0;
        Fit();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_weights);
        Array.Clear(_hits);
        Array.Clear(_sums);
        _platt.Reset();
        (_points, _sinceFit, _scale) = (0, 0, 1);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        _platt.Save(writer);
        writer.Write(_scale);
        writer.Write(_sinceFit);
        writer.Write(_weights);
        writer.Write(_hits);
        writer.Write(_sums);
        writer.Write(_points);
        writer.Write(_from.AsSpan(0, _points));
        writer.Write(_to.AsSpan(0, _points));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        _platt.Load(reader);
        _scale = reader.ReadWithin(1, ScaleMax);
        _sinceFit = reader.ReadInt32(0, _options.RefitEvery - 1);
        reader.ReadWithin(_weights, 0, WeightMax);
        reader.ReadWithin(_hits, 0, WeightMax);
        reader.ReadWithin(_sums, 0, WeightMax);
        for (var i = 0; i < Bins; i++)
            if (_hits[i] > _weights[i] * (1 + 1e-9) || _sums[i] > _weights[i] * (1 + 1e-9))
                throw new CorruptStateException($"isotonic: {_hits[i]} hits and the sum {_sums[i]} of {_weights[i]} outcomes are impossible.");
        _points = reader.ReadInt32(0, PointsMax);
        reader.ReadWithin(_from.AsSpan(0, _points), 0, 1);
        reader.ReadWithin(_to.AsSpan(0, _points), 0, 1);
        for (var i = 1; i < _points; i++)
            if (!(_from[i] > _from[i - 1] && _to[i] >= _to[i - 1]))
                throw new CorruptStateException("isotonic: the fitted points do not rise.");
    }

    private void Grow(double halvings)
    {
        // More than so many halvings leave nothing of what was.
        if (halvings > 250)
        {
            Array.Clear(_weights);
            Array.Clear(_hits);
            Array.Clear(_sums);
            _scale = 1;
            return;
        }
        if (halvings > 0)
            _scale *= Elementary.Pow2(halvings);
        if (_scale <= ScaleMax)
            return;
        Kernels.Scale(1 / _scale, _weights);
        Kernels.Scale(1 / _scale, _hits);
        Kernels.Scale(1 / _scale, _sums);
        _scale = 1;
    }

    private void Fit()
    {
        // Pool adjacent violators.
        var prior = _options.PriorWeight * _scale;
        var last = -1;
        for (var i = 0; i < Bins; i++)
        {
            var centre = 0.5 * (Edges[i] + Edges[i + 1]);
            var weight = prior + _weights[i];
            var sum = prior * centre + _sums[i];
            var hits = prior * Elementary.Sigmoid(_platt.Slope * Logits[i] + _platt.Shift) + _hits[i];
            while (last >= 0 && _blockHits[last] * weight >= hits * _blockWeights[last])
            {
                weight += _blockWeights[last];
                sum += _blockSums[last];
                hits += _blockHits[last];
                last--;
            }
            last++;
            (_blockWeights[last], _blockSums[last], _blockHits[last], _blockEnds[last]) = (weight, sum, hits, i);
        }

        _points = 0;
        for (var block = 0; block <= last; block++)
        {
            AddPoint(_blockSums[block] / _blockWeights[block], _blockHits[block] / _blockWeights[block]);
            if (block < last)
            {
                // A mean of means by weight: the sums of both over the weights of both.
                var both = (_blockHits[block] + _blockHits[block + 1]) / (_blockWeights[block] + _blockWeights[block + 1]);
                AddPoint(Edges[_blockEnds[block] + 1], both);
            }
        }
    }

    private void AddPoint(double from, double to)
    {
        // Two points that differ by less than a rounding are one.
        if (_points > 0 && !(from > _from[_points - 1] && to >= _to[_points - 1]))
            return;
        (_from[_points], _to[_points]) = (Math.Min(from, 1), Math.Min(to, 1));
        _points++;
    }

    /// <summary>Lower and upper edge of the bin of a probability.</summary>
    internal static (double Lower, double Upper) BinOf(double probability) => (Edges[Bin(probability)], Edges[Bin(probability) + 1]);

    private static int Bin(double probability)
    {
        var tail = probability < 0.5 ? probability : 1 - probability;
        var bin = tail * Width >= Width / 16
            ? Math.Min(TailBins + (int)(tail * Width) - Width / 16, Half - 1)
            : Math.Max(TailBins + (int)((BitConverter.DoubleToUInt64Bits(tail) >> 51) - ((1023 - 4) << 1)), 0);
        return probability < 0.5 ? bin : Bins - 1 - bin;
    }

    private static double[] EdgesOfBins()
    {
        var edges = new double[Bins + 1];
        for (var i = 1; i < Half; i++)
        {
            var octave = 1.0 / (1 << 23);
            for (var k = 0; k < i / 2 && i < TailBins; k++)
                octave *= 2;
            edges[i] = i < TailBins ? octave * (i % 2 == 0 ? 1 : 1.5) : (i - TailBins + Width / 16.0) / Width;
            edges[Bins - i] = 1 - edges[i];
        }
        edges[Half] = 0.5;
        edges[Bins] = 1;
        return edges;
    }

    private static double[] LogitsOfBins()
    {
        var logits = new double[Bins];
        for (var i = 0; i < Bins; i++)
            logits[i] = CalibrationInput.Logit(0.5 * (Edges[i] + Edges[i + 1]));
        return logits;
    }
}
