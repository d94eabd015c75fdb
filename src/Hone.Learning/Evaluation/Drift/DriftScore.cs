using Hone.Learning.Streams;

namespace Hone.Learning.Evaluation;

/// <summary>
/// Alarms against known changes: how late, how many missed, how many false.
/// </summary>
/// <remarks>
/// <para>The first alarm from the first row of a change to <see cref="HorizonRows"/> after its end (and before the next change) finds it; its delay is counted from the
/// change's first row, which is 1. A change without such an alarm is missed. Further alarms while the change is still going on are neither right nor wrong;
/// every other alarm is false.</para>
/// <para>So an alarm every N rows finds everything with a delay of N/2: a detector's delay says something only beside its false alarms, and both beside such a dummy.</para>
/// </remarks>
public sealed class DriftScore
{
    private readonly List<long> _delays = [];

    /// <summary>A score of nothing.</summary>
    /// <param name="horizonRows">Rows after the end of a change in which an alarm is about it, 1 or more.</param>
    public DriftScore(long horizonRows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizonRows, 1);
        HorizonRows = horizonRows;
    }

    /// <summary>Rows after the end of a change in which an alarm is about it.</summary>
    public long HorizonRows { get; }

    /// <summary>Rows of all streams.</summary>
    public long Rows { get; private set; }

    /// <summary>Changes in them.</summary>
    public int Changes { get; private set; }

    /// <summary>Changes that were found.</summary>
    public int Found => _delays.Count;

    /// <summary>Changes that were not.</summary>
    public int Missed => Changes - Found;

    /// <summary>Alarms about nothing.</summary>
    public long FalseAlarms { get; private set; }

    /// <summary>False alarms per 10,000 rows; NaN before the first row.</summary>
    public double FalseAlarmsPer10000 => Rows > 0 ? 10_000.0 * FalseAlarms / Rows : double.NaN;

    /// <summary>Share of the changes that were missed; NaN where there are none.</summary>
    public double MissedShare => Changes > 0 ? (double)Missed / Changes : double.NaN;

    /// <summary>Mean delay of the changes that were found, in rows; NaN where there are none.</summary>
    public double MeanDelay => Found > 0 ? (double)_delays.Sum() / Found : double.NaN;

    /// <summary>Delay by which half of all changes were found, counting a missed one as endless: infinite where more than half were missed, NaN where there is no change.</summary>
    public double MedianDelay
    {
        get
        {
            if (Changes == 0)
                return double.NaN;
            var sorted = _delays.Order().ToArray();
            double At(int rank) => rank < sorted.Length ? sorted[rank] : double.PositiveInfinity;
            return 0.5 * (At((Changes - 1) / 2) + At(Changes / 2));
        }
    }

    /// <summary>Takes the alarms of one stream, in rising order of their rows.</summary>
    public void Add(long rows, IReadOnlyList<DriftChange> changes, ReadOnlySpan<long> alarms)
    {
        Rows += rows;
        var at = 0;
        for (var k = 0; k < changes.Count && changes[k].Row < rows; k++)
        {
            var (start, width) = changes[k];
            var next = k + 1 < changes.Count ? Math.Min(changes[k + 1].Row, rows) : rows;
            Changes++;
            while (at < alarms.Length && alarms[at] < start)
            {
                FalseAlarms++;
                at++;
            }
            if (at < alarms.Length && alarms[at] < Math.Min(next, start + width + HorizonRows))
                _delays.Add(alarms[at++] - start + 1);
            while (at < alarms.Length && alarms[at] < Math.Min(next, start + width))
                at++;
        }
        FalseAlarms += alarms.Length - at;
    }

    /// <summary>Takes all that another score has seen.</summary>
    public void Add(DriftScore other)
    {
        Rows += other.Rows;
        Changes += other.Changes;
        FalseAlarms += other.FalseAlarms;
        _delays.AddRange(other._delays);
    }
}
