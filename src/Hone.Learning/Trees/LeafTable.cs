using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Trees;

/// <summary>
/// The statistics of leaves in one block of memory: slots of equal size, handed out and taken back. A slot has the weight of each class, and of each class and each
/// feature that the leaf looks at a Gaussian with the smallest and the largest value, laid out so that a naive Bayes vote reads it from front to back.
/// </summary>
/// <remarks>What a vote needs (log priors, log normalisers, inverse variances) is kept ready and renewed for the one class that has learned something.</remarks>
internal sealed class LeafTable
{
    /// <summary>Features beyond this count as this: squares of distances stay finite.</summary>
    public const double ValueMax = 1e100;

    /// <summary>An example counts at most this much: sums of squares stay finite.</summary>
    public const double WeightMax = 1e60;

    // A leaf's numbers: the weight it has seen and started with, that since the last attempt to split, how much of it each of the two ways of answering got right,
    // the weight it has seen itself, and how sharp its naive Bayes may be.
    private const int Total = 0, Since = 1, MajorityRight = 2, BayesRight = 3, Own = 4, Sharpness = 5, ClassWeights = 6, Saved = 5;

    // Features are not independent: naive Bayes counts the same evidence several times. How often, each leaf learns from its log-loss.
    private const double SharpnessRate = 0.02, SharpnessMin = 1e-3, SharpnessMax = 2;

    // The log-likelihood of a class that the leaf has never seen. Any other is above it: an exponent is at most features · (2·ValueMax)² · PrecisionMax.
    private const double Excluded = -1e300;

    private const double MinBranchShare = 0.01, PresentShare = 1e-3, InverseLn2 = 1.4426950408889634, LeastWeight = 1e-100, WeightSumMax = 1e150;
    private const double LeadMin = 1e-6;

    private static readonly int[] SavedRows = [TreeKernels.Mean, TreeKernels.Squares, TreeKernels.Weight, TreeKernels.Least, TreeKernels.Most];

    private readonly int _classes;
    private readonly int _padded;
    private readonly int _constants;
    private readonly int _blocks;
    private readonly int _blockLength;
    private readonly int _stride;
    private readonly int[] _pool;
    private readonly int[]? _drawn;
    private readonly double[] _numbers;
    private readonly int[] _free;
    private readonly double[] _left;
    private readonly double[] _remaining;
    private readonly int _cuts;
    private int _freeCount;
    private int _handedOut;

    /// <summary>A table without leaves.</summary>
    /// <param name="features">Length of the feature vector.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="settings">Limits, features per leaf and number of cuts.</param>
    /// <param name="pool">The features that leaves look at or draw from; all when it is empty.</param>
    public LeafTable(int features, int classes, in GrowthSettings settings, ReadOnlySpan<int> pool)
    {
        _classes = classes;
        _pool = pool.IsEmpty ? new int[features] : pool.ToArray();
        if (pool.IsEmpty)
            for (var i = 0; i < features; i++)
                _pool[i] = i;
        Width = settings.FeaturesPerLeaf > 0 ? Math.Min(settings.FeaturesPerLeaf, _pool.Length) : _pool.Length;
        _padded = TreeKernels.Padded(Width);
        _constants = ClassWeights + TreeKernels.Padded(classes);
        _blocks = _constants + TreeKernels.Padded(classes);
        _blockLength = TreeKernels.BlockRows * _padded;
        var stride = _blocks + (long)classes * _blockLength;
        SlotsMax = (int)Math.Max(1, Math.Min(settings.LeavesMax, Math.Min(settings.MemoryMaxMib * (1 << 17), Array.MaxLength) / stride));
        if (stride > Array.MaxLength)
            throw new InvalidOptionsException($"{classes} classes of {Width} features are too many for the statistics of a leaf.");
        _stride = (int)stride;
        _numbers = GC.AllocateUninitializedArray<double>(SlotsMax * _stride);
        _free = new int[SlotsMax];
        _drawn = Width < _pool.Length ? new int[SlotsMax * Width] : null;
        _cuts = settings.SplitCandidates;
        _left = new double[TreeKernels.Padded(_cuts + 1)];
        _remaining = new double[_left.Length];
    }

    /// <summary>Most leaves that there can be.</summary>
    public int SlotsMax { get; }

    /// <summary>Leaves that there are.</summary>
    public int Used => _handedOut - _freeCount;

    /// <summary>Features that a leaf looks at.</summary>
    public int Width { get; }

    /// <summary>Numbers that <see cref="Gather"/> writes.</summary>
    public int RowLength => _padded;

    /// <summary>The features that leaves look at or draw from.</summary>
    public ReadOnlySpan<int> Pool => _pool;

    /// <summary>Takes back every slot.</summary>
    public void Clear() => _freeCount = _handedOut = 0;

    /// <summary>Takes back every slot and lets leaves look at other features, as many as before.</summary>
    public void Clear(ReadOnlySpan<int> pool)
    {
        pool.CopyTo(_pool);
        Clear();
    }

    /// <summary>An empty slot.</summary>
    public int Take(ref Rng rng)
    {
        var slot = _freeCount > 0 ? _free[--_freeCount] : _handedOut++;
        Empty(slot, ref rng);
        return slot;
    }

    /// <summary>Takes back a slot.</summary>
    public void GiveBack(int slot) => _free[_freeCount++] = slot;

    /// <summary>Forgets what a slot has seen and draws its features.</summary>
    public void Empty(int slot, ref Rng rng)
    {
        Wipe(slot);
        if (_drawn is null)
            return;
        // The first steps of a shuffle of the pool; in ascending order, as the features are read.
        var drawn = _drawn.AsSpan(slot * Width, Width);
        for (var i = 0; i < drawn.Length; i++)
        {
            var at = i + rng.NextInt32(_pool.Length - i);
            (_pool[i], _pool[at]) = (_pool[at], _pool[i]);
            drawn[i] = _pool[i];
        }
        drawn.Sort();
    }

    private void Wipe(int slot)
    {
        var all = _numbers.AsSpan(slot * _stride, _stride);
        all.Clear();
        for (var at = _blocks; at < _stride; at += _blockLength)
        {
            all.Slice(at + TreeKernels.Least * _padded, _padded).Fill(double.PositiveInfinity);
            all.Slice(at + TreeKernels.Most * _padded, _padded).Fill(double.NegativeInfinity);
        }
        all.Slice(_constants, _classes).Fill(Excluded);
        all[Sharpness] = 1;
    }

    /// <summary>Gives an empty slot the weights of the classes that it is expected to see, and the sharpness of the leaf that it comes from.</summary>
    public void Start(int slot, ReadOnlySpan<double> weights, double sharpness)
    {
        var all = _numbers.AsSpan(slot * _stride, _stride);
        var total = 0.0;
        for (var k = 0; k < _classes; k++)
        {
            all[ClassWeights + k] = weights[k];
            total += weights[k];
            all[_constants + k] = LogPrior(weights[k]);
        }
        all[Total] = total;
        all[Sharpness] = sharpness;
    }

    /// <summary>How sharp the naive Bayes of a leaf may be: the power of its likelihood ratios.</summary>
    public double SharpnessOf(int slot) => _numbers[slot * _stride + Sharpness];

    /// <summary>The weight that a leaf has seen and started with.</summary>
    public double WeightOf(int slot) => _numbers[slot * _stride + Total];

    /// <summary>The weight of each class that a leaf has seen and started with.</summary>
    public ReadOnlySpan<double> ClassWeightsOf(int slot) => _numbers.AsSpan(slot * _stride + ClassWeights, _classes);

    /// <summary>The features that a leaf looks at.</summary>
    public ReadOnlySpan<int> FeaturesOf(int slot) => _drawn is null ? _pool : _drawn.AsSpan(slot * Width, Width);

    /// <summary>Copies what a leaf looks at out of a row: NaN where it is missing, 0 in the padding.</summary>
    /// <returns>Whether something is missing.</returns>
    public bool Gather(int slot, ReadOnlySpan<double> x, Span<double> z)
    {
        var features = FeaturesOf(slot);
        var missing = false;
        for (var i = 0; i < features.Length; i++)
        {
            var value = x[features[i]];
            if (!(Math.Abs(value) <= ValueMax))
            {
                missing |= !double.IsFinite(value);
                value = double.IsFinite(value) ? Math.CopySign(ValueMax, value) : double.NaN;
            }
            z[i] = value;
        }
        for (var i = features.Length; i < _padded; i++)
            z[i] = 0;
        return missing;
    }

    /// <summary>The logarithm of prior times likelihood of each class, up to a constant.</summary>
    public void LogLikelihoods(int slot, ReadOnlySpan<double> z, bool missing, Span<double> scores)
    {
        ref var numbers = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_numbers), (nint)slot * _stride);
        ref var row = ref MemoryMarshal.GetReference(z);
        ref var block = ref Unsafe.Add(ref numbers, _blocks);
        for (var k = 0; k < scores.Length; k++, block = ref Unsafe.Add(ref block, _blockLength))
        {
            var constant = Unsafe.Add(ref numbers, _constants + k);
            scores[k] = constant > Excluded ? constant + TreeKernels.Exponent(ref row, ref block, (nuint)_padded) : Excluded;
        }
        if (missing)
            TakeOffMissing(slot, z, scores);
    }

    /// <summary>The normalisers of what is missing do not count.</summary>
    private void TakeOffMissing(int slot, ReadOnlySpan<double> z, Span<double> scores)
    {
        for (var i = 0; i < Width; i++)
        {
            if (!double.IsNaN(z[i]))
                continue;
            for (var k = 0; k < scores.Length; k++)
            {
                var block = Block(slot, k);
                if (block[TreeKernels.Weight * _padded + i] > 1 && block[TreeKernels.Squares * _padded + i] > 0)
                    scores[k] -= 0.5 * Elementary.Log(-2 * block[TreeKernels.Precision * _padded + i]);
            }
        }
    }

    /// <summary>The frequencies of the classes, with one example more that is spread over all of them.</summary>
    public void Frequencies(int slot, Span<double> probabilities)
    {
        var share = 1.0 / probabilities.Length;
        var weights = ClassWeightsOf(slot);
        var scale = 1 / (Tally.Sum(weights) + 1);
        for (var k = 0; k < probabilities.Length; k++)
            probabilities[k] = (weights[k] + share) * scale;
    }

    /// <summary>From log-likelihoods to probabilities, as sharp as the leaf's log-loss allows, with one example more that is spread over all classes.</summary>
    public void Bayes(int slot, ReadOnlySpan<double> scores, Span<double> probabilities)
    {
        var sharpness = SharpnessOf(slot);
        var weight = WeightOf(slot);
        var share = 1.0 / probabilities.Length;
        var scale = 1 / (weight + 1);
        if (scores.Length == 2)
        {
            var up = Elementary.Sigmoid(Math.Min(Math.Max((scores[1] - scores[0]) * sharpness, -Scores.DistanceMax), Scores.DistanceMax));
            probabilities[1] = (up * weight + share) * scale;
            probabilities[0] = 1 - probabilities[1];
            return;
        }
        var most = scores[Tally.Most(scores)];
        var sum = 0.0;
        for (var k = 0; k < scores.Length; k++)
            sum += probabilities[k] = Distance(scores[k], most, sharpness) is var d && d < 0 ? Elementary.Exp(d) : 1;
        var keep = weight / sum;
        for (var k = 0; k < scores.Length; k++)
            probabilities[k] = (probabilities[k] * keep + share) * scale;
    }

    /// <summary>Learns how sharp the leaf may be, from what <see cref="Bayes"/> said: a step down the log-loss by the logarithm of the sharpness.</summary>
    public void Sharpen(int slot, ReadOnlySpan<double> scores, ReadOnlySpan<double> probabilities, int label, double weight)
    {
        ref var sharpness = ref _numbers[slot * _stride + Sharpness];
        var most = scores[Tally.Most(scores)];
        var slope = -Distance(scores[label], most, sharpness);
        for (var k = 0; k < scores.Length; k++)
            slope += probabilities[k] * Distance(scores[k], most, sharpness);
        sharpness *= 1 - SharpnessRate * Math.Min(weight, 1) * Math.Min(Math.Max(slope, -1), 1);
        sharpness = Math.Min(Math.Max(sharpness, SharpnessMin), SharpnessMax);
    }

    private static double Distance(double score, double most, double sharpness) => Math.Max((score - most) * sharpness, -Scores.DistanceMax);

    /// <summary>Whether the frequencies have been right more often than naive Bayes, by more than nothing: next to no weight turns no vote.</summary>
    public bool FrequenciesLead(int slot) => _numbers[slot * _stride + MajorityRight] - _numbers[slot * _stride + BayesRight] > LeadMin;

    /// <summary>Notes whether each of the two ways of answering would have been right.</summary>
    public void Judge(int slot, ReadOnlySpan<double> scores, int label, double weight)
    {
        ref var numbers = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_numbers), (nint)slot * _stride);
        if (Tally.Most(ClassWeightsOf(slot)) == label)
            Unsafe.Add(ref numbers, MajorityRight) += weight;
        if (Tally.Most(scores) == label)
            Unsafe.Add(ref numbers, BayesRight) += weight;
    }

    /// <summary>Takes an example into a leaf's statistics.</summary>
    /// <returns>The weight since the last attempt to split.</returns>
    public double Learn(int slot, ReadOnlySpan<double> z, int label, double weight)
    {
        ref var numbers = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_numbers), (nint)slot * _stride);
        if (Unsafe.Add(ref numbers, Own) == 0)
            _numbers.AsSpan(slot * _stride + _constants, _classes).Fill(Excluded);
        Unsafe.Add(ref numbers, Own) += weight;
        ref var ofClass = ref Unsafe.Add(ref numbers, ClassWeights + label);
        ofClass += weight;
        var normaliser = TreeKernels.Learn(
            ref MemoryMarshal.GetReference(z), ref Unsafe.Add(ref numbers, _blocks + (nint)label * _blockLength), (nuint)_padded, weight);
        Unsafe.Add(ref numbers, _constants + label) = LogPrior(ofClass) + normaliser;
        Unsafe.Add(ref numbers, Total) += weight;
        return Unsafe.Add(ref numbers, Since) += weight;
    }

    /// <summary>Whether a leaf has seen or expects fewer than two classes.</summary>
    public bool IsPure(int slot)
    {
        var count = 0;
        foreach (var weight in ClassWeightsOf(slot))
            count += weight > 0 ? 1 : 0;
        return count < 2;
    }

    /// <summary>How many classes, two or more, a gain in a leaf is about. What the tails of a Gaussian leave of a class does not count.</summary>
    public int ClassesIn(int slot)
    {
        var least = PresentShare * WeightOf(slot);
        var count = 0;
        foreach (var weight in ClassWeightsOf(slot))
            count += weight > least ? 1 : 0;
        return Math.Max(2, count);
    }

    /// <summary>Notes that a split was attempted.</summary>
    public void Attempt(int slot) => _numbers[slot * _stride + Since] = 0;

    /// <summary>The best cut of the best feature, by information gain in bits, and the gain of the second-best feature or of no split at all (0).</summary>
    public Cut BestCut(int slot)
    {
        var best = new Cut(-1, 0, 0, 0);
        for (var i = 0; i < Width; i++)
        {
            var (threshold, gain) = BestCut(slot, i);
            if (gain > best.Gain)
                best = new(i, threshold, gain, best.Gain);
            else if (gain > best.SecondGain)
                best = best with { SecondGain = gain };
        }
        return best;
    }

    /// <summary>The best cut of one of a leaf's features and its gain in bits; a gain of 0 when there is none.</summary>
    public (double Threshold, double Gain) BestCut(int slot, int i)
    {
        var at = slot * _stride + _blocks + i;
        double least = double.PositiveInfinity, most = double.NegativeInfinity, total = 0;
        for (var k = 0; k < _classes; k++, at += _blockLength)
        {
            least = Math.Min(least, _numbers[at + TreeKernels.Least * _padded]);
            most = Math.Max(most, _numbers[at + TreeKernels.Most * _padded]);
            total += _numbers[at + TreeKernels.Weight * _padded];
        }
        if (!(least < most))
            return (0, 0);
        var step = (most - least) / (_cuts + 1);
        TreeKernels.Cuts(ref _numbers[slot * _stride + _blocks + i], (nuint)_blockLength, (nuint)_padded, _classes, least, step, _cuts, _left, _remaining);
        var before = _remaining[_cuts];
        var (best, lowest) = (-1, before);
        for (var c = 0; c < _cuts; c++)
            if (_remaining[c] < lowest && _left[c] > MinBranchShare * total && _left[c] < (1 - MinBranchShare) * total)
                (best, lowest) = (c, _remaining[c]);
        return best < 0 ? (0, 0) : (least + (best + 1.0) * step, (before - lowest) / total * InverseLn2);
    }

    /// <summary>What a leaf expects on both sides of a cut: the weight of each class.</summary>
    public void Branches(int slot, in Cut cut, Span<double> left, Span<double> right)
    {
        for (var k = 0; k < _classes; k++)
        {
            var block = Block(slot, k);
            var weight = block[TreeKernels.Weight * _padded + cut.Index];
            var share = cut.Threshold < block[TreeKernels.Least * _padded + cut.Index] ? 0
                : cut.Threshold >= block[TreeKernels.Most * _padded + cut.Index] ? 1
                : TreeKernels.ShareBelow(cut.Threshold - block[cut.Index], block[TreeKernels.Precision * _padded + cut.Index]);
            left[k] = weight * share;
            right[k] = weight - left[k];
        }
    }

    /// <summary>Writes what a leaf has seen.</summary>
    public void Save(int slot, StateWriter writer)
    {
        writer.Write(_numbers.AsSpan(slot * _stride, Saved));
        writer.Write(SharpnessOf(slot));
        writer.Write(ClassWeightsOf(slot));
        if (_drawn is not null)
            writer.Write(FeaturesOf(slot));
        for (var k = 0; k < _classes; k++)
        {
            var block = Block(slot, k);
            var seen = HasSeen(block);
            writer.Write(seen);
            if (!seen)
                continue;
            foreach (var row in SavedRows)
                writer.Write(block.Slice(row * _padded, Width));
        }
    }

    /// <summary>Reads what a leaf has seen into an empty slot.</summary>
    public int Load(StateReader reader)
    {
        if (Used == SlotsMax)
            throw new CorruptStateException($"A tree of at most {SlotsMax} leaves has more of them.");
        var slot = _freeCount > 0 ? _free[--_freeCount] : _handedOut++;
        Wipe(slot);
        var all = _numbers.AsSpan(slot * _stride, _stride);
        reader.ReadWithin(all[..Saved], 0, WeightSumMax);
        all[Sharpness] = reader.ReadWithin(SharpnessMin, SharpnessMax);
        reader.ReadWithin(all.Slice(ClassWeights, _classes), 0, WeightSumMax);
        if (!(Math.Abs(Tally.Sum(ClassWeightsOf(slot)) - all[Total]) <= 1e-6 * all[Total]))
            throw new CorruptStateException($"A leaf has seen {all[Total]}, and by class {Tally.Sum(ClassWeightsOf(slot))}.");
        if (_drawn is not null)
            LoadFeatures(_drawn.AsSpan(slot * Width, Width), reader);
        for (var k = 0; k < _classes; k++)
        {
            var seen = reader.ReadBool();
            if (seen)
                LoadBlock(Block(slot, k), reader);
            if (seen || all[Own] == 0)
                all[_constants + k] = LogPrior(all[ClassWeights + k]) + (seen ? TreeKernels.Refresh(ref MemoryMarshal.GetReference(Block(slot, k)), (nuint)_padded) : 0);
        }
        return slot;
    }

    private void LoadFeatures(Span<int> features, StateReader reader)
    {
        reader.Read(features);
        for (var i = 0; i < features.Length; i++)
            if (!_pool.AsSpan().Contains(features[i]) || (i > 0 && features[i] <= features[i - 1]))
                throw new CorruptStateException($"A leaf looks at feature {features[i]}, which it cannot.");
    }

    private void LoadBlock(Span<double> block, StateReader reader)
    {
        reader.ReadWithin(block.Slice(TreeKernels.Mean * _padded, Width), -1.001 * ValueMax, 1.001 * ValueMax);
        reader.ReadWithin(block.Slice(TreeKernels.Squares * _padded, Width), 0, double.MaxValue);
        reader.ReadWithin(block.Slice(TreeKernels.Weight * _padded, Width), 0, WeightSumMax);
        reader.ReadWithin(block.Slice(TreeKernels.Least * _padded, Width), -ValueMax, double.PositiveInfinity);
        reader.ReadWithin(block.Slice(TreeKernels.Most * _padded, Width), double.NegativeInfinity, ValueMax);
        for (var i = 0; i < Width; i++)
        {
            var (least, most) = (block[TreeKernels.Least * _padded + i], block[TreeKernels.Most * _padded + i]);
            if (block[TreeKernels.Weight * _padded + i] > 0 ? !(least <= most && double.IsFinite(least) && double.IsFinite(most)) : double.IsFinite(least) || double.IsFinite(most))
                throw new CorruptStateException($"A leaf has seen values from {least} to {most}.");
        }
        if (!HasSeen(block))
            throw new CorruptStateException("A leaf has statistics of nothing.");
    }

    private bool HasSeen(ReadOnlySpan<double> block) => block.Slice(TreeKernels.Weight * _padded, Width).ContainsAnyExcept(0.0);

    private Span<double> Block(int slot, int k) => _numbers.AsSpan(slot * _stride + _blocks + k * _blockLength, _blockLength);

    private static double LogPrior(double weight) => weight > 0 ? Elementary.Log(Math.Max(weight, LeastWeight)) : Excluded;

    /// <summary>A cut of a leaf in two.</summary>
    /// <param name="Index">Which of the leaf's features; −1 when no cut gains anything.</param>
    /// <param name="Threshold">Values up to this go left.</param>
    /// <param name="Gain">Information gain in bits.</param>
    /// <param name="SecondGain">The largest gain of another feature; 0 when no other gains anything.</param>
    public readonly record struct Cut(int Index, double Threshold, double Gain, double SecondGain);
}
