using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>How much each neighbour's word counts.</summary>
public enum NeighbourVote
{
    /// <summary>All alike.</summary>
    [JsonStringEnumMemberName("uniform")]
    Uniform,

    /// <summary>The nearer the more: 1 / (d² + a fiftieth of the farthest neighbour's d²).</summary>
    [JsonStringEnumMemberName("distance")]
    Distance,
}

/// <summary>Options of <see cref="NearestNeighbours"/> and <see cref="NearestNeighboursRegressor"/>.</summary>
public sealed record NearestNeighboursOptions
{
    /// <summary>Neighbours that are asked.</summary>
    [Range(1, 1000)]
    public int Neighbours { get; init; } = 10;

    /// <summary>Latest rows among which they are sought.</summary>
    [Range(1, 1_000_000)]
    public int WindowRows { get; init; } = 1000;

    /// <summary>How much each neighbour's word counts: uniform or distance.</summary>
    public NeighbourVote Vote { get; init; } = NeighbourVote.Distance;

    /// <summary>Neighbours' worth of "every class is equally likely" that is added to the votes: no probability is ever 0.</summary>
    [Range(1e-9, 1e6)]
    public double Smoothing { get; init; } = 0.5;

    /// <summary>Examples of less weight are not kept: a place in the window is worth more than their word.</summary>
    [Range(0.0, 1e6)]
    public double WeightMin { get; init; } = 1e-6;

    /// <summary>Examples after which the features' means and deviations are forgotten exponentially.</summary>
    [Range(100.0, 1e12)]
    public double ScalingMemory { get; init; } = 10_000;
}

/// <summary>Class probabilities from the labels of the nearest among the latest rows.</summary>
/// <remarks>
/// <para>A neighbour votes with its example's weight, by default more the nearer it is. Nothing is fitted: what is learned at once counts at once, and
/// what left the window is gone. Predicting costs the window's rows × features; features that say nothing about the label blur the distances.</para>
/// <para>Fix, Hodges, "Discriminatory analysis", USAF School of Aviation Medicine, 1951; Dudani, "The distance-weighted k-nearest-neighbor
/// rule", IEEE Trans. SMC 6(4), 1976.</para>
/// </remarks>
public sealed class NearestNeighbours : IClassifier
{
    private readonly NearestNeighboursOptions _options;
    private readonly NeighbourWindow _window;
    private readonly int[] _labels;
    private readonly double[] _weights;

    /// <summary>A learner that has seen nothing: every class is equally likely.</summary>
    public NearestNeighbours(LearnerShape shape, NearestNeighboursOptions options)
    {
        Scores.Check(shape);
        (Features, Classes, _options) = (shape.Features, shape.Classes, options);
        _window = new(Features, options.WindowRows, options.ScalingMemory);
        _labels = new int[options.WindowRows];
        _weights = new double[options.WindowRows];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        var k = _options.Neighbours;
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], 2 * k);
        Span<double> distances = scratch.Span[..k];
        var slots = MemoryMarshal.Cast<double, int>(scratch.Span[k..])[..k];
        var found = _window.Nearest(x, slots, distances);
        var votes = probabilities[..Classes];
        votes.Clear();
        var sum = 0.0;
        for (var i = 0; i < found; i++)
        {
            var vote = NeighbourVotes.Vote(_options.Vote, _weights[slots[i]], distances[i], distances[found - 1]);
            votes[_labels[slots[i]]] += vote;
            sum += vote;
        }
        var share = found / (found + _options.Smoothing);
        var rest = (1 - share) / Classes;
        for (var c = 0; c < votes.Length; c++)
            votes[c] = rest + (sum > 0 ? share * (votes[c] / sum) : share / Classes);
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
    {
        Scores.Check(label, Classes, weight);
        if (weight < _options.WeightMin)
            return;
        var slot = _window.Add(x);
        _labels[slot] = label;
        _weights[slot] = Math.Min(weight, Tally.WeightMax);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("knn", 1);
        writer.Write(Classes);
        _window.Save(writer);
        writer.Write(_labels.AsSpan(0, _window.Count));
        writer.Write(_weights.AsSpan(0, _window.Count));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("knn", 1);
        reader.ReadInt32(Classes, Classes);
        _window.Load(reader);
        reader.Read(_labels.AsSpan(0, _window.Count));
        foreach (var label in _labels.AsSpan(0, _window.Count))
            if ((uint)label >= (uint)Classes)
                throw new CorruptStateException($"A remembered label is {label}; there are {Classes} classes.");
        reader.ReadWithin(_weights.AsSpan(0, _window.Count), 0, Tally.WeightMax);
    }
}

/// <summary>The mean target of the nearest among the latest rows.</summary>
/// <remarks>As <see cref="NearestNeighbours"/>; nothing is added to the votes, so that the prediction is a mean of targets that were there.</remarks>
public sealed class NearestNeighboursRegressor : IRegressor
{
    private readonly NearestNeighboursOptions _options;
    private readonly NeighbourWindow _window;
    private readonly double[] _targets;
    private readonly double[] _weights;

    /// <summary>A learner that has seen nothing and predicts 0.</summary>
    public NearestNeighboursRegressor(RegressorShape shape, NearestNeighboursOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Features, 1);
        (Features, _options) = (shape.Features, options);
        _window = new(Features, options.WindowRows, options.ScalingMemory);
        _targets = new double[options.WindowRows];
        _weights = new double[options.WindowRows];
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> x)
    {
        var k = _options.Neighbours;
        using var scratch = new Scratch(stackalloc double[Scratch.StackMax], 2 * k);
        Span<double> distances = scratch.Span[..k];
        var slots = MemoryMarshal.Cast<double, int>(scratch.Span[k..])[..k];
        var found = _window.Nearest(x, slots, distances);
        double mean = 0, sum = 0;
        for (var i = 0; i < found; i++)
        {
            var vote = NeighbourVotes.Vote(_options.Vote, _weights[slots[i]], distances[i], distances[found - 1]);
            sum += vote;
            if (sum > 0)
                mean += vote / sum * (_targets[slots[i]] - mean);
        }
        return mean;
    }

    /// <inheritdoc/>
    public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
    {
        RegressionTargets.Check(target, weight);
        if (weight < _options.WeightMin)
            return;
        var slot = _window.Add(x);
        _targets[slot] = target;
        _weights[slot] = Math.Min(weight, Tally.WeightMax);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("knn-regressor", 1);
        _window.Save(writer);
        writer.Write(_targets.AsSpan(0, _window.Count));
        writer.Write(_weights.AsSpan(0, _window.Count));
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("knn-regressor", 1);
        _window.Load(reader);
        reader.ReadWithin(_targets.AsSpan(0, _window.Count), -RegressionTargets.Max, RegressionTargets.Max);
        reader.ReadWithin(_weights.AsSpan(0, _window.Count), 0, Tally.WeightMax);
    }
}

/// <summary>The weight of a neighbour's word.</summary>
internal static class NeighbourVotes
{
    private const double Softening = 0.02, NearestMin = 1e-12;

    /// <summary>By example weight and squared distance; the farthest neighbour's distance is the unit.</summary>
    public static double Vote(NeighbourVote vote, double weight, double distance, double farthest)
        => vote == NeighbourVote.Uniform ? weight : weight / (distance / Math.Max(farthest, NearestMin) + Softening);
}
