namespace Hone.Host.Streams;

/// <summary>Mean losses over a window that slides along a stream, at so few points that a page can show them.</summary>
/// <param name="rows">Rows of the stream.</param>
internal sealed class LearningCurve(int rows)
{
    private const int PointsMax = 400;
    private const int WindowMin = 50;
    private const int WindowMax = 10_000;

    /// <summary>Rows over which is averaged: a fortieth of the stream, 50 to 10,000.</summary>
    public int Window { get; } = WindowOf(rows);

    /// <summary>Rows after which a point stands: the first when the window is full, the last at the end.</summary>
    public IReadOnlyList<int> Ends { get; } = Places(rows, WindowOf(rows));

    /// <summary>The mean loss in the window before each point.</summary>
    public double[] Means(double[] losses)
    {
        var means = new double[Ends.Count];
        for (var i = 0; i < means.Length; i++)
        {
            var sum = 0.0;
            foreach (var loss in losses.AsSpan(Ends[i] - Window, Window))
                sum += loss;
            means[i] = sum / Window;
        }
        return means;
    }

    private static int WindowOf(int rows) => Math.Min(rows, Math.Clamp(rows / 40, WindowMin, WindowMax));

    private static int[] Places(int rows, int window)
    {
        var ends = new int[Math.Min(PointsMax, rows - window + 1)];
        for (var i = 0; i < ends.Length; i++)
            ends[i] = ends.Length == 1 ? rows : window + (int)((long)(rows - window) * i / (ends.Length - 1));
        return ends;
    }
}
