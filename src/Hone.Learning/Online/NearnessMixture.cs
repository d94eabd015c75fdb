using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>
/// Who of four experts speaks how loudly: by how likely each made the labels (fixed-share Hedge on log-loss), kept apart for
/// questions near the last learned example and for questions far from it.
/// </summary>
/// <remarks>
/// <para>An expert with large steps knows the neighbourhood of what it has just learned: where labels persist, it is brilliant in the very next row
/// and worthless when its labels arrive late. A learner is not told how late they are. But a question asked while labels are
/// outstanding lies further from the last learned example than successive examples do. So the shares are kept by that distance
/// (<see cref="Buckets"/> of them, a factor of four of the squared distance each), and every <see cref="PastEvery"/>th example is also judged as a late one
/// would have been: by the experts as they were up to <see cref="PastAge"/> examples ago, at the distance from what they had seen then.
/// A distance that has been judged less than <see cref="SpeaksFrom"/> times has the shares of the nearest one that has.</para>
/// <para>Herbster, Warmuth, "Tracking the best expert", Machine Learning 32, 1998; the gating by distance is ours.</para>
/// </remarks>
internal sealed class NearnessMixture : ISaved
{
    /// <summary>Distances that are told apart.</summary>
    public const int Buckets = 8;

    /// <summary>Every so many examples the past experts are judged.</summary>
    public const int PastEvery = 8;

    /// <summary>Every so many examples the present experts become the past ones.</summary>
    public const int PastAge = 64;

    /// <summary>Examples that a distance must have been judged by before its own shares count.</summary>
    public const int SpeaksFrom = 30;

    private readonly double[] _shares = new double[Buckets * QuadKernels.Models];
    private readonly double[] _judged = new double[Buckets];
    private readonly double[] _home;
    private readonly double _moving;
    private readonly double _features;
    private readonly double[] _last;
    private readonly double[] _past;
    private int _examples;

    /// <summary>A mixture that has judged nothing.</summary>
    /// <param name="features">Length of the feature vector.</param>
    /// <param name="start">The first shares of the four; they sum to one, and one that starts with 0 is no expert.</param>
    /// <param name="moving">Part of the shares that is made equal again with every example.</param>
    public NearnessMixture(int features, ReadOnlySpan<double> start, double moving)
    {
        (_features, _moving) = (features, moving);
        _last = new double[Kernels.Padded(features)];
        _past = new double[_last.Length];
        _home = new double[QuadKernels.Models];
        var experts = start.Length - start.Count(0.0);
        for (var m = 0; m < _home.Length; m++)
            _home[m] = start[m] > 0 ? 1.0 / experts : 0;
        for (var b = 0; b < Buckets; b++)
            start.CopyTo(Bucket(b));
    }

    /// <summary>Whether the next example is to be judged by the past experts as well.</summary>
    public bool JudgesPast => _examples % PastEvery == PastEvery - 1;

    /// <summary>How far a question or example lies from the last learned example: the bucket whose shares count for it.</summary>
    /// <param name="z">The standardised features in whole lanes: behind the last one what never changes.</param>
    public int Place(ReadOnlySpan<double> z) => Distance(z, _last);

    /// <summary>The shares at a place.</summary>
    public ReadOnlySpan<double> Shares(int place) => Bucket(_judged[place] >= SpeaksFrom ? place : NearestJudged(place));

    /// <summary>Judges the experts by the likelihoods they gave the label of an example at a place.</summary>
    public void Judge(int place, ReadOnlySpan<double> likelihoods, double gain)
    {
        QuadKernels.Share(Bucket(place), likelihoods, _home, _moving, gain);
        _judged[place] = Math.Min(_judged[place] + gain, SpeaksFrom);
    }

    /// <summary>Judges the experts by the likelihoods that the past ones gave the label of an example.</summary>
    public void JudgePast(ReadOnlySpan<double> z, ReadOnlySpan<double> likelihoods, double gain) => Judge(Distance(z, _past), likelihoods, gain);

    /// <summary>The example has been learned; one of less than full weight is only moved towards.</summary>
    /// <returns>Whether the experts as they are now are the past ones from here on.</returns>
    public bool Advance(ReadOnlySpan<double> z, double gain)
    {
        if (gain >= 1)
            z[.._last.Length].CopyTo(_last);
        else
            for (var i = 0; i < _last.Length; i++)
                _last[i] += gain * (z[i] - _last[i]);
        _examples = (_examples + 1) % PastAge;
        if (_examples != 0)
            return false;
        _last.CopyTo(_past, 0);
        return true;
    }

    /// <summary>Gives every expert a hearing again: at least this share each, before the shares are made to sum to one.</summary>
    public void Hear(double share)
    {
        for (var b = 0; b < Buckets; b++)
        {
            var shares = Bucket(b);
            var sum = 0.0;
            for (var m = 0; m < shares.Length; m++)
                sum += shares[m] = _home[m] > 0 ? Math.Max(shares[m], share) : 0;
            foreach (ref var s in shares)
                s /= sum;
        }
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_shares);
        writer.Write(_judged);
        writer.Write(_last);
        writer.Write(_past);
        writer.Write(_examples);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadWithin(_shares, 0, 1 + 1e-6);
        for (var b = 0; b < Buckets; b++)
            if (!(Math.Abs(Tally.Sum(Bucket(b)) - 1) <= 1e-6))
                throw new CorruptStateException("The shares of the experts do not sum to one.");
        reader.ReadWithin(_judged, 0, SpeaksFrom);
        reader.ReadWithin(_last, -100, 100);
        reader.ReadWithin(_past, -100, 100);
        _examples = reader.ReadInt32(0, PastAge - 1);
    }

    private int NearestJudged(int place)
    {
        for (var away = 1; away < Buckets; away++)
        {
            if (place - away >= 0 && _judged[place - away] >= SpeaksFrom)
                return place - away;
            if (place + away < Buckets && _judged[place + away] >= SpeaksFrom)
                return place + away;
        }
        return place;
    }

    // The exponent of the mean squared distance, two of them to a bucket, from 2^−10 up.
    private int Distance(ReadOnlySpan<double> z, double[] from)
    {
        var square = QuadKernels.SquaredDistance(z[..from.Length], from) / _features;
        var exponent = (int)(BitConverter.DoubleToInt64Bits(square) >> 52) - 1023;
        return Math.Min(Math.Max((exponent + 10) >> 1, 0), Buckets - 1);
    }

    private Span<double> Bucket(int b) => _shares.AsSpan(b * QuadKernels.Models, QuadKernels.Models);
}
