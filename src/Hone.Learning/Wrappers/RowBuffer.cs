using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>The newest examples, at most so many, in the order in which they came. All memory is taken at construction.</summary>
internal sealed class RowBuffer
{
    // Half a gigabyte of features.
    private const long NumbersMax = 1L << 26;

    private readonly double[] _rows;
    private readonly double[] _targets;
    private readonly double[] _weights;
    private readonly int _features;
    private int _first;

    /// <summary>An empty buffer.</summary>
    /// <exception cref="InvalidOptionsException">So many rows of so many features are more than half a gigabyte.</exception>
    public RowBuffer(string owner, int rowsMax, int features)
    {
        if ((long)rowsMax * features > NumbersMax)
            throw new InvalidOptionsException($"{owner}: {rowsMax} rows of {features} features are {(long)rowsMax * features} numbers to keep; at most {NumbersMax} are allowed.");
        (Capacity, _features) = (rowsMax, features);
        _rows = new double[rowsMax * features];
        _targets = new double[rowsMax];
        _weights = new double[rowsMax];
    }

    public int Capacity { get; }

    public int Count { get; private set; }

    /// <summary>The features of the example of that age, 0 for the oldest; what is missing is NaN.</summary>
    public ReadOnlySpan<double> Row(int index) => _rows.AsSpan(Slot(index) * _features, _features);

    public double Target(int index) => _targets[Slot(index)];

    public double Weight(int index) => _weights[Slot(index)];

    /// <summary>Takes an example; the oldest one goes when there is no room.</summary>
    public void Push(ReadOnlySpan<double> x, double target, double weight)
    {
        if (Count == Capacity)
            DropOldest();
        var slot = Slot(Count++);
        var row = _rows.AsSpan(slot * _features, _features);
        // Infinity means missing, too, and one state must not have two forms.
        for (var i = 0; i < row.Length; i++)
            row[i] = double.IsFinite(x[i]) ? x[i] : double.NaN;
        _targets[slot] = target;
        _weights[slot] = weight;
    }

    public void DropOldest()
    {
        Count--;
        if (++_first == Capacity)
            _first = 0;
    }

    public void Clear() => _first = Count = 0;

    // Oldest first, wherever the ring begins.
    public void Save(StateWriter writer)
    {
        writer.Write(Count);
        for (var i = 0; i < Count; i++)
        {
            writer.Write(Row(i));
            writer.Write(Target(i));
            writer.Write(Weight(i));
        }
    }

    /// <summary>Reads a buffer of class numbers from 0 to <paramref name="classes"/> − 1, or of numbers where that is 0.</summary>
    public void Load(StateReader reader, int classes)
    {
        Clear();
        var count = reader.ReadInt32(0, Capacity);
        for (var i = 0; i < count; i++)
        {
            var row = _rows.AsSpan(i * _features, _features);
            reader.Read(row);
            foreach (var value in row)
                if (double.IsInfinity(value))
                    throw new CorruptStateException($"A buffered feature is {value}.");
            _targets[i] = classes > 0 ? reader.ReadWithin(0, classes - 1) : reader.ReadWithin(-RegressorWrapper.TargetMax, RegressorWrapper.TargetMax);
            if (classes > 0 && _targets[i] != Math.Floor(_targets[i]))
                throw new CorruptStateException($"A buffered class is {_targets[i]}.");
            _weights[i] = reader.ReadWithin(double.Epsilon, double.MaxValue);
        }
        Count = count;
    }

    private int Slot(int index)
    {
        var slot = _first + index;
        return slot < Capacity ? slot : slot - Capacity;
    }
}
