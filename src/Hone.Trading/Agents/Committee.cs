using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Regimes;

namespace Hone.Trading.Agents;

/// <summary>One seat in a <see cref="Committee"/>, as a config gives it.</summary>
public sealed record CommitteeSeat
{
    /// <summary>Catalog name of the rule.</summary>
    public string Agent { get; init; } = "";

    /// <summary>Weight of its vote, above 0 to 100.</summary>
    [Range(1e-9, 100.0)] public double Weight { get; init; } = 1;

    /// <summary>Options of the rule; its defaults without.</summary>
    public JsonElement? Options { get; init; }
}

/// <summary>Options of <see cref="Committee"/>.</summary>
public sealed record CommitteeOptions
{
    /// <summary>Who sits in it; without: every rule that comes with Hone, weight 1.</summary>
    public IReadOnlyList<CommitteeSeat>? Members { get; init; }

    /// <summary>By how much trend rules count more and reversion rules less in a bull or bear regime, and the other way round sideways; 0: the regime does not matter.</summary>
    [Range(0.0, 1.0)]
    public double RegimeTilt { get; init; } = 0.5;

    /// <summary>Size of the mean direction above which the committee begins to speak.</summary>
    [Range(0.0, 0.99)]
    public double AgreementMin { get; init; } = 0.75;

    /// <summary>Where it falls silent, as a share of <see cref="AgreementMin"/>; 0: when the mean direction turns.</summary>
    [Range(0.0, 0.95)]
    public double Exit { get; init; }
}

/// <summary>A rule in a committee.</summary>
/// <param name="Agent">The rule; the committee saves and loads its state.</param>
/// <param name="Style">What kind of market it lives on.</param>
/// <param name="Weight">Weight of its vote, above 0.</param>
public sealed record CommitteeMember(IAgent Agent, RuleStyle Style, double Weight);

/// <summary>Several rules that decide together: the confidence-weighted mean of their directions.</summary>
/// <remarks>
/// With weights w (tilted by the regime), confidences c and directions d of the members that speak: direction Σwcd / Σwc, confidence |Σwcd| / Σw, which is the
/// members' mean confidence less the dissent. Silent members do not count. A member is asked on every bar, also where its weight is tilted to 0, so
/// that its state does not depend on the regime.
/// </remarks>
public sealed class Committee : IAgent
{
    private readonly CommitteeMember[] _members;
    private readonly double[] _trending, _sideways;
    private readonly double _agreementMin, _exit;
    private SignalLatch _latch;

    /// <summary>A committee of rules that come with Hone.</summary>
    /// <exception cref="InvalidOptionsException">A seat names no rule, has a weight out of range, or there is none.</exception>
    public Committee(AgentContext context, CommitteeOptions options)
        : this(Seated(context, options.Members), options)
    {
    }

    /// <summary>A committee of any rules.</summary>
    /// <exception cref="InvalidOptionsException">There is none, or a weight is out of range.</exception>
    public Committee(IReadOnlyList<CommitteeMember> members, CommitteeOptions options)
    {
        if (members.Count == 0)
            throw new InvalidOptionsException("committee: members is empty; leave it out to take every rule.");
        _members = [.. members];
        _trending = new double[members.Count];
        _sideways = new double[members.Count];
        for (var i = 0; i < members.Count; i++)
        {
            if (!(members[i].Weight is > 0 and <= 100))
                throw new InvalidOptionsException($"committee: the weight of '{members[i].Agent.Name}' is {members[i].Weight}; it must be above 0 and at most 100.");
            var tilt = members[i].Style == RuleStyle.Trend ? options.RegimeTilt : -options.RegimeTilt;
            (_trending[i], _sideways[i]) = (members[i].Weight * (1 + tilt), members[i].Weight * (1 - tilt));
        }
        // At 0 any difference speaks; the smallest one keeps rounding errors quiet.
        _agreementMin = Math.Max(options.AgreementMin, 1e-9);
        _exit = options.Exit;
    }

    /// <inheritdoc/>
    public string Name => "committee";

    /// <inheritdoc/>
    public Signal Decide(in AgentView view)
    {
        var weights = view.Regime.Trend == TrendRegime.Sideways ? _sideways : _trending;
        double votes = 0, confidences = 0, speaking = 0;
        for (var i = 0; i < _members.Length; i++)
        {
            var signal = _members[i].Agent.Decide(view);
            if (signal.Direction == 0 || signal.Confidence == 0)
                continue;
            var heard = weights[i] * signal.Confidence;
            votes += heard * signal.Direction;
            confidences += heard;
            speaking += weights[i];
        }
        var direction = confidences > 0 ? votes / confidences : 0;
        return _latch.Update(direction / _agreementMin, _exit).Direction == 0
            ? Signal.None
            : new(Math.Clamp(direction, -1, 1), Math.Min(1, Math.Abs(votes) / speaking));
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(Name, 1);
        writer.Write(_members.Length);
        _latch.Save(writer);
        foreach (var member in _members)
            member.Agent.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(Name, 1);
        reader.ReadInt32(_members.Length, _members.Length);
        _latch = SignalLatch.Load(reader);
        foreach (var member in _members)
            member.Agent.Load(reader);
    }

    private static CommitteeMember[] Seated(AgentContext context, IReadOnlyList<CommitteeSeat>? seats)
    {
        if (seats is null)
            return [.. Rules.BuiltIn.Select(rule => new CommitteeMember(rule.Entry.Create(context), rule.Style, 1))];
        return [.. seats.Select((seat, i) =>
        {
            if (seat is null)
                throw new InvalidOptionsException($"committee: seat {i + 1} is null.");
            var rule = Rules.BuiltIn.FirstOrDefault(known => known.Entry.Name == seat.Agent)
                ?? throw new InvalidOptionsException($"committee: there is no rule '{seat.Agent}'. Known: {string.Join(", ", Rules.BuiltIn.Select(known => known.Entry.Name))}.");
            return new CommitteeMember(rule.Entry.Create(context, seat.Options), rule.Style, seat.Weight);
        })];
    }
}
