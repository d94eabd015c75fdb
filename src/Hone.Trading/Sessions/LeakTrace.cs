using System.Runtime.InteropServices;
using Hone.Learning.Drift;
using Hone.Learning.Sessions;
using Hone.Learning.State;
using Hone.Trading.Agents;
using Hone.Trading.Broker;
using Hone.Trading.Labels;
using Hone.Trading.Market;

namespace Hone.Trading.Sessions;

/// <summary>
/// What a session shows after each bar, in the order in which a bar makes it: fills, features, labels, predictions, signals, orders. The first part that differs from
/// another trace of the same bars is where a leak came in.
/// </summary>
internal sealed class LeakTrace : ITradingObserver
{
    private readonly TradingSession _session;
    private readonly string[] _parts;
    private readonly int _members;
    private readonly ulong[] _now;
    private readonly int _features;
    private readonly ulong[] _kept;
    private readonly double[] _keptFeatures;
    private readonly ulong[] _openFills;
    private HashChain _labels;

    /// <summary>Listens to a session from its first bar on.</summary>
    /// <param name="session">The session; its observer is replaced.</param>
    /// <param name="keepBars">Bars that are kept to be compared with; 0 for a trace that is compared.</param>
    public LeakTrace(TradingSession session, int keepBars)
    {
        _session = session;
        _members = session.Learning.MemberCount;
        _parts =
        [
            "a fill", "the label of a question", .. session.Learning.MemberNames.Select(name => $"the prediction of '{name}'"),
            "the prediction of the panel", "the signal of the agents", "what is done about the signals", "an order or the account",
        ];
        _now = new ulong[_parts.Length];
        _features = session.Features.Values.Length;
        _kept = new ulong[keepBars * _parts.Length];
        _keptFeatures = new double[keepBars * _features];
        _openFills = new ulong[keepBars];
        session.Observer = this;
    }

    /// <summary>Takes a bar through the session and keeps what came of it.</summary>
    public void Keep(int index, in Bar bar, ReadOnlySpan<double> extras)
    {
        Take(bar, extras);
        _now.CopyTo(_kept.AsSpan(index * _parts.Length));
        _session.Features.Values.CopyTo(_keptFeatures.AsSpan(index * _features));
        _openFills[index] = OpenFills();
    }

    /// <summary>Takes a bar through the session and compares what came of it with what was kept.</summary>
    /// <returns>What differs first; null when nothing does.</returns>
    public string? Compare(LeakTrace truth, int index, in Bar bar, ReadOnlySpan<double> extras)
    {
        Take(bar, extras);
        var kept = truth._kept.AsSpan(index * _parts.Length, _parts.Length);
        if (_now[0] != kept[0])
            return _parts[0];
        if (DifferentFeature(truth._keptFeatures.AsSpan(index * _features, _features)) is { } feature)
            return feature;
        var same = _now.AsSpan().CommonPrefixLength(kept);
        return same < _parts.Length ? _parts[same] : null;
    }

    /// <summary>Fingerprint of the market fills at a kept bar's open; 0 when there were none.</summary>
    public ulong OpenFillsOf(int index) => _openFills[index];

    /// <summary>Fingerprint of the market fills at the last bar's open; 0 when there were none.</summary>
    public ulong OpenFills()
    {
        var chain = new HashChain();
        var any = false;
        foreach (ref readonly var fill in _session.Real.Broker.Fills)
        {
            if (fill.Kind != OrderKind.Market)
                continue;
            Add(ref chain, fill);
            any = true;
        }
        return any ? chain.Digest | 1 : 0;
    }

    public void OnBar(TradingSession session, in Bar bar)
    {
    }

    public void OnAnswer(TradingSession session, in ReleasedLabel label, in Verdict verdict)
    {
        _labels.Add(label.Id);
        _labels.Add(label.AvailableAtUs);
        _labels.Add(label.Outcome.Label);
        _labels.Add(label.Outcome.Weight);
        _labels.Add(label.Outcome.Return);
    }

    public void OnTrade(TradingSession session, in Trade trade, TradeEntry entry)
    {
    }

    public void OnDrift(in DriftEvent drift)
    {
    }

    public void OnAdaptation(in AdaptationEvent adaptation)
    {
    }

    private void Take(in Bar bar, ReadOnlySpan<double> extras)
    {
        _session.On(bar, extras);
        var prediction = _session.Learning.Last;
        var signal = _session.Signal;
        _now[0] = Fills();
        _now[1] = _labels.Digest;
        for (var m = 0; m < _members; m++)
            _now[2 + m] = Digest(prediction.MemberProbabilities(m));
        var at = 2 + _members;
        _now[at++] = Digest(prediction.Probabilities);
        _now[at++] = Digest(signal.Rule);
        _now[at++] = Digest(signal.Final);
        _now[at] = _session.EmissionDigest;
    }

    private ulong Fills()
    {
        var chain = new HashChain();
        foreach (ref readonly var fill in _session.Real.Broker.Fills)
            Add(ref chain, fill);
        foreach (ref readonly var fill in _session.RulesOnly.Broker.Fills)
            Add(ref chain, fill);
        return chain.Digest;
    }

    private string? DifferentFeature(ReadOnlySpan<double> kept)
    {
        var values = _session.Features.Values;
        if (MemoryMarshal.AsBytes(values).SequenceEqual(MemoryMarshal.AsBytes(kept)))
            return null;
        for (var f = 0; f < values.Length; f++)
            if (BitConverter.DoubleToInt64Bits(values[f]) != BitConverter.DoubleToInt64Bits(kept[f]) && !(double.IsNaN(values[f]) && double.IsNaN(kept[f])))
                return $"the feature '{_session.Features.Schema.Features[f].Name}'";
        return null;
    }

    private static void Add(ref HashChain chain, in Fill fill)
    {
        chain.Add(fill.Price);
        chain.Add(fill.Quantity);
        chain.Add(fill.Fee);
    }

    private static ulong Digest(ReadOnlySpan<double> values)
    {
        var chain = new HashChain();
        foreach (var value in values)
            chain.Add(value);
        return chain.Digest;
    }

    private static ulong Digest(Signal signal)
    {
        var chain = new HashChain();
        chain.Add(signal.Direction);
        chain.Add(signal.Confidence);
        return chain.Digest;
    }
}
