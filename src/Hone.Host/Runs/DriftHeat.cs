using Hone.Learning.Drift;

namespace Hone.Host.Runs;

/// <summary>Tests of the features' distributions over a run: statistic over threshold by feature, at most a few hundred, evenly spread. Its memory is taken once.</summary>
internal sealed class DriftHeat(int features, int testsMax = 400)
{
    private readonly double[] _ratios = new double[(testsMax + 1) * features];
    private readonly long[] _timesMs = new long[testsMax + 1];
    private long _tests;
    private long _stride = 1;
    private int _count;

    /// <summary>Takes the newest test, if there is one.</summary>
    public void Look(InputDriftMonitor inputs, long timeUs)
    {
        if (inputs.Tests == _tests)
            return;
        _tests = inputs.Tests;
        if (_tests % _stride != 0)
            return;
        var row = Row(_count);
        row.Fill(double.NaN);
        foreach (ref readonly var feature in inputs.Last)
            row[feature.Feature] = feature.Statistic / feature.Threshold;
        _timesMs[_count++] = timeUs / 1000;
        if (_count <= testsMax)
            return;
        // Full: keep every other test, and from here on look at half as many.
        _count /= 2;
        for (var i = 0; i < _count; i++)
        {
            Row(2 * i + 1).CopyTo(Row(i));
            _timesMs[i] = _timesMs[2 * i + 1];
        }
        _stride *= 2;
    }

    /// <summary>All tests, oldest first.</summary>
    public IReadOnlyList<(long TimeMs, double[] Ratios)> Tests()
    {
        var tests = new (long, double[])[_count];
        for (var i = 0; i < tests.Length; i++)
            tests[i] = (_timesMs[i], Row(i).ToArray());
        return tests;
    }

    private Span<double> Row(int test) => _ratios.AsSpan(test * features, features);
}
