using Hone.Learning.Numerics;

namespace Hone.Learning.Drift;

/// <summary>
/// The population stability index Σ (p − q)·ln(p / q) of two histograms of fixed sizes. The logarithms of all
/// counts are tabulated, so that an index costs a few nanoseconds per bin.
/// </summary>
/// <remarks>A bin that is empty counts as half a sample of the reference, the same share on both sides: a bin that is empty in both adds nothing.</remarks>
internal sealed class PsiTable
{
    private readonly double[] _windowLog;
    private readonly double[] _referenceLog;
    private readonly double _perWindow;
    private readonly double _perReference;
    private readonly double _empty;

    public PsiTable(int window, int reference)
    {
        _perWindow = 1.0 / window;
        _perReference = 1.0 / reference;
        _empty = 0.5 / reference;
        _windowLog = Logs(window);
        _referenceLog = Logs(reference);
    }

    public double Index(ReadOnlySpan<int> window, ReadOnlySpan<int> reference)
    {
        double index = 0;
        for (var b = 0; b < window.Length; b++)
        {
            int n = window[b], m = reference[b];
            var p = n > 0 ? n * _perWindow : _empty;
            var q = m > 0 ? m * _perReference : _empty;
            index += (p - q) * (_windowLog[n] - _referenceLog[m]);
        }
        return index;
    }

    private double[] Logs(int size)
    {
        var logs = new double[size + 1];
        logs[0] = Elementary.Log(_empty);
        for (var i = 1; i <= size; i++)
            logs[i] = Elementary.Log((double)i / size);
        return logs;
    }
}
