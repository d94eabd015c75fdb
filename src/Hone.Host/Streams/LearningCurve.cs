namespace Hone.Host.Streams;

/// <summary>Mean losses over a window that slides along a stream, at so few points that a page can show them.</summary>
/// <param name="Rows">Rows of the stream.</param>
internal sealed record LearningCurve(int Rows)
{
    private const int PointsMax = 400;
    private const int WindowMin = 50;
    private const int WindowMax = 10_000;

    /// <summary>Rows over which is averaged: a fortieth of the stream, 50 to 10,000.</summary>
    public int Window { get; } = Math.Min(Rows, Math.Clamp(Rows / 40, WindowMin, WindowMax));

    /// <summary>Rows after which a point stands: the first when the window is full, the last at the end.</summary>
    public IReadOnlyList<int> Ends => _ends ??= Places();

    private int[]? _ends;

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

    private int[] Places()
    {
        var ends = new int[Math.Min(PointsMax, Rows - Window + 1)];
        for (var i = 0; i < ends.Length; i++)
            ends[i] = ends.Length == 1 ? Rows : Window + (int)((long)(Rows - Window) * i / (ends.Length - 1));
        return ends;
    }
}
