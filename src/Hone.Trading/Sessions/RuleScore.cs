using Hone.Learning.State;

namespace Hone.Trading.Sessions;

/// <summary>
/// How often the rules alone would have been right about the panel's questions: the rules-only baseline that stands beside every accuracy. Rules are silent most of the
/// time, so the panel is counted again on the same questions.
/// </summary>
public sealed class RuleScore : ISaved
{
    // One question a bar at most: those that wait never share a place.
    private readonly int[] _sides;

    internal RuleScore(int horizonBars) => _sides = new int[horizonBars + 1];

    /// <summary>Answers to questions on which the rules had a side.</summary>
    public long Answers { get; private set; }

    /// <summary>Of them right by that side.</summary>
    public long Correct { get; private set; }

    /// <summary>Of them right by the panel.</summary>
    public long PanelCorrect { get; private set; }

    /// <summary>Share that the rules had right; NaN before the first.</summary>
    public double Accuracy => Answers > 0 ? (double)Correct / Answers : double.NaN;

    /// <summary>Share that the panel had right of the same questions; NaN before the first.</summary>
    public double PanelAccuracy => Answers > 0 ? (double)PanelCorrect / Answers : double.NaN;

    internal void Asked(long id, int side) => _sides[id % _sides.Length] = side;

    /// <summary>Side of the rules at a question that is now answered.</summary>
    internal int SideOf(long id) => _sides[id % _sides.Length];

    internal void Answered(bool correct, bool panelCorrect)
    {
        Answers++;
        if (correct)
            Correct++;
        if (panelCorrect)
            PanelCorrect++;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("rule-score", 1);
        writer.Write(Answers);
        writer.Write(Correct);
        writer.Write(PanelCorrect);
        writer.Write((ReadOnlySpan<int>)_sides);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("rule-score", 1);
        Answers = reader.ReadInt64();
        Correct = reader.ReadInt64();
        PanelCorrect = reader.ReadInt64();
        if (Correct < 0 || PanelCorrect < 0 || Correct > Answers || PanelCorrect > Answers)
            throw new CorruptStateException($"Of {Answers} answers the rules cannot have {Correct} right and the panel {PanelCorrect}.");
        reader.Read(_sides);
        if (Array.Exists(_sides, side => side is < -1 or > 1))
            throw new CorruptStateException("A side of the rules is none of −1, 0 and 1.");
    }
}
