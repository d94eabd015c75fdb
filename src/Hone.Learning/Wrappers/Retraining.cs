using Hone.Learning.Drift;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>When to start a learner anew, and from which of the newest examples.</summary>
internal sealed class Retraining(RowBuffer rows, DriftWatch watch)
{
    // Fewer losses on one side of a split say nothing.
    private const int SideMin = 5;

    private readonly double[] _losses = new double[rows.Capacity];
    private int _next;
    private int _sinceWarning;

    public RowBuffer Rows => rows;

    public long Times { get; private set; }

    /// <summary>Takes an example and its loss.</summary>
    /// <returns>Whether the learner is to start anew with the rows from <paramref name="first"/> on.</returns>
    public bool Add(ReadOnlySpan<double> x, double target, double weight, double loss, out int first)
    {
        rows.Push(x, target, weight);
        _losses[_next] = loss;
        if (++_next == _losses.Length)
            _next = 0;
        var level = watch.Add(loss);
        if (level != DriftLevel.Drift)
        {
            _sinceWarning = level == DriftLevel.Warning ? Math.Min(_sinceWarning + 1, rows.Capacity) : 0;
            first = 0;
            return false;
        }
        first = rows.Count - Math.Max(Math.Min(_sinceWarning + 1, rows.Count), SinceRise());
        _sinceWarning = 0;
        watch.Reset();
        Times++;
        return true;
    }

    public void Save(StateWriter writer, int classes)
    {
        rows.Save(writer);
        for (var i = 0; i < rows.Count; i++)
            writer.Write(Loss(i));
        writer.Write(_sinceWarning);
        writer.Write(Times);
        watch.Save(writer);
    }

    public void Load(StateReader reader, int classes)
    {
        rows.Load(reader, classes);
        for (var i = 0; i < rows.Count; i++)
            _losses[i] = reader.ReadWithin(0, classes > 0 ? 1 : DriftInput.MagnitudeMax);
        _next = rows.Count == _losses.Length ? 0 : rows.Count;
        _sinceWarning = reader.ReadInt32(0, rows.Capacity);
        Times = reader.ReadInt64();
        if (Times < 0)
            throw new CorruptStateException($"A learner was replaced {Times} times.");
        watch.Load(reader);
    }

    private double Loss(int index)
    {
        var slot = _next - rows.Count + index;
        return _losses[slot < 0 ? slot + _losses.Length : slot];
    }

    /// <summary>Rows since the most likely rise of the mean loss; all where there is none.</summary>
    private int SinceRise()
    {
        var n = rows.Count;
        var total = 0.0;
        for (var i = 0; i < n; i++)
            total += Loss(i);
        double before = 0, most = 0;
        var since = n;
        for (var i = 1; i <= n - SideMin; i++)
        {
            before += Loss(i - 1);
            if (i < SideMin)
                continue;
            var rise = (total - before) / (n - i) - before / i;
            var gain = rise > 0 ? rise * rise * i * (n - i) : 0;
            if (gain > most)
                (most, since) = (gain, n - i);
        }
        return since;
    }
}
