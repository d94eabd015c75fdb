using Hone.Learning.Numerics;

namespace Hone.Learning.Streams;

/// <summary>
/// Clouds of points: each cloud has a centre in the unit cube, a class, a spread and a weight. Each concept has its own centres; over the width of a change they move
/// straight from the old ones to the new ones.
/// </summary>
/// <remarks>The random RBF generator with drift of Bifet, Holmes, Pfahringer, Kirkby, Gavaldà, "New ensemble methods for evolving data streams", KDD 2009.</remarks>
public sealed class RbfStream : IExampleStream
{
    private readonly ConceptSchedule _schedule;
    private readonly int _centroids;
    private readonly double[][] _centres;
    private readonly int[] _labels;
    private readonly double[] _spreads;
    private readonly double[] _upTo;
    private Rng _random;
    private long _row;

    /// <summary>The stream from its first row.</summary>
    /// <param name="schedule">Concepts 0 to 99.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="features">Features, 1 or more.</param>
    /// <param name="classes">Classes, 2 or more; cloud c has class c mod classes.</param>
    /// <param name="centroids">Clouds, at least one per class.</param>
    /// <param name="spreadMax">Standard deviations of the clouds are uniform from 0 to this.</param>
    public RbfStream(ConceptSchedule schedule, ulong seed, int features = 10, int classes = 2, int centroids = 20, double spreadMax = 0.3)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schedule.Max, 99);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(centroids, classes);
        (_schedule, _centroids, Features, Classes) = (schedule, centroids, features, classes);
        _random = new(seed, "rbf");
        _centres = new double[schedule.Max + 1][];
        for (var concept = 0; concept < _centres.Length; concept++)
        {
            var random = new Rng(seed, "rbf centres", (ulong)concept << 32);
            _centres[concept] = new double[centroids * features];
            for (var i = 0; i < _centres[concept].Length; i++)
                _centres[concept][i] = random.NextDouble();
        }
        _labels = new int[centroids];
        _spreads = new double[centroids];
        _upTo = new double[centroids];
        var shape = new Rng(seed, "rbf clouds");
        double total = 0;
        for (var c = 0; c < centroids; c++)
        {
            _labels[c] = c % classes;
            _spreads[c] = spreadMax * shape.NextDouble();
            _upTo[c] = total += shape.NextDouble();
        }
    }

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<DriftChange> Changes => _schedule.Changes;

    /// <inheritdoc/>
    public double Next(Span<double> x)
    {
        var (from, to, share) = _schedule.At(_row++);
        var draw = _random.NextDouble() * _upTo[^1];
        var cloud = 0;
        while (cloud + 1 < _centroids && _upTo[cloud] <= draw)
            cloud++;

        // A random direction, and a normal distance in it.
        double squares = 0;
        for (var i = 0; i < Features; i++)
        {
            x[i] = 2 * _random.NextDouble() - 1;
            squares += x[i] * x[i];
        }
        var scale = squares > 0 ? _random.NextGaussian() * _spreads[cloud] / Math.Sqrt(squares) : 0;
        for (var i = 0; i < Features; i++)
        {
            var at = cloud * Features + i;
            x[i] = x[i] * scale + _centres[from][at] + share * (_centres[to][at] - _centres[from][at]);
        }
        return _labels[cloud];
    }
}
