using Hone.Learning.State;

namespace Hone.Trading.Agents;

/// <summary>
/// Turns a score into a signal with hysteresis: a side begins when the score passes its entry and lasts until the score has come back to its exit, so that
/// a score around a threshold does not flip a rule each bar.
/// </summary>
/// <remarks>
/// The score is in units of its entry: above 1 begins long, below −1 begins short. The confidence is s / (1 + s) of the size s of the score: one half at the
/// entry, less while the side only lasts, more the further the score is beyond. A missing score ends the side: it must be earned again.
/// </remarks>
public struct SignalLatch
{
    private int _side;

    /// <summary>+1 long, −1 short, 0 neither.</summary>
    public readonly int Side => _side;

    /// <summary>Takes the next score.</summary>
    /// <param name="score">Score in units of its entry; NaN or infinite: missing.</param>
    /// <param name="exit">Score, on the side's own side, at or below which the side ends; 0 to 1.</param>
    /// <param name="mayBegin">Whether a side may begin or turn on this bar.</param>
    public Signal Update(double score, double exit, bool mayBegin = true)
    {
        if (!double.IsFinite(score))
        {
            _side = 0;
            return Signal.None;
        }
        if (mayBegin && Math.Abs(score) > 1)
            _side = score > 0 ? 1 : -1;
        else if (_side * score <= exit)
            _side = 0;
        if (_side == 0)
            return Signal.None;
        var size = Math.Abs(score);
        return new(_side, size / (1 + size));
    }

    /// <summary>Writes the side.</summary>
    public readonly void Save(StateWriter writer) => writer.Write(_side);

    /// <summary>Reads a side.</summary>
    public static SignalLatch Load(StateReader reader) => new() { _side = reader.ReadInt32(-1, 1) };
}
