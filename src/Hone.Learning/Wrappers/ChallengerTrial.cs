using Hone.Learning.Drift;
using Hone.Learning.Evaluation;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>Which of two learners answers, when the other one starts to learn beside it, and when it takes over or is dropped.</summary>
/// <remarks>
/// A challenger that has only begun is the worse one, and differences from then would hide for long that it has become the better one. So six gamblers begin to bet, each
/// with a sixth of the money, after the warm-up, after twice that, four times that and so on: what they own together is evidence at every moment as what one owns is.
/// </remarks>
internal sealed class ChallengerTrial(BackgroundChallengerOptions options, DriftWatch watch, int blockRows) : ISaved
{
    private const int Gamblers = 6;
    private const double LogWealthMax = 600;

    // Most differences are small; with the variance of a coin's the first bets would be far too cautious.
    private readonly EProcess[] _gamblers = [.. Enumerable.Range(0, Gamblers).Select(_ => new EProcess(new EProcessOptions { PriorVariance = 0.02 }))];
    private long _rows;
    private double _sum;
    private int _count;

    /// <summary>Which of the two answers.</summary>
    public int Present { get; private set; }

    /// <summary>Whether the other one learns beside it.</summary>
    public bool Running { get; private set; }

    public long Started { get; private set; }

    public long TakenOver { get; private set; }

    /// <summary>Takes by how much the challenger's loss was lower in an example that both predicted, from −1 to 1.</summary>
    public void Judge(double advantage)
    {
        if (++_rows <= options.WarmUpRows)
            return;
        _sum += advantage;
        if (++_count < blockRows)
            return;
        var mean = Math.Clamp(_sum / _count, -1, 1);
        for (var g = 0; g < Gamblers && _rows > (long)options.WarmUpRows << g; g++)
            _gamblers[g].Add(mean);
        _sum = _count = 0;
    }

    /// <summary>Takes the loss of the present learner and decides.</summary>
    /// <returns>Whether a challenger starts: the other learner is to be made as new.</returns>
    public bool Watch(double loss)
    {
        var level = watch.Add(loss);
        if (Running)
        {
            var wealth = Wealth();
            if (wealth >= options.Evidence || (level == DriftLevel.Drift && wealth > 1))
            {
                Present = 1 - Present;
                TakenOver++;
                Running = false;
                watch.Reset();
                return false;
            }
            if (_rows >= (long)options.WarmUpRows + options.TrialRowsMax)
                Running = false;
        }
        if (Running || level == DriftLevel.None)
            return false;
        Running = true;
        Started++;
        _rows = 0;
        _sum = _count = 0;
        foreach (var gambler in _gamblers)
            gambler.Reset();
        return true;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(Present);
        writer.Write(Running);
        writer.Write(Started);
        writer.Write(TakenOver);
        writer.Write(_rows);
        writer.Write(_sum);
        writer.Write(_count);
        foreach (var gambler in _gamblers)
            gambler.Save(writer);
        watch.Save(writer);
    }

    public void Load(StateReader reader)
    {
        Present = reader.ReadInt32(0, 1);
        Running = reader.ReadBool();
        Started = reader.ReadInt64();
        TakenOver = reader.ReadInt64();
        _rows = reader.ReadInt64();
        _sum = reader.ReadWithin(-blockRows, blockRows);
        _count = reader.ReadInt32(0, blockRows - 1);
        if (TakenOver < 0 || Started < TakenOver || _rows < 0 || _rows > (long)options.WarmUpRows + options.TrialRowsMax || Math.Abs(_sum) > _count)
            throw new CorruptStateException($"A challenger after {_rows} rows with {_count} differences that sum to {_sum}, {TakenOver} of {Started} having taken over, is impossible.");
        foreach (var gambler in _gamblers)
            gambler.Load(reader);
        watch.Load(reader);
    }

    private double Wealth()
    {
        var sum = 0.0;
        foreach (var gambler in _gamblers)
            sum += gambler.LogWealth == 0 ? 1 : Elementary.Exp(Math.Min(gambler.LogWealth, LogWealthMax));
        return sum / Gamblers;
    }
}
