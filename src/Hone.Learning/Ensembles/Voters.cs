using Hone.Learning.Numerics;
using Hone.Learning.Online;
using Hone.Learning.State;

namespace Hone.Learning.Ensembles;

/// <summary>
/// Members that learn independently, row by row or block by block on several lanes, and whose votes are summed in fixed order. Whatever they
/// decide together happens in the review, between two whole examples whose number is a multiple of the review period: blocks end there.
/// </summary>
internal sealed class Voters
{
    // Rows that one member works through before the votes are merged: long enough to pay for waking a lane, short enough for the cache.
    private const int BlockMax = 256;

    private readonly IVoter[] _members;
    private readonly int _features;
    private readonly int _classes;
    private readonly double _smoothing;
    private readonly int _reviewRows;
    private readonly Action? _review;
    private readonly Action<int> _runMember;

    // One block of votes per member, one row of votes per example in it.
    private readonly double[] _votes;
    private WholeExamples _whole;
    private int _sinceReview;

    // The block at work; not state.
    private ReadOnlyMemory<double> _rows;
    private ReadOnlyMemory<int> _labels;

    public Voters(IVoter[] members, LearnerShape shape, int reviewRows = 0, Action? review = null)
    {
        (_members, _features, _classes, _reviewRows, _review) = (members, shape.Features, shape.Classes, reviewRows, review);
        _smoothing = 0.02 * members.Length;
        _votes = new double[members.Length * BlockMax * _classes];
        _runMember = RunMember;
    }

    public string? LimitReached
    {
        get
        {
            foreach (var member in _members)
                if (member.LimitReached is { } reached)
                    return reached;
            return null;
        }
    }

    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, _features);
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], _classes);
        var votes = scratch.Span;
        probabilities = probabilities[.._classes];
        probabilities.Clear();
        foreach (var member in _members)
        {
            member.Vote(x, votes);
            for (var k = 0; k < votes.Length; k++)
                probabilities[k] += votes[k];
        }
        Normalise(probabilities);
    }

    public void Learn(ReadOnlySpan<double> x, int label, double weight)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, _features);
        Scores.Check(label, _classes, weight);
        var isCounted = _whole.Add(weight);
        for (var i = 0; i < _members.Length; i++)
            _members[i].VoteThenLearn(x, label, weight, isCounted, VotesOf(i, 0));
        if (isCounted)
            Advance(1);
    }

    public void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Learn(x, label, 1);
        Merge(0, probabilities);
    }

    public void TestThenTrain(ReadOnlyMemory<double> rows, ReadOnlyMemory<int> labels, Memory<double> probabilities, ILanes lanes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, labels.Length * _features);
        ArgumentOutOfRangeException.ThrowIfLessThan(probabilities.Length, labels.Length * _classes);
        foreach (var label in labels.Span)
            Scores.Check(label, _classes, 1);
        for (var from = 0; from < labels.Length;)
        {
            var count = Math.Min(labels.Length - from, BlockMax);
            if (_reviewRows > 0)
                count = Math.Min(count, _reviewRows - _sinceReview);
            _rows = rows.Slice(from * _features, count * _features);
            _labels = labels.Slice(from, count);
            lanes.For(_members.Length, _runMember);
            for (var row = 0; row < count; row++)
                Merge(row, probabilities.Span.Slice((from + row) * _classes, _classes));
            Advance(count);
            from += count;
        }
        (_rows, _labels) = (default, default);
    }

    public void Save(StateWriter writer)
    {
        writer.Write(_members.Length);
        _whole.Save(writer);
        writer.Write(_sinceReview);
        foreach (var member in _members)
            member.Save(writer);
    }

    public void Load(StateReader reader)
    {
        reader.ReadInt32(_members.Length, _members.Length);
        _whole = WholeExamples.Load(reader);
        _sinceReview = reader.ReadInt32(0, Math.Max(0, _reviewRows - 1));
        foreach (var member in _members)
            member.Load(reader);
    }

    private void RunMember(int i)
    {
        var rows = _rows.Span;
        var labels = _labels.Span;
        var member = _members[i];
        for (var row = 0; row < labels.Length; row++)
            member.VoteThenLearn(rows.Slice(row * _features, _features), labels[row], 1, true, VotesOf(i, row));
    }

    private Span<double> VotesOf(int member, int row) => _votes.AsSpan((member * BlockMax + row) * _classes, _classes);

    private void Merge(int row, Span<double> probabilities)
    {
        probabilities = probabilities[.._classes];
        probabilities.Clear();
        for (var i = 0; i < _members.Length; i++)
        {
            var votes = VotesOf(i, row);
            for (var k = 0; k < probabilities.Length; k++)
                probabilities[k] += votes[k];
        }
        Normalise(probabilities);
    }

    // A class that nobody votes for keeps a little: log-loss stays finite, and ten members cannot know more.
    private void Normalise(Span<double> probabilities)
    {
        var each = _smoothing / _classes;
        var sum = 0.0;
        foreach (ref var p in probabilities)
            sum += p += each;
        foreach (ref var p in probabilities)
            p /= sum;
    }

    private void Advance(int rows)
    {
        if (_reviewRows == 0)
            return;
        _sinceReview += rows;
        if (_sinceReview < _reviewRows)
            return;
        _sinceReview = 0;
        _review!();
    }
}
