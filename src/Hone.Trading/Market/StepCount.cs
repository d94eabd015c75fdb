namespace Hone.Trading.Market;

/// <summary>Finds the usual distance of two bars: the most common difference of neighbours at the head of the data.</summary>
public sealed class StepCount
{
    /// <summary>Differences that are looked at; more are ignored.</summary>
    public const int RowsMax = 1000;

    private readonly Dictionary<long, int> _counts = [];
    private int _rows;

    /// <summary>The most common difference in microseconds, the smaller one of two that are equally common; 0 before the first.</summary>
    public long MostCommon
    {
        get
        {
            long best = 0;
            var most = 0;
            foreach (var (step, count) in _counts)
                if (count > most || (count == most && step < best))
                    (best, most) = (step, count);
            return best;
        }
    }

    /// <summary>Takes the difference of two neighbours; those of 0 or less (duplicates) say nothing about the step.</summary>
    public void Add(long differenceUs)
    {
        if (differenceUs <= 0 || _rows == RowsMax)
            return;
        _rows++;
        _counts[differenceUs] = _counts.GetValueOrDefault(differenceUs) + 1;
    }
}
