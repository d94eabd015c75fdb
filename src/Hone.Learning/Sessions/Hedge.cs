using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>
/// Weights of the members by fixed-share Hedge on log-loss: what predicts better gains weight exponentially, and a small share that is
/// dealt out evenly at each answer lets the past be forgotten at a known rate.
/// </summary>
/// <remarks>
/// <para>Herbster, Warmuth, "Tracking the best expert", Machine Learning 32, 1998. Answers that overlap h-fold count 1/h in the rate and in the share.</para>
/// <para>Every member that is no baseline keeps its weight up to date, whether it votes or not: a member that has lost its vote, or
/// is warming up, comes back with the weight its predictions deserve. Who votes is decided elsewhere, and votes are normalised there.</para>
/// </remarks>
internal sealed class Hedge
{
    private readonly bool[] _takesPart;
    private readonly double[] _weights;
    private readonly double _rate;
    private readonly double _share;
    private readonly double _even;

    public Hedge(ReadOnlySpan<bool> takesPart, double rate, double share)
    {
        _takesPart = takesPart.ToArray();
        _weights = new double[takesPart.Length];
        (_rate, _share) = (rate, share);
        _even = 1.0 / Math.Max(1, takesPart.Count(true));
        Even();
    }

    /// <summary>The weights; those of members that take part sum to one, the others are 0.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>Takes the log-loss of every member.</summary>
    public void Update(ReadOnlySpan<double> losses)
    {
        // Losses count from the smallest one, so that not all weights can vanish at once.
        var least = double.PositiveInfinity;
        for (var m = 0; m < _weights.Length; m++)
            if (_takesPart[m])
                least = Math.Min(least, losses[m]);
        var total = 0.0;
        for (var m = 0; m < _weights.Length; m++)
            if (_takesPart[m])
                total += _weights[m] *= Elementary.Exp(_rate * (least - losses[m]));
        if (!(total > 0))
        {
            Even();
            return;
        }
        var scale = (1 - _share) / total;
        var dealt = _share * _even;
        for (var m = 0; m < _weights.Length; m++)
            if (_takesPart[m])
                _weights[m] = _weights[m] * scale + dealt;
    }

    /// <summary>Deals out half of the weight evenly: what it was earned with may be of the past.</summary>
    public void ForgetHalf()
    {
        for (var m = 0; m < _weights.Length; m++)
            if (_takesPart[m])
                _weights[m] = 0.5 * _weights[m] + 0.5 * _even;
    }

    public void Save(StateWriter writer) => writer.Write((ReadOnlySpan<double>)_weights);

    public void Load(StateReader reader)
    {
        reader.ReadWithin(_weights, 0, 1 + 1e-9);
        var total = 0.0;
        for (var m = 0; m < _weights.Length; m++)
        {
            if (!_takesPart[m] && _weights[m] != 0)
                throw new CorruptStateException($"A baseline has the weight {_weights[m]}.");
            total += _weights[m];
        }
        if (_takesPart.AsSpan().Contains(true) && Math.Abs(total - 1) > 1e-6)
            throw new CorruptStateException($"The weights sum to {total}.");
    }

    private void Even()
    {
        for (var m = 0; m < _weights.Length; m++)
            _weights[m] = _takesPart[m] ? _even : 0;
    }
}
