using Hone.Learning.State;

namespace Hone.Learning.Ensembles;

/// <summary>
/// Decides who is in the bag. When the error of a member has risen, a fresh tree begins to learn beside the members; once it is right more often than the worst of them
/// on the same rows it takes its place, and the next fresh tree begins. When it is not within some rows, all stays as it was: an alarm about nothing costs nothing.
/// </summary>
internal sealed class Bag(BaggedTree[] trees)
{
    /// <summary>Rows after which a trial is over, won or not.</summary>
    public const int TrialRowsMax = 4096;

    // Rows that a fresh tree learns before anything is counted, and rows that are counted before anything is decided.
    private const int HeadStartRows = 96, CountedRowsMin = 160;

    private int _trialRows;

    /// <summary>Called whenever so many rows have passed.</summary>
    public void Review(int rows)
    {
        var challenger = Find(BagRole.Challenger);
        if (challenger is null)
        {
            CountAnew();
            if (HasDrifted())
                Begin(Find(BagRole.Idle)!);
            return;
        }
        _trialRows += rows;
        if (_trialRows == HeadStartRows)
            CountAnew();
        var counted = _trialRows - HeadStartRows;
        if (counted < CountedRowsMin)
            return;
        var worst = Worst();
        if (challenger.Right > worst.Right + 0.5 * Math.Sqrt(counted))
        {
            challenger.Role = BagRole.Member;
            Begin(worst);
        }
        else if (_trialRows >= TrialRowsMax)
        {
            challenger.Role = BagRole.Idle;
        }
    }

    /// <summary>Writes how far the trial is; the trees are written by themselves.</summary>
    public void Save(StateWriter writer) => writer.Write(_trialRows);

    /// <summary>Reads how far the trial is, after the trees.</summary>
    public void Load(StateReader reader)
    {
        _trialRows = reader.ReadInt32(0, TrialRowsMax);
        var beside = 0;
        foreach (var tree in trees)
            beside += tree.Role == BagRole.Member ? 0 : 1;
        if (beside != 1)
            throw new CorruptStateException($"{beside} trees of a bag are no members; one is.");
    }

    private void Begin(BaggedTree tree)
    {
        tree.Role = BagRole.Challenger;
        tree.Reset();
        CountAnew();
        _trialRows = 0;
    }

    private void CountAnew()
    {
        foreach (var tree in trees)
            tree.Right = 0;
    }

    private bool HasDrifted()
    {
        foreach (var tree in trees)
            if (tree.Role == BagRole.Member && tree.HasDrifted)
                return true;
        return false;
    }

    private BaggedTree? Find(BagRole role)
    {
        foreach (var tree in trees)
            if (tree.Role == role)
                return tree;
        return null;
    }

    private BaggedTree Worst()
    {
        BaggedTree? worst = null;
        foreach (var tree in trees)
            if (tree.Role == BagRole.Member && (worst is null || tree.Right < worst.Right))
                worst = tree;
        return worst!;
    }
}
