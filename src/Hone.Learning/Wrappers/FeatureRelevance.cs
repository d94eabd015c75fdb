using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>
/// What each feature tells about the label by itself: the mutual information of its standardised value, in as many intervals as are equally likely
/// under a normal distribution, and the label, with exponential forgetting; and which features are selected by it.
/// </summary>
/// <remarks>
/// <para>Counts give a mutual information above zero by chance: 2·n·I has on average as many units as there are degrees of freedom, (intervals in use − 1)·(classes in use − 1),
/// and is distributed like χ² (Wilks). Features are ranked by 2·n·I less that, and one tells something when 2·n·I is beyond the quantile that any of
/// all features would pass by chance with the given probability (Bonferroni; χ² by Wilson and Hilferty's cube root).</para>
/// <para>Rows in which a feature is missing do not count for it, so one that is mostly missing ranks low. An example of weight w ≤ 1 counts w: overlapping labels of weight 1/h are one.</para>
/// <para>Wilks, Annals of Mathematical Statistics 9(1), 1938; Wilson, Hilferty, PNAS 17(12), 1931.</para>
/// </remarks>
internal sealed class FeatureRelevance
{
    private const double Clip = 10;

    private readonly FeatureSelectionOptions _options;
    private readonly int _features;
    private readonly int _classes;
    private readonly int _cells;
    private readonly double _limit;
    private readonly double _keep;
    private readonly RunningScaler _scaler;
    private readonly double[] _edges;

    // By feature, interval, class.
    private readonly double[] _counts;
    private readonly double[] _relevance;
    private readonly int[] _selected;
    private int _selectedCount;
    private double _sinceReview;

    // Working space; not state.
    private readonly double[] _z;
    private readonly double[] _scores;
    private readonly double[] _classCounts;

    public FeatureRelevance(int features, int classes, FeatureSelectionOptions options)
    {
        if (options.FeaturesMin > options.FeaturesMax)
            throw new InvalidOptionsException($"feature-selection: features_min is {options.FeaturesMin}; it must be at most features_max, {options.FeaturesMax}.");
        (_features, _classes, _options) = (features, classes, options);
        _cells = options.Bins * classes;
        _limit = options.Significance < 1 ? Elementary.NormalQuantile(1 - options.Significance / features) : double.NegativeInfinity;
        _keep = Elementary.Exp(-options.ReviewRows / options.Memory);
        _scaler = new(features, Clip, options.Memory);
        _edges = new double[options.Bins - 1];
        for (var i = 0; i < _edges.Length; i++)
            _edges[i] = Elementary.NormalQuantile((i + 1.0) / options.Bins);
        _counts = new double[features * _cells];
        _relevance = new double[features];
        _selected = new int[features];
        Array.Fill(_selected, 1);
        _selectedCount = features;
        _z = new double[features];
        _scores = new double[features];
        _classCounts = new double[classes];
    }

    public bool AllSelected => _selectedCount == _features;

    /// <summary>Nats per example as of the last review, less what chance would give.</summary>
    public double this[int feature] => _relevance[feature];

    public bool IsSelected(int feature) => _selected[feature] != 0;

    /// <summary>Writes the selected features, and NaN for the others.</summary>
    public void Mask(ReadOnlySpan<double> x, Span<double> masked)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, _features);
        for (var i = 0; i < _selected.Length; i++)
            masked[i] = _selected[i] != 0 ? x[i] : double.NaN;
    }

    public void Learn(ReadOnlySpan<double> x, int label, double weight)
    {
        _scaler.Apply(x, _z);
        _scaler.Learn(x);
        var amount = Math.Min(weight, 1);
        ReadOnlySpan<double> edges = _edges;
        for (var i = 0; i < _z.Length; i++)
        {
            if (!double.IsFinite(x[i]))
                continue;
            var z = _z[i];
            var bin = 0;
            foreach (var edge in edges)
                bin += z > edge ? 1 : 0;
            _counts[i * _cells + bin * _classes + label] += amount;
        }
        _sinceReview += amount;
        if (_sinceReview < _options.ReviewRows)
            return;
        _sinceReview = 0;
        Review();
        Kernels.Scale(_keep, _counts);
    }

    public void Save(StateWriter writer)
    {
        _scaler.Save(writer);
        writer.Write(_counts);
        writer.Write(_relevance);
        writer.Write((ReadOnlySpan<int>)_selected);
        writer.Write(_sinceReview);
    }

    public void Load(StateReader reader)
    {
        _scaler.Load(reader);
        reader.ReadWithin(_counts, 0, 1e15);
        reader.ReadWithin(_relevance, -1e15, 1e15);
        reader.Read(_selected);
        _selectedCount = 0;
        foreach (var selected in _selected)
        {
            if (selected is not (0 or 1))
                throw new CorruptStateException($"A feature is selected {selected} times.");
            _selectedCount += selected;
        }
        _sinceReview = reader.ReadWithin(0, _options.ReviewRows);
    }

    private void Review()
    {
        for (var i = 0; i < _features; i++)
        {
            var (excess, significance, sum) = Information(_counts.AsSpan(i * _cells, _cells));
            _relevance[i] = sum > 0 ? excess / (2 * sum) : 0;
            _scores[i] = significance >= _limit ? Math.Max(excess, 0) : double.NegativeInfinity;
            // Those that do not pass stand behind all that do, in their own order.
            if (double.IsNegativeInfinity(_scores[i]))
                _scores[i] = -1 / (1 + Math.Max(excess, 0));
            else if (_selected[i] != 0)
                _scores[i] *= 1 + _options.Hysteresis;
        }
        Array.Clear(_selected);
        _selectedCount = 0;
        var most = Math.Min(_options.FeaturesMax, _features);
        while (_selectedCount < most)
        {
            var best = -1;
            for (var i = 0; i < _features; i++)
                if (_selected[i] == 0 && (best < 0 || _scores[i] > _scores[best]))
                    best = i;
            if (_scores[best] < 0 && _selectedCount >= _options.FeaturesMin)
                break;
            _selected[best] = 1;
            _selectedCount++;
        }
    }

    /// <summary>2·n·I less its degrees of freedom, how many standard deviations of a normal that is beyond chance, and n.</summary>
    private (double Excess, double Significance, double Sum) Information(ReadOnlySpan<double> counts)
    {
        Array.Clear(_classCounts);
        var sum = 0.0;
        for (var cell = 0; cell < counts.Length; cell++)
        {
            _classCounts[cell % _classes] += counts[cell];
            sum += counts[cell];
        }
        if (!(sum > 0))
            return (0, double.NegativeInfinity, 0);
        int binsInUse = 0, classesInUse = 0;
        foreach (var count in _classCounts)
            classesInUse += count > 0 ? 1 : 0;
        var information = 0.0;
        for (var first = 0; first < counts.Length; first += _classes)
        {
            var bin = counts.Slice(first, _classes);
            var inBin = 0.0;
            foreach (var count in bin)
                inBin += count;
            binsInUse += inBin > 0 ? 1 : 0;
            for (var k = 0; k < _classes; k++)
                if (bin[k] > 0)
                    information += bin[k] * Elementary.Log(bin[k] / inBin * (sum / _classCounts[k]));
        }
        var freedom = (binsInUse - 1.0) * (classesInUse - 1.0);
        if (!(freedom > 0))
            return (0, double.NegativeInfinity, sum);
        var g = Math.Max(2 * information, 0);
        var spread = 2 / (9 * freedom);
        var significance = (Elementary.Pow(g / freedom, 1.0 / 3) - (1 - spread)) / Math.Sqrt(spread);
        return (g - freedom, significance, sum);
    }
}
