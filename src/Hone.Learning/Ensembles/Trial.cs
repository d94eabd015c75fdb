using Hone.Learning.State;

namespace Hone.Learning.Ensembles;

/// <summary>A fresh tree beside the one in charge: both are asked the same rows, and what they get right is counted.</summary>
internal struct Trial
{
    /// <summary>Rows after which it is over, won or not.</summary>
    public const int RowsMax = 4096;

    // Rows that a fresh tree learns before anything is counted; rows that are counted before anything is decided; rows before another alarm starts it anew.
    private const int HeadStartRows = 96, CountedRowsMin = 160, YoungRows = 1000;

    private int _rows;
    private int _lead;

    /// <summary>Whether there is a trial.</summary>
    public readonly bool IsOn => _rows > 0;

    /// <summary>Whether it began so recently that a new alarm is about the same change.</summary>
    public readonly bool IsYoung => _rows is > 0 and < YoungRows;

    /// <summary>Begins one.</summary>
    public static Trial Begin() => new() { _rows = 1 };

    /// <summary>Takes one row.</summary>
    public void Count(bool wasRight, bool challengerWasRight)
    {
        if (++_rows > RowsMax)
            this = default;
        else if (_rows > HeadStartRows)
            _lead += (challengerWasRight ? 1 : 0) - (wasRight ? 1 : 0);
    }

    /// <summary>Whether the fresh tree is better beyond chance, or at least no worse when the other has drifted.</summary>
    public readonly bool IsWon(bool hasDrifted)
    {
        var counted = _rows - HeadStartRows;
        return counted >= CountedRowsMin && (hasDrifted ? _lead >= 0 : _lead > Math.Sqrt(counted));
    }

    /// <summary>Writes it.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_rows);
        writer.Write(_lead);
    }

    /// <summary>Reads it.</summary>
    public static Trial Load(StateReader reader) => new() { _rows = reader.ReadInt32(0, RowsMax), _lead = reader.ReadInt32(-RowsMax, RowsMax) };
}
