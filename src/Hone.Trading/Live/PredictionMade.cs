using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Trading.Live;

/// <summary>Why a served prediction asks to be acted on, or not.</summary>
public enum ServeReason
{
    /// <summary>The confidence reaches the threshold.</summary>
    Acts,

    /// <summary>The confidence is under the threshold.</summary>
    UnderThreshold,

    /// <summary>No member may vote.</summary>
    NoVotes,

    /// <summary>It reaches the threshold, and would lose money at the market's price and fee.</summary>
    UnderBreakEven,

    /// <summary>The expected value after costs is not above zero.</summary>
    NoEdge,
}

/// <summary>One member's part in a prediction.</summary>
/// <param name="Label">Its class.</param>
/// <param name="Probabilities">Probability of each class.</param>
/// <param name="Confidence">Probability of its class.</param>
/// <param name="Weight">Its share of the vote; 0 without one.</param>
/// <param name="Threshold">Its adaptive threshold.</param>
/// <param name="State">Whether it takes part.</param>
/// <param name="Version">The learner that said it.</param>
public sealed record MemberPart(int Label, double[] Probabilities, double Confidence, double Weight, double Threshold, MemberState State, MemberVersion Version)
{
    /// <summary>Whether it may vote.</summary>
    public bool Eligible => State == MemberState.Voting;
}

/// <summary>A prediction as it was given out.</summary>
public sealed record PredictionMade
{
    /// <summary>The client's own id; null for the server's.</summary>
    public string? PredictionId { get; init; }

    /// <summary>Prediction market; null for none.</summary>
    public string? MarketId { get; init; }

    /// <summary>Running number of the bar that it was made at; −1 when it was asked with features.</summary>
    public long Bar { get; init; } = -1;

    /// <summary>The predicted class.</summary>
    public required int Label { get; init; }

    /// <summary>Probability of each class, calibrated.</summary>
    public required double[] Probabilities { get; init; }

    /// <summary>Probability of the predicted class.</summary>
    public required double Confidence { get; init; }

    /// <summary>Why it acts or not.</summary>
    public required ServeReason Reason { get; init; }

    /// <summary>Confidence from which it acts.</summary>
    public required double Threshold { get; init; }

    /// <summary>Confidence from which acting pays: at the market's price and fee, or after costs; NaN when it is not known.</summary>
    public double BreakEven { get; init; } = double.NaN;

    /// <summary>Conviction times agreement, 0…1; 0 when it does not act.</summary>
    public required double SizeMultiplier { get; init; }

    /// <summary>How members were combined.</summary>
    public required ServingStrategy Strategy { get; init; }

    /// <summary>Regime, 0 sideways, 1 bull, 2 bear; −1 when unknown.</summary>
    public int Regime { get; init; } = -1;

    /// <summary>The members, in the order of the panel.</summary>
    public required MemberPart[] Members { get; init; }

    /// <summary>Whether it asks to be acted on.</summary>
    public bool Act => Reason == ServeReason.Acts;

    /// <summary>The reason as a sentence; a member that was left out is named by the caller, who knows the names.</summary>
    public string Explain() => Reason switch
    {
        ServeReason.Acts => FormattableString.Invariant($"confidence {Confidence:0.00} reaches the threshold {Threshold:0.00}"),
        ServeReason.UnderThreshold => FormattableString.Invariant($"confidence {Confidence:0.00} is under the threshold {Threshold:0.00}"),
        ServeReason.UnderBreakEven => FormattableString.Invariant($"confidence {Confidence:0.00} does not pay for price and fee; it would from {BreakEven:0.00} on"),
        ServeReason.NoEdge => FormattableString.Invariant($"confidence {Confidence:0.00} does not pay for the costs; it would from {BreakEven:0.00} on"),
        _ => "no member may vote yet",
    };

    /// <summary>The prediction as bytes of an emission.</summary>
    public byte[] ToPayload() => Inputs.Bytes(writer =>
    {
        Inputs.Write(writer, PredictionId);
        Inputs.Write(writer, MarketId);
        writer.Write(Bar);
        writer.Write(Label);
        writer.Write((ReadOnlySpan<double>)Probabilities);
        writer.Write(Confidence);
        writer.Write((int)Reason);
        writer.Write(Threshold);
        writer.Write(BreakEven);
        writer.Write(SizeMultiplier);
        writer.Write((int)Strategy);
        writer.Write(Regime);
        writer.Write(Members.Length);
        foreach (var member in Members)
        {
            writer.Write(member.Label);
            writer.Write((ReadOnlySpan<double>)member.Probabilities);
            writer.Write(member.Confidence);
            writer.Write(member.Weight);
            writer.Write(member.Threshold);
            writer.Write((int)member.State);
            writer.Write(member.Version.Behaviour);
            writer.Write(member.Version.Generation);
            writer.Write(member.Version.Learned);
        }
    });

    /// <summary>Reads a prediction from an emission.</summary>
    public static PredictionMade FromPayload(ReadOnlyMemory<byte> payload)
    {
        var reader = new StateReader(payload);
        return new PredictionMade
        {
            // Read in the order in which they were written.
            PredictionId = Inputs.ReadText(reader),
            MarketId = Inputs.ReadText(reader),
            Bar = reader.ReadInt64(),
            Label = reader.ReadInt32(),
            Probabilities = Inputs.ReadNumbers(reader),
            Confidence = reader.ReadDouble(),
            Reason = (ServeReason)reader.ReadInt32(),
            Threshold = reader.ReadDouble(),
            BreakEven = reader.ReadDouble(),
            SizeMultiplier = reader.ReadDouble(),
            Strategy = (ServingStrategy)reader.ReadInt32(),
            Regime = reader.ReadInt32(),
            Members = ReadMembers(reader),
        };
    }

    private static MemberPart[] ReadMembers(StateReader reader)
    {
        var members = new MemberPart[reader.ReadInt32(0, 64)];
        for (var m = 0; m < members.Length; m++)
            members[m] = new MemberPart(
                reader.ReadInt32(), Inputs.ReadNumbers(reader), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), (MemberState)reader.ReadInt32(),
                new MemberVersion(reader.ReadInt32(), reader.ReadUInt64(), reader.ReadInt64()));
        return members;
    }
}
