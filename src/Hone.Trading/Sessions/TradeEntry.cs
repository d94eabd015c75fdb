using Hone.Learning.Sessions;
using Hone.Learning.State;
using Hone.Trading.Agents;
using Hone.Trading.Regimes;

namespace Hone.Trading.Sessions;

/// <summary>What was known when a trade was decided: features, votes, thresholds and weights. Reused by later trades.</summary>
public sealed class TradeEntry : ISaved
{
    private readonly double[] _features;
    private readonly MemberVote[] _votes;

    internal TradeEntry(int features, int members)
    {
        _features = new double[features];
        _votes = new MemberVote[members];
    }

    /// <summary>The panel's features at the decision.</summary>
    public ReadOnlySpan<double> Features => _features;

    /// <summary>Each member's vote, weight and threshold at the decision.</summary>
    public ReadOnlySpan<MemberVote> Votes => _votes;

    /// <summary>The rule's signal.</summary>
    public Signal Rule { get; private set; }

    /// <summary>The panel's signal.</summary>
    public Signal Panel { get; private set; }

    /// <summary>Probability that the panel gave to a rise; NaN without a prediction.</summary>
    public double PanelProbability { get; private set; }

    /// <summary>Whether the panel acted.</summary>
    public bool PanelActed { get; private set; }

    /// <summary>Whether the rule alone would have opened a position.</summary>
    public bool RuleActed { get; private set; }

    /// <summary>The joined signal.</summary>
    public Signal Final { get; private set; }

    /// <summary>The regime.</summary>
    public Regime Regime { get; private set; }

    internal void Take(ReadOnlySpan<double> features, ReadOnlySpan<MemberVote> votes, in JoinedSignal joined, double panelProbability, bool ruleActed, Regime regime)
    {
        features.CopyTo(_features);
        votes.CopyTo(_votes);
        Rule = joined.Rule;
        Panel = joined.Panel;
        PanelActed = joined.PanelActed;
        Final = joined.Final;
        PanelProbability = panelProbability;
        RuleActed = ruleActed;
        Regime = regime;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write((ReadOnlySpan<double>)_features);
        writer.Write(_votes.Length);
        foreach (var vote in _votes)
        {
            writer.Write(vote.Label);
            writer.Write(vote.Confidence);
            writer.Write(vote.Weight);
            writer.Write(vote.Threshold);
            writer.Write((int)vote.State);
            writer.Write(vote.Version.Behaviour);
            writer.Write(vote.Version.Generation);
            writer.Write(vote.Version.Learned);
        }
        Save(writer, Rule);
        Save(writer, Panel);
        Save(writer, Final);
        writer.Write(PanelProbability);
        writer.Write(PanelActed);
        writer.Write(RuleActed);
        writer.Write((int)Regime.Trend);
        writer.Write((int)Regime.Volatility);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Read(_features);
        reader.ReadInt32(_votes.Length, _votes.Length);
        for (var i = 0; i < _votes.Length; i++)
            _votes[i] = new MemberVote(
                reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), (MemberState)reader.ReadInt32(0, (int)MemberState.Stale),
                new MemberVersion(reader.ReadInt32(), reader.ReadUInt64(), reader.ReadInt64()));
        Rule = LoadSignal(reader);
        Panel = LoadSignal(reader);
        Final = LoadSignal(reader);
        PanelProbability = reader.ReadDouble();
        PanelActed = reader.ReadBool();
        RuleActed = reader.ReadBool();
        Regime = new Regime((TrendRegime)reader.ReadInt32(0, 2), (VolatilityRegime)reader.ReadInt32(0, 2));
    }

    private static void Save(StateWriter writer, Signal signal)
    {
        writer.Write(signal.Direction);
        writer.Write(signal.Confidence);
    }

    private static Signal LoadSignal(StateReader reader) => new(reader.ReadFinite(), reader.ReadFinite());
}
