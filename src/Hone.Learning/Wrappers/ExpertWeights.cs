using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>How the weights of experts follow from their losses.</summary>
public enum WeightingAlgorithm
{
    /// <summary>Fixed share for every share of a grid at once, weighted by how likely each made what happened: learns how often the best expert changes.</summary>
    LearnShare,

    /// <summary>Weights fall as e^(−rate·loss), and a share of all weight is dealt out evenly after each example: follows the expert that is best at present.</summary>
    FixedShare,

    /// <summary>Weights are e^(−rate·cumulative loss): approaches the expert that is best over all.</summary>
    Ewa,

    /// <summary>The same with a rate that falls as √(8 ln N / examples), for losses of a bounded range.</summary>
    Hedge,

    /// <summary>The same with the rate that the mixture's own losses ask for: needs no range and no rate.</summary>
    AdaHedge,
}

/// <summary>Weights of experts; they sum to one.</summary>
internal abstract class ExpertWeights(int experts) : ISaved
{
    // Where labels come late: weights stay within a factor that the flattery of fast learners cannot exceed.
    private const double LateShare = 0.1;

    // Losses beyond do not move a weight any more.
    private protected const double LossMax = 1e18;

    private protected readonly double[] _weights = new double[experts];

    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>Takes the loss of every expert in an example.</summary>
    /// <param name="losses">One loss of 0 or more for each expert.</param>
    /// <param name="weight">How much the example counts, above 0 and at most 1.</param>
    public abstract void Update(ReadOnlySpan<double> losses, double weight);

    public abstract void Save(StateWriter writer);

    public abstract void Load(StateReader reader);

    /// <summary>Makes the weights of an algorithm.</summary>
    /// <param name="algorithm">Which one; null for the usual one.</param>
    /// <param name="delay">Questions that are asked before an answer is known.</param>
    /// <param name="experts">How many.</param>
    /// <param name="rate">Multiple of the algorithm's own rate.</param>
    /// <param name="share">Share that is dealt out evenly.</param>
    /// <param name="curvature">The largest rate at which e^(−rate·loss) is concave in the prediction.</param>
    /// <param name="range">Largest loss.</param>
    public static ExpertWeights Of(WeightingAlgorithm? algorithm, int delay, int experts, double rate, double share, double curvature, double range) => algorithm switch
    {
        null when delay > 0 => new FixedShareWeights(experts, rate * curvature, LateShare),
        null => new LearnShareWeights(experts, rate * curvature),
        WeightingAlgorithm.LearnShare => new LearnShareWeights(experts, rate * curvature),
        WeightingAlgorithm.FixedShare => new FixedShareWeights(experts, rate * curvature, share),
        WeightingAlgorithm.Ewa => new CumulativeWeights(experts, rate * curvature, falling: false),
        WeightingAlgorithm.Hedge => new CumulativeWeights(experts, rate * Math.Sqrt(8 * Elementary.Log(experts)) / range, falling: true),
        WeightingAlgorithm.AdaHedge => new AdaHedgeWeights(experts, rate),
        _ => throw new InvalidOptionsException($"expert-weighting: there is no algorithm {algorithm}."),
    };

    private protected static double Least(ReadOnlySpan<double> values)
    {
        var least = values[0];
        foreach (var value in values)
            least = Math.Min(least, value);
        return least;
    }

    /// <summary>Weights e^(−rate·loss), scaled to sum to one; where the rate is infinite, those with the least loss share it all.</summary>
    /// <returns>The mean of e^(−rate·(loss − least)) before scaling.</returns>
    private protected static double Softmin(ReadOnlySpan<double> losses, double rate, Span<double> weights)
    {
        var least = Least(losses);
        var sum = 0.0;
        for (var i = 0; i < losses.Length; i++)
        {
            var behind = losses[i] - least;
            sum += weights[i] = behind == 0 ? 1 : Elementary.Exp(-rate * behind);
        }
        for (var i = 0; i < losses.Length; i++)
            weights[i] /= sum;
        return sum / losses.Length;
    }

    private protected static void CheckSum(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        foreach (var weight in weights)
            sum += weight;
        if (Math.Abs(sum - 1) > 1e-6)
            throw new CorruptStateException($"Weights sum to {sum}.");
    }

    // Only differences matter: the leader stands at 0, so that nothing grows without end.
    private protected static void Accumulate(Span<double> cumulative, ReadOnlySpan<double> losses, double weight)
    {
        for (var i = 0; i < cumulative.Length; i++)
            cumulative[i] += weight * losses[i];
        var least = Least(cumulative);
        for (var i = 0; i < cumulative.Length; i++)
            cumulative[i] = Math.Min(cumulative[i] - least, LossMax);
    }
}

/// <summary>Fixed share: Herbster, Warmuth, "Tracking the best expert", Machine Learning 32, 1998, with the share dealt out to all alike.</summary>
internal sealed class FixedShareWeights : ExpertWeights
{
    private readonly double _rate;
    private readonly double _share;

    public FixedShareWeights(int experts, double rate, double share)
        : base(experts)
    {
        (_rate, _share) = (rate, share);
        Array.Fill(_weights, 1.0 / experts);
    }

    public override void Update(ReadOnlySpan<double> losses, double weight)
    {
        var least = Least(losses);
        var sum = 0.0;
        for (var i = 0; i < _weights.Length; i++)
            sum += _weights[i] *= Elementary.Exp(_rate * weight * (least - losses[i]));
        // Without a share the best of this example may have no weight left at all.
        if (!(sum > 0))
        {
            Array.Fill(_weights, 1.0 / _weights.Length);
            return;
        }
        var share = _share * weight;
        var scale = (1 - share) / sum;
        var dealt = share / _weights.Length;
        for (var i = 0; i < _weights.Length; i++)
            _weights[i] = _weights[i] * scale + dealt;
    }

    public override void Save(StateWriter writer) => writer.Write(_weights);

    public override void Load(StateReader reader)
    {
        reader.ReadWithin(_weights, 0, 1 + 1e-9);
        CheckSum(_weights);
    }
}

/// <summary>
/// Fixed share with seven shares from 10⁻⁴ to 10⁻¹ side by side; they are weighted by their own likelihoods, and the weights of the experts are the mean of theirs.
/// </summary>
/// <remarks>Monteleoni, Jaakkola, "Online learning of non-stationary sequences", NIPS 2003 (Learn-α), with a share of 10⁻⁴ between the shares.</remarks>
internal sealed class LearnShareWeights : ExpertWeights
{
    private const double ShareOfShares = 1e-4;
    private static readonly double[] Shares = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1];

    private readonly double _rate;

    // One row for each share.
    private readonly double[] _byShare;
    private readonly double[] _belief = new double[Shares.Length];
    private readonly double[] _likelihoods;

    public LearnShareWeights(int experts, double rate)
        : base(experts)
    {
        _rate = rate;
        _byShare = new double[Shares.Length * experts];
        _likelihoods = new double[experts];
        Array.Fill(_byShare, 1.0 / experts);
        Array.Fill(_belief, 1.0 / Shares.Length);
        Weigh();
    }

    public override void Update(ReadOnlySpan<double> losses, double weight)
    {
        var least = Least(losses);
        for (var i = 0; i < losses.Length; i++)
            _likelihoods[i] = Elementary.Exp(_rate * weight * (least - losses[i]));
        var total = 0.0;
        for (var s = 0; s < Shares.Length; s++)
        {
            var row = _byShare.AsSpan(s * losses.Length, losses.Length);
            var sum = 0.0;
            for (var i = 0; i < row.Length; i++)
                sum += row[i] *= _likelihoods[i];
            sum = Math.Max(sum, 1e-300);
            var share = Shares[s] * weight;
            var scale = (1 - share) / sum;
            var dealt = share / row.Length;
            for (var i = 0; i < row.Length; i++)
                row[i] = row[i] * scale + dealt;
            total += _belief[s] *= sum;
        }
        total = Math.Max(total, 1e-300);
        var between = ShareOfShares * weight;
        for (var s = 0; s < Shares.Length; s++)
            _belief[s] = _belief[s] * ((1 - between) / total) + between / Shares.Length;
        Weigh();
    }

    public override void Save(StateWriter writer)
    {
        writer.Write(_byShare);
        writer.Write(_belief);
    }

    public override void Load(StateReader reader)
    {
        reader.ReadWithin(_byShare, 0, 1 + 1e-9);
        reader.ReadWithin(_belief, 0, 1 + 1e-9);
        for (var s = 0; s < Shares.Length; s++)
            CheckSum(_byShare.AsSpan(s * _weights.Length, _weights.Length));
        CheckSum(_belief);
        Weigh();
    }

    private void Weigh()
    {
        Array.Clear(_weights);
        for (var s = 0; s < Shares.Length; s++)
            for (var i = 0; i < _weights.Length; i++)
                _weights[i] += _belief[s] * _byShare[s * _weights.Length + i];
    }
}

/// <summary>
/// Exponentially weighted average, with a rate that stays (Theorem 3.2: for losses that are exp-concave at it the regret is at most ln N / rate, however long) or that
/// falls as 1/√examples (Theorem 2.3: for convex losses up to 1 it is at most 2·√(n/2 · ln N) + √(ln N / 8)).
/// </summary>
/// <remarks>Cesa-Bianchi, Lugosi, "Prediction, Learning, and Games", Cambridge 2006; Freund, Schapire, "A decision-theoretic generalization of on-line learning", JCSS 55, 1997.</remarks>
internal sealed class CumulativeWeights : ExpertWeights
{
    private readonly double _rate;
    private readonly bool _falling;
    private readonly double[] _losses;
    private double _examples;

    public CumulativeWeights(int experts, double rate, bool falling)
        : base(experts)
    {
        (_rate, _falling) = (rate, falling);
        _losses = new double[experts];
        Weigh();
    }

    public override void Update(ReadOnlySpan<double> losses, double weight)
    {
        Accumulate(_losses, losses, weight);
        _examples = Math.Min(_examples + weight, LossMax);
        Weigh();
    }

    public override void Save(StateWriter writer)
    {
        writer.Write(_losses);
        writer.Write(_examples);
    }

    public override void Load(StateReader reader)
    {
        reader.ReadWithin(_losses, 0, LossMax);
        _examples = reader.ReadWithin(0, LossMax);
        Weigh();
    }

    // The rate of the next example, which is number examples + 1.
    private void Weigh() => Softmin(_losses, _falling ? _rate / Math.Sqrt(_examples + 1) : _rate, _weights);
}

/// <summary>
/// AdaHedge: the rate is ln N over the sum of the mixability gaps so far, by which the mixture's loss was above that of the ideal mixture. The regret is at most
/// √(V ln N) + (4/3·ln N + 1)·range with V the losses' variance under the weights, summed.
/// </summary>
/// <remarks>de Rooij, van Erven, Grünwald, Koolen, "Follow the leader if you can, hedge if you must", JMLR 15, 2014.</remarks>
internal sealed class AdaHedgeWeights : ExpertWeights
{
    private readonly double _numerator;
    private readonly double[] _losses;
    private double _gap;

    public AdaHedgeWeights(int experts, double rate)
        : base(experts)
    {
        _numerator = rate * Math.Max(Elementary.Log(experts), 1e-3);
        _losses = new double[experts];
        Softmin(_losses, Rate, _weights);
    }

    // Without a gap so far: the leaders alone. A number, for 0 times infinity is none.
    private double Rate => _gap > 0 ? Math.Min(_numerator / _gap, 1e100) : 1e100;

    public override void Update(ReadOnlySpan<double> losses, double weight)
    {
        // The mixture's loss is Σ w·l; the ideal one −ln Σ w·e^(−rate·l) / rate, whose limit is the least loss of those with weight.
        var rate = Rate;
        var loss = 0.0;
        var least = double.PositiveInfinity;
        for (var i = 0; i < _weights.Length; i++)
        {
            loss += _weights[i] * losses[i] * weight;
            if (_weights[i] > 0)
                least = Math.Min(least, losses[i] * weight);
        }
        var mix = 0.0;
        for (var i = 0; i < _weights.Length; i++)
            if (_weights[i] > 0)
                mix += _weights[i] * Elementary.Exp(-rate * (losses[i] * weight - least));
        var ideal = least - Elementary.Log(Math.Min(mix, 1)) / rate;
        _gap = Math.Min(_gap + Math.Max(loss - ideal, 0), LossMax);
        Accumulate(_losses, losses, weight);
        Softmin(_losses, Rate, _weights);
    }

    public override void Save(StateWriter writer)
    {
        writer.Write(_losses);
        writer.Write(_gap);
    }

    public override void Load(StateReader reader)
    {
        reader.ReadWithin(_losses, 0, LossMax);
        _gap = reader.ReadWithin(0, LossMax);
        Softmin(_losses, Rate, _weights);
    }
}
