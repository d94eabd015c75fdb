namespace Hone.Learning.Sessions;

/// <summary>Why a prediction asks to be acted on, or not.</summary>
public enum ActReason
{
    /// <summary>The confidence reaches the threshold.</summary>
    Acts,

    /// <summary>The confidence is under the threshold.</summary>
    UnderThreshold,

    /// <summary>No member may vote.</summary>
    NoVotes,

    /// <summary>No answer has come for longer than <see cref="SessionOptions.StaleAfterAnswersHours"/>, and a stale panel does not act.</summary>
    Stale,
}

/// <summary>Whether a member takes part.</summary>
public enum MemberState
{
    /// <summary>Votes.</summary>
    Voting,

    /// <summary>Too few answers so far.</summary>
    WarmingUp,

    /// <summary>A baseline: scored, never voting.</summary>
    Baseline,

    /// <summary>Lost its vote; learns anew.</summary>
    LostVote,

    /// <summary>Gave numbers that are not probabilities, or threw; was reset.</summary>
    Failed,

    /// <summary>Has learned nothing for longer than <see cref="MemberOptions.StaleAfterHours"/>; left out until it learns again.</summary>
    Stale,
}

/// <summary>What one member said.</summary>
/// <param name="Label">Its class.</param>
/// <param name="Confidence">Probability of that class.</param>
/// <param name="Weight">Its weight in the ensemble, 0 when it has no vote.</param>
/// <param name="Threshold">Its adaptive threshold.</param>
/// <param name="State">Whether it takes part.</param>
/// <param name="Version">The learner that said it.</param>
public readonly record struct MemberVote(int Label, double Confidence, double Weight, double Threshold, MemberState State, MemberVersion Version)
{
    /// <summary>Whether it may vote.</summary>
    public bool Eligible => State == MemberState.Voting;
}

/// <summary>
/// The answer to a question. A session has one, overwritten by its next question; <see cref="LearningSession.NewPrediction"/> makes further ones, and
/// <see cref="CopyTo"/> keeps what must outlive it.
/// </summary>
public sealed class Prediction
{
    internal Prediction(int classes, int members)
    {
        ProbabilitiesArray = new double[classes];
        MemberProbabilitiesArray = new double[classes * members];
        VotesArray = new MemberVote[members];
    }

    internal double[] ProbabilitiesArray { get; }

    internal double[] MemberProbabilitiesArray { get; }

    internal MemberVote[] VotesArray { get; }

    /// <summary>The question; 0 for a preview, which is none.</summary>
    public long Id { get; internal set; }

    /// <summary>Position of the session: that of the question, or, for a preview, that of the last input.</summary>
    public long Seq { get; internal set; }

    /// <summary>Event time in microseconds since 1970 UTC.</summary>
    public long AtUs { get; internal set; }

    /// <summary>The predicted class.</summary>
    public int Label { get; internal set; }

    /// <summary>Probability of each class, calibrated.</summary>
    public ReadOnlySpan<double> Probabilities => ProbabilitiesArray;

    /// <summary>Probability of the predicted class.</summary>
    public double Confidence { get; internal set; }

    /// <summary>Threshold that the confidence is compared with.</summary>
    public double Threshold { get; internal set; }

    /// <summary>Whether the confidence reaches the threshold.</summary>
    public bool Act { get; internal set; }

    /// <summary>Why it acts or not.</summary>
    public ActReason Reason { get; internal set; }

    /// <summary>How members were combined.</summary>
    public ServingStrategy Strategy { get; internal set; }

    /// <summary>Share of the voting weight that predicts the same class as the panel, 0…1.</summary>
    public double Agreement { get; internal set; }

    /// <summary>What each member said, in the order of the panel.</summary>
    public ReadOnlySpan<MemberVote> Votes => VotesArray;

    /// <summary>Class probabilities of one member.</summary>
    public ReadOnlySpan<double> MemberProbabilities(int member)
        => MemberProbabilitiesArray.AsSpan(member * ProbabilitiesArray.Length, ProbabilitiesArray.Length);

    /// <summary>Writes all of it into another one, which no later question touches.</summary>
    /// <exception cref="ArgumentException">The other one is of a session with another number of classes or members.</exception>
    public void CopyTo(Prediction other)
    {
        other.RequireShape(ProbabilitiesArray.Length, VotesArray.Length);
        ProbabilitiesArray.CopyTo(other.ProbabilitiesArray, 0);
        MemberProbabilitiesArray.CopyTo(other.MemberProbabilitiesArray, 0);
        VotesArray.CopyTo(other.VotesArray, 0);
        (other.Id, other.Seq, other.AtUs, other.Label, other.Confidence, other.Threshold) = (Id, Seq, AtUs, Label, Confidence, Threshold);
        (other.Act, other.Reason, other.Strategy, other.Agreement) = (Act, Reason, Strategy, Agreement);
    }

    internal void RequireShape(int classes, int members)
    {
        if (ProbabilitiesArray.Length != classes || VotesArray.Length != members)
            throw new ArgumentException(
                $"The prediction has room for {ProbabilitiesArray.Length} classes and {VotesArray.Length} members; this session has {classes} and {members}. Make it with the session's NewPrediction().");
    }

    /// <summary>The reason as a sentence.</summary>
    public string Explain() => Reason switch
    {
        ActReason.Acts => FormattableString.Invariant($"confidence {Confidence:0.00} reaches the threshold {Threshold:0.00}"),
        ActReason.UnderThreshold => FormattableString.Invariant($"confidence {Confidence:0.00} is under the threshold {Threshold:0.00}"),
        ActReason.Stale => "no answer has come for longer than stale_after_answers_hours",
        _ => "no member may vote yet",
    };
}

/// <summary>What an answer did.</summary>
/// <param name="Seq">Position of the session.</param>
/// <param name="Correct">Whether the stored prediction was right.</param>
/// <param name="Label">The answer.</param>
/// <param name="Predicted">The stored class.</param>
/// <param name="Confidence">The stored probability of that class.</param>
/// <param name="LogLoss">Of the stored prediction.</param>
/// <param name="Brier">Of the stored prediction: sum over classes of squared differences, halved, so that two classes give (p − y)².</param>
/// <param name="Drift">Highest level any detector reached with this answer.</param>
public readonly record struct Verdict(
    long Seq, bool Correct, int Label, int Predicted, double Confidence, double LogLoss, double Brier, Drift.DriftLevel Drift);
