using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Trading.Performance;

/// <summary>Adds up finished trades in constant memory. A trade wins when it made more than nothing; a scratch is a loss.</summary>
public sealed class TradeTally : ISaved
{
    private Welford _pnl, _returns;
    private long _wins;
    private double _wonMoney, _lostMoney, _largestWin, _largestLoss, _bestReturn, _worstReturn;
    private long _winningBars, _losingBars, _winningUs, _losingUs;
    private long _winStreak, _lossStreak, _winStreakMax, _lossStreakMax;

    /// <summary>Trades so far.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of all results in money.</summary>
    public double Total => _wonMoney + _lostMoney;

    /// <summary>Takes one finished trade.</summary>
    /// <param name="pnl">Result in money.</param>
    /// <param name="tradeReturn">Result over the entry value, as a fraction.</param>
    /// <param name="bars">Bars held.</param>
    /// <param name="durationUs">Time held in microseconds.</param>
    public void Add(double pnl, double tradeReturn, int bars, long durationUs)
    {
        if (!double.IsFinite(pnl) || !double.IsFinite(tradeReturn))
            throw new ArgumentOutOfRangeException(nameof(pnl), $"A trade's result must be finite; got {pnl} and the return {tradeReturn}.");
        _bestReturn = Count == 0 ? tradeReturn : Math.Max(_bestReturn, tradeReturn);
        _worstReturn = Count == 0 ? tradeReturn : Math.Min(_worstReturn, tradeReturn);
        Count++;
        _pnl.Add(pnl);
        _returns.Add(tradeReturn);
        if (pnl > 0)
        {
            _wins++;
            _wonMoney += pnl;
            _largestWin = Math.Max(_largestWin, pnl);
            _winningBars += bars;
            _winningUs += durationUs;
            _lossStreak = 0;
            _winStreakMax = Math.Max(_winStreakMax, ++_winStreak);
        }
        else
        {
            _lostMoney += pnl;
            _largestLoss = Math.Min(_largestLoss, pnl);
            _losingBars += bars;
            _losingUs += durationUs;
            _winStreak = 0;
            _lossStreakMax = Math.Max(_lossStreakMax, ++_lossStreak);
        }
    }

    /// <summary>What the trades amount to.</summary>
    public TradeStatistics Result()
    {
        var losses = Count - _wins;
        double? averageWin = Ratio(_wonMoney, _wins), averageLoss = Ratio(_lostMoney, losses);
        var winRate = Ratio(_wins, Count);
        var profitLossRatio = averageWin is { } win && averageLoss is { } loss && loss < 0 ? win / -loss : (double?)null;
        // A sample standard deviation that is only rounding noise of equal results would make an absurd ratio.
        var deviation = Count > 1 ? Math.Sqrt(_pnl.Variance * Count / (Count - 1)) : 0;
        return new()
        {
            Trades = Count,
            WinningTrades = _wins,
            LosingTrades = losses,
            WinRate = winRate,
            LossRate = winRate is { } rate ? 1 - rate : null,
            Total = Total,
            AverageTrade = Ratio(Total, Count),
            AverageReturn = Count > 0 ? _returns.Mean : null,
            AverageWin = averageWin,
            AverageLoss = averageLoss,
            LargestWin = _wins > 0 ? _largestWin : null,
            LargestLoss = losses > 0 ? _largestLoss : null,
            BestReturn = Count > 0 ? _bestReturn : null,
            WorstReturn = Count > 0 ? _worstReturn : null,
            ProfitFactor = _lostMoney < 0 ? Finite(_wonMoney / -_lostMoney) : null,
            ProfitLossRatio = profitLossRatio,
            Expectancy = winRate is { } w && profitLossRatio is { } ratio ? Finite(w * ratio - (1 - w)) : null,
            KellyCriterion = winRate is { } k && profitLossRatio is { } b && b > 0 ? Finite(k - (1 - k) / b) : null,
            Sqn = deviation > Moments.NoiseOf(_pnl.Mean) ? Finite(Math.Sqrt(Count) * _pnl.Mean / deviation) : null,
            WinStreakMax = _winStreakMax,
            LossStreakMax = _lossStreakMax,
            AverageBars = Ratio(_winningBars + _losingBars, Count),
            AverageWinningBars = Ratio(_winningBars, _wins),
            AverageLosingBars = Ratio(_losingBars, losses),
            AverageHours = Ratio((_winningUs + _losingUs) / 3.6e9, Count),
            AverageWinningHours = Ratio(_winningUs / 3.6e9, _wins),
            AverageLosingHours = Ratio(_losingUs / 3.6e9, losses),
        };
    }

    private static double? Ratio(double sum, long count) => count > 0 ? sum / count : null;

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("trade-tally", 1);
        writer.Write(Count);
        writer.Write(_wins);
        _pnl.Save(writer);
        _returns.Save(writer);
        writer.Write([_wonMoney, _lostMoney, _largestWin, _largestLoss, _bestReturn, _worstReturn]);
        writer.Write((ReadOnlySpan<long>)[_winningBars, _losingBars, _winningUs, _losingUs, _winStreak, _lossStreak, _winStreakMax, _lossStreakMax]);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("trade-tally", 1);
        Count = BoundedArrays.ReadTally(reader);
        _wins = BoundedArrays.ReadTally(reader);
        if (_wins > Count)
            throw new CorruptStateException($"{_wins} of {Count} trades cannot have won.");
        _pnl = Welford.Load(reader);
        _returns = Welford.Load(reader);
        Span<double> money = stackalloc double[6];
        BoundedArrays.ReadFinite(reader, money);
        (_wonMoney, _lostMoney, _largestWin, _largestLoss, _bestReturn, _worstReturn) = (money[0], money[1], money[2], money[3], money[4], money[5]);
        Span<long> counts = stackalloc long[8];
        reader.Read(counts);
        (_winningBars, _losingBars, _winningUs, _losingUs) = (counts[0], counts[1], counts[2], counts[3]);
        (_winStreak, _lossStreak, _winStreakMax, _lossStreakMax) = (counts[4], counts[5], counts[6], counts[7]);
    }
}
