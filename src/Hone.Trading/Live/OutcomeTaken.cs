using Hone.Learning.Drift;
using Hone.Learning.State;

namespace Hone.Trading.Live;

/// <summary>What an answer did.</summary>
/// <param name="Id">The prediction's or the outcome's id when the client chose it; null for the server's.</param>
/// <param name="Question">Entry of the question; for a trading session the running number of its bar. Equal to the emission's own entry for an outcome that brought its features.</param>
/// <param name="Label">What happened.</param>
/// <param name="Predicted">What had been predicted.</param>
/// <param name="Confidence">Probability that had been given to the predicted class.</param>
/// <param name="LogLoss">Log-loss in nats.</param>
/// <param name="Brier">Brier score.</param>
/// <param name="Drift">Highest level of any detector.</param>
/// <param name="Pnl">Money it made: told by the client, or per share of a prediction market after its fee; NaN when not known.</param>
/// <param name="Status">Whether it was learned.</param>
public readonly record struct OutcomeTaken(
    string? Id, long Question, int Label, int Predicted, double Confidence, double LogLoss, double Brier, DriftLevel Drift, double Pnl, OutcomeStatus Status)
{
    /// <summary>Whether the prediction was right.</summary>
    public bool Correct => Status == OutcomeStatus.Learned && Label == Predicted;

    /// <summary>The outcome as bytes of an emission.</summary>
    public byte[] ToPayload()
    {
        var outcome = this;
        return Inputs.Bytes(writer =>
        {
            Inputs.Write(writer, outcome.Id);
            writer.Write(outcome.Question);
            writer.Write(outcome.Label);
            writer.Write(outcome.Predicted);
            writer.Write(outcome.Confidence);
            writer.Write(outcome.LogLoss);
            writer.Write(outcome.Brier);
            writer.Write((int)outcome.Drift);
            writer.Write(outcome.Pnl);
            writer.Write((int)outcome.Status);
        });
    }

    /// <summary>Reads an outcome from an emission.</summary>
    public static OutcomeTaken FromPayload(ReadOnlyMemory<byte> payload)
    {
        var reader = new StateReader(payload);
        return new OutcomeTaken(
            Inputs.ReadText(reader), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(),
            (DriftLevel)reader.ReadInt32(), reader.ReadDouble(), (OutcomeStatus)reader.ReadInt32());
    }
}

/// <summary>What became of an outcome.</summary>
public enum OutcomeStatus
{
    /// <summary>Scored and learned.</summary>
    Learned,

    /// <summary>Its question had expired; nothing was learned.</summary>
    Expired,

    /// <summary>The prediction market was declared void; nothing was learned.</summary>
    Void,
}
