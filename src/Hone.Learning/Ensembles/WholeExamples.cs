using Hone.Learning.State;

namespace Hone.Learning.Ensembles;

/// <summary>
/// Whole examples made of weights: of labels that overlap, each of weight 1/h, every h-th completes one. What assumes independent
/// examples, such as a detector of drift, looks at those.
/// </summary>
internal struct WholeExamples
{
    private double _part;

    /// <summary>Adds an example, as at most one whole one.</summary>
    /// <returns>Whether it completes a whole one.</returns>
    public bool Add(double weight)
    {
        _part += Math.Min(weight, 1);
        if (_part < 1)
            return false;
        _part -= 1;
        return true;
    }

    /// <summary>Writes it.</summary>
    public readonly void Save(StateWriter writer) => writer.Write(_part);

    /// <summary>Reads it.</summary>
    public static WholeExamples Load(StateReader reader)
    {
        var part = reader.ReadWithin(0, 1);
        return part < 1 ? new() { _part = part } : throw new CorruptStateException("A part of an example is a whole one.");
    }
}
