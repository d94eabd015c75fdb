using Hone.Learning.State;

namespace Hone.Learning.Ensembles;

/// <summary>The accuracy of a member, which weighs its vote: the mean at first, later one that forgets.</summary>
internal struct RecentAccuracy
{
    // Examples over which it forgets.
    private const double Memory = 1000;

    private double _mean;
    private double _count;

    /// <summary>Half right and half wrong before anything is proved.</summary>
    public readonly double Value => (_mean * _count + 1) / (_count + 2);

    /// <summary>Takes one vote.</summary>
    public void Add(bool wasRight)
    {
        _count = Math.Min(_count + 1, Memory);
        _mean += ((wasRight ? 1 : 0) - _mean) / _count;
    }

    /// <summary>Writes it.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_mean);
        writer.Write(_count);
    }

    /// <summary>Reads it.</summary>
    public static RecentAccuracy Load(StateReader reader) => new() { _mean = reader.ReadWithin(0, 1), _count = reader.ReadWithin(0, Memory) };
}
