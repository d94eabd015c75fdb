using System.Numerics;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>
/// The latest rows and who among them is nearest to a new one. The distance is Euclidean over features in units of their running
/// standard deviation; of two at the same distance the newer one is nearer.
/// </summary>
/// <remarks>
/// <para>Rows are kept as they came, eight side by side and feature by feature, so that eight distances are summed at once, each in the order
/// of the features: the bits are those of one row after the other. The newest blocks come first; a block whose
/// eight rows are already too far after some of the features is left early.</para>
/// <para>A missing value of a kept row is the feature's mean at that time; a missing value of the question leaves the feature out of its distances.</para>
/// </remarks>
internal sealed class NeighbourWindow : ISaved
{
    // Beyond this all values are equally far; squares of differences in standard deviations stay finite.
    private const double ValueMax = 1e100;

    private readonly int _features;
    private readonly int _capacity;
    private readonly int _blocks;
    private readonly RunningScales _scales;

    // [block][feature][lane]; a lane without a row is NaN, which is never near.
    private readonly double[] _rows;
    private int _next;

    /// <summary>An empty window.</summary>
    public NeighbourWindow(int features, int capacity, double scalingMemory)
    {
        (_features, _capacity) = (features, capacity);
        _scales = new(features, scalingMemory, ValueMax);
        _blocks = (capacity + Kernels.Lanes - 1) / Kernels.Lanes;
        _rows = new double[_blocks * Kernels.Lanes * features];
        Array.Fill(_rows, double.NaN);
    }

    /// <summary>Rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>Finds the nearest rows, nearest first.</summary>
    /// <param name="x">The features.</param>
    /// <param name="slots">Receives where the rows are kept; as many are sought as fit.</param>
    /// <param name="distances">Receives the squared distances, in variances.</param>
    /// <returns>How many were found: all there are, if fewer than sought.</returns>
    public int Nearest(ReadOnlySpan<double> x, Span<int> slots, Span<double> distances)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, _features);
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], 2 * _features);
        Span<double> values = scratch.Span[.._features], scale = scratch.Span[_features..], eight = stackalloc double[Kernels.Lanes];
        for (var i = 0; i < x.Length; i++)
        {
            var there = double.IsFinite(x[i]);
            values[i] = there ? Math.Min(Math.Max(x[i], -ValueMax), ValueMax) : 0;
            scale[i] = there ? _scales.Scale[i] : 0;
        }
        var sought = slots.Length;
        var found = 0;
        var bound = double.MaxValue;
        var stride = Kernels.Lanes * _features;
        var newest = (_next == 0 ? _capacity : _next) - 1;
        var block = newest / Kernels.Lanes;
        for (var visited = 0; visited < _blocks; visited++)
        {
            var within = NeighbourKernels.Within(values, scale, _rows.AsSpan(block * stride, stride), bound, eight);
            while (within != 0)
            {
                var lane = BitOperations.TrailingZeroCount(within);
                within &= within - 1;
                var distance = eight[lane];
                var slot = block * Kernels.Lanes + lane;
                if (found == sought && !Before(distance, slot, distances[found - 1], slots[found - 1], newest))
                    continue;
                var at = found == sought ? found - 1 : found++;
                for (; at > 0 && Before(distance, slot, distances[at - 1], slots[at - 1], newest); at--)
                    (distances[at], slots[at]) = (distances[at - 1], slots[at - 1]);
                (distances[at], slots[at]) = (distance, slot);
                if (found == sought)
                    bound = distances[found - 1];
            }
            block = block == 0 ? _blocks - 1 : block - 1;
        }
        return found;
    }

    /// <summary>Keeps a row in the place of the oldest one.</summary>
    /// <returns>Where it is kept.</returns>
    public int Add(ReadOnlySpan<double> x)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, _features);
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _features);
        var values = scratch.Span;
        for (var i = 0; i < x.Length; i++)
            values[i] = double.IsFinite(x[i]) ? Math.Min(Math.Max(x[i], -ValueMax), ValueMax) : double.NaN;
        _scales.Learn(values);
        var slot = _next;
        var at = slot / Kernels.Lanes * Kernels.Lanes * _features + slot % Kernels.Lanes;
        for (var i = 0; i < values.Length; i++)
            _rows[at + i * Kernels.Lanes] = double.IsNaN(values[i]) ? _scales.Mean[i] : values[i];
        _next = _next + 1 == _capacity ? 0 : _next + 1;
        Count = Math.Min(Count + 1, _capacity);
        return slot;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("neighbours", 1);
        writer.Write(_features);
        writer.Write(_capacity);
        writer.Write(Count);
        writer.Write(_next);
        _scales.Save(writer);
        for (var slot = 0; slot < Count; slot++)
            for (var i = 0; i < _features; i++)
                writer.Write(_rows[At(slot, i)]);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("neighbours", 1);
        reader.ReadInt32(_features, _features);
        reader.ReadInt32(_capacity, _capacity);
        Count = reader.ReadInt32(0, _capacity);
        _next = reader.ReadInt32(0, _capacity - 1);
        if (Count < _capacity && _next != Count)
            throw new CorruptStateException($"The window has {Count} rows and puts the next one at {_next}.");
        _scales.Load(reader);
        Array.Fill(_rows, double.NaN);
        for (var slot = 0; slot < Count; slot++)
            for (var i = 0; i < _features; i++)
                _rows[At(slot, i)] = reader.ReadWithin(-ValueMax, ValueMax);
    }

    private int At(int slot, int feature) => (slot / Kernels.Lanes * _features + feature) * Kernels.Lanes + slot % Kernels.Lanes;

    // The age of a slot is how far it lies behind the newest, backwards around the ring.
    private bool Before(double distance, int slot, double otherDistance, int other, int newest)
        => distance < otherDistance || (distance == otherDistance && Age(slot, newest) < Age(other, newest));

    private int Age(int slot, int newest) => newest >= slot ? newest - slot : newest - slot + _capacity;
}
