using Hone.Trading.Live;

namespace Hone.Host.Cli;

/// <summary>Collects what a replay shows of one prediction.</summary>
/// <param name="id">Its id, the client's or the server's.</param>
internal sealed class ReplayedPrediction(string id)
{
    private bool _named;
    private long _question;

    public string Id => id;

    public bool IsFound => Made is not null;

    public long Seq { get; private set; }

    public long AtUs { get; private set; }

    public PredictionMade? Made { get; private set; }

    public IReadOnlyList<string> FeatureNames { get; private set; } = [];

    public double[] Features { get; private set; } = [];

    public string? Context { get; private set; }

    public OutcomeTaken? Outcome { get; private set; }

    public void Take(LiveSession session, in JournalEntry entry, List<Emission> emitted)
    {
        foreach (var emission in emitted)
            if (emission.Kind == EmissionKind.Prediction && Made is null)
                Look(session, entry, PredictionMade.FromPayload(emission.Payload), emitted);
            else if (emission.Kind == EmissionKind.Outcome && Made is not null && Outcome is null && OutcomeTaken.FromPayload(emission.Payload) is var taken
                     && taken.Question == _question && (taken.Id is null) != _named)
                Outcome = taken;
    }

    private void Look(LiveSession session, in JournalEntry entry, PredictionMade made, List<Emission> emitted)
    {
        if ((made.PredictionId ?? (made.Bar >= 0 ? session.IdOfBar(made.Bar) : session.IdOf(entry.Seq))) != id)
            return;
        (Made, Seq, AtUs, _named) = (made, entry.Seq, entry.AtUs, made.PredictionId is not null);
        _question = made.Bar >= 0 ? made.Bar : entry.Seq;
        if (made.Bar < 0)
        {
            var input = Inputs.Ask(entry);
            (FeatureNames, Features, Context) = (session.Setup.Features, input.Features, input.Context);
            return;
        }
        FeatureNames = [.. session.Trading!.Features.SelectedSchema.Features.Select(f => f.Name)];
        foreach (var emission in emitted)
            if (emission.Kind == EmissionKind.Bar)
                Features = BarTaken.FromPayload(emission.Payload).Features;
    }
}
