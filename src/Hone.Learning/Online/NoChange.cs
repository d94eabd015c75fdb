using System.ComponentModel.DataAnnotations;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>Options of <see cref="NoChange"/>.</summary>
public sealed record NoChangeOptions
{
    /// <summary>
    /// Answers between a prediction and the latest label it can know, 1 where labels come at once. In a session it is at least the
    /// label's horizon: overlapping labels resemble each other, and a rate measured between neighbours would promise far too much.
    /// </summary>
    [Range(1, 100_000)]
    public int Lag { get; init; } = 1;

    /// <summary>Examples after which the measured rate of staying is forgotten exponentially.</summary>
    [Range(1, 1e12)]
    public double Memory { get; init; } = 1000;

    /// <summary>Examples' worth of "every class is equally likely" that the rate begins with.</summary>
    [Range(1e-6, 1e6)]
    public double Smoothing { get; init; } = 10;
}

/// <summary>Baseline: the label stays what it last was. It looks at no feature.</summary>
/// <remarks>
/// The class with the largest probability is always the last label learned, as the baseline's name promises; how large is the
/// measured rate at which a label equals the one <see cref="NoChangeOptions.Lag"/> before it, never below chance. The other
/// classes share the rest equally.
/// </remarks>
public sealed class NoChange : IClassifier, IBaseline
{
    // Keeps the last label ahead of the others where labels change more often than chance.
    private const double Lead = 1e-6;

    private readonly NoChangeOptions _options;
    private readonly int[] _recent;
    private int _seen;
    private int _next;
    private double _stayed;
    private double _changed;

    /// <summary>A baseline that has seen nothing: every class is equally likely.</summary>
    public NoChange(LearnerShape shape, NoChangeOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        // Of overlapping labels the one known last is a whole horizon old.
        _recent = new int[Math.Max(options.Lag, shape.Overlap)];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        var chance = 1.0 / Classes;
        if (_seen == 0)
        {
            probabilities[..Classes].Fill(chance);
            return;
        }
        var stay = (_stayed + _options.Smoothing * chance) / (_stayed + _changed + _options.Smoothing);
        stay = Math.Max(stay, chance + Lead);
        probabilities[..Classes].Fill((1 - stay) / (Classes - 1));
        probabilities[_recent[_next == 0 ? _recent.Length - 1 : _next - 1]] = stay;
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        if (_seen == _recent.Length)
        {
            var keep = 1 - 1 / _options.Memory;
            _stayed = Math.Min(_stayed * keep + (label == _recent[_next] ? weight : 0), Tally.WeightMax);
            _changed = Math.Min(_changed * keep + (label == _recent[_next] ? 0 : weight), Tally.WeightMax);
        }
        else
        {
            _seen++;
        }
        _recent[_next] = label;
        _next = _next + 1 == _recent.Length ? 0 : _next + 1;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("no-change", 1);
        writer.Write(Classes);
        writer.Write(_recent);
        writer.Write(_seen);
        writer.Write(_next);
        writer.Write(_stayed);
        writer.Write(_changed);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("no-change", 1);
        reader.ReadInt32(Classes, Classes);
        reader.Read(_recent);
        foreach (var label in _recent)
            if ((uint)label >= (uint)Classes)
                throw new CorruptStateException($"A remembered label is {label}; there are {Classes} classes.");
        _seen = reader.ReadInt32(0, _recent.Length);
        _next = reader.ReadInt32(0, _recent.Length - 1);
        _stayed = reader.ReadWithin(0, Tally.WeightMax);
        _changed = reader.ReadWithin(0, Tally.WeightMax);
    }
}
