using Hone.Learning.State;

namespace Hone.Learning.Evaluation;

/// <summary>
/// How good a stream of predicted numbers was, with the two baselines beside it that every error needs: the target that came last and
/// the mean of all targets so far.
/// </summary>
/// <remarks>
/// <para>Both baselines know only targets that were known when the question was asked: with <c>delay</c> d the newest d targets do not count yet.
/// Without any target they say 0, as a regressor does that has learned nothing.</para>
/// <para>Sums of targets follow Welford 1962 and are merged after Chan, Golub, LeVeque 1979. Everything is in the unit of the target; before the first answer everything reads 0.</para>
/// </remarks>
public sealed class RegressionScore : ISaved
{
    /// <summary>Largest magnitude of a target; predictions beyond it count as this.</summary>
    public const double MagnitudeMax = 1e100;

    private const string SectionName = "regression-score";
    private const int DelayMax = 1_000_000;

    private readonly double[] _recent;
    private int _recentAt;
    private int _recentCount;
    private double _last;
    private long _known;
    private double _knownMean;
    private double _error;
    private double _absolute;
    private double _squares;
    private double _lastAbsolute;
    private double _lastSquares;
    private double _meanAbsolute;
    private double _meanSquares;
    private double _targetMean;
    private double _targetSquares;

    /// <summary>A score of nothing.</summary>
    /// <param name="delay">Answers that come between a question and its own, 0 to a million: the baselines may not use them.</param>
    public RegressionScore(int delay = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delay);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, DelayMax);
        _recent = new double[delay];
    }

    /// <summary>Answers seen.</summary>
    public long Count { get; private set; }

    /// <summary>Answers that come between a question and its own.</summary>
    public int Delay => _recent.Length;

    /// <summary>Mean absolute error.</summary>
    public double Mae => Mean(_absolute);

    /// <summary>Root of the mean squared error.</summary>
    public double Rmse => Math.Sqrt(Mean(_squares));

    /// <summary>Mean of prediction − target.</summary>
    public double Bias => Mean(_error);

    /// <summary>
    /// 1 − squared error over the squared distance of the targets from their mean over the whole stream: 0 for predicting that mean, negative below it; 0 as well
    /// while all targets are equal.
    /// </summary>
    public double R2 => _targetSquares > 0 ? 1 - _squares / _targetSquares : 0;

    /// <summary>Mean absolute error of predicting the target that was known last.</summary>
    public double MaeLastValue => Mean(_lastAbsolute);

    /// <summary>Root mean squared error of predicting the target that was known last.</summary>
    public double RmseLastValue => Math.Sqrt(Mean(_lastSquares));

    /// <summary>Mean absolute error of predicting the mean of the targets known so far.</summary>
    public double MaeMean => Mean(_meanAbsolute);

    /// <summary>Root mean squared error of predicting the mean of the targets known so far.</summary>
    public double RmseMean => Math.Sqrt(Mean(_meanSquares));

    /// <summary>1 − <see cref="Mae"/> / <see cref="MaeLastValue"/>: 1 is perfect, 0 no better than the last value; 0 where that is perfect.</summary>
    public double SkillLastValue => _lastAbsolute > 0 ? 1 - _absolute / _lastAbsolute : 0;

    /// <summary>1 − <see cref="Mae"/> / <see cref="MaeMean"/>: 1 is perfect, 0 no better than the running mean; 0 where that is perfect.</summary>
    public double SkillMean => _meanAbsolute > 0 ? 1 - _absolute / _meanAbsolute : 0;

    /// <summary>Takes one answer.</summary>
    /// <param name="prediction">What was predicted; finite.</param>
    /// <param name="target">What came true; finite and at most <see cref="MagnitudeMax"/> in magnitude.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public void Add(double prediction, double target)
    {
        if (!double.IsFinite(prediction))
            throw new ArgumentOutOfRangeException(nameof(prediction), prediction, "A prediction is finite.");
        if (!(Math.Abs(target) <= MagnitudeMax))
            throw new ArgumentOutOfRangeException(nameof(target), target, "A target is finite and at most 1e100 in magnitude.");
        Count++;
        var error = Math.Clamp(prediction, -MagnitudeMax, MagnitudeMax) - target;
        _error += error;
        _absolute += Math.Abs(error);
        _squares += error * error;
        var fromLast = _last - target;
        _lastAbsolute += Math.Abs(fromLast);
        _lastSquares += fromLast * fromLast;
        var fromMean = _knownMean - target;
        _meanAbsolute += Math.Abs(fromMean);
        _meanSquares += fromMean * fromMean;
        var distance = target - _targetMean;
        _targetMean += distance / Count;
        _targetSquares += distance * (target - _targetMean);
        Remember(target);
    }

    /// <summary>
    /// Adds what another score has seen, as if its answers had come after these. Errors and targets are those of the whole; the baselines of each part keep
    /// what they said, and know from here on what the whole would know.
    /// </summary>
    /// <exception cref="ArgumentException">The other has another delay.</exception>
    public void Merge(RegressionScore other)
    {
        if (other.Delay != Delay)
            throw new ArgumentException($"A score of delay {other.Delay} cannot join one of {Delay}.", nameof(other));
        if (other.Count == 0)
            return;
        double n = Count, m = other.Count, share = m / (n + m);
        var distance = other._targetMean - _targetMean;
        _targetSquares += other._targetSquares + distance * distance * n * share;
        _targetMean += distance * share;
        Count += other.Count;
        _error += other._error;
        _absolute += other._absolute;
        _squares += other._squares;
        _lastAbsolute += other._lastAbsolute;
        _lastSquares += other._lastSquares;
        _meanAbsolute += other._meanAbsolute;
        _meanSquares += other._meanSquares;

        // Targets that the other part knows are newer than all that wait here, except those that its own waiting ones do not push out.
        var waiting = other._recentCount;
        for (var still = Math.Min(_recentCount, Delay - waiting); _recentCount > still;)
            Know(Oldest());
        if (other._known > 0)
        {
            _knownMean += (other._knownMean - _knownMean) * ((double)other._known / (_known + other._known));
            _known += other._known;
            _last = other._last;
        }
        for (var i = 0; i < waiting; i++)
            Remember(other._recent[(other._recentAt - waiting + i + other.Delay) % other.Delay]);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Array.Clear(_recent);
        (_recentAt, _recentCount, _last, _known, _knownMean, Count) = (0, 0, 0, 0, 0, 0);
        (_error, _absolute, _squares) = (0, 0, 0);
        (_lastAbsolute, _lastSquares, _meanAbsolute, _meanSquares) = (0, 0, 0, 0);
        (_targetMean, _targetSquares) = (0, 0);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(Count);
        writer.Write(_known);
        writer.Write(_recentAt);
        writer.Write(_recent);
        writer.Write(_last);
        writer.Write(_knownMean);
        writer.Write(_error);
        writer.Write(_absolute);
        writer.Write(_squares);
        writer.Write(_lastAbsolute);
        writer.Write(_lastSquares);
        writer.Write(_meanAbsolute);
        writer.Write(_meanSquares);
        writer.Write(_targetMean);
        writer.Write(_targetSquares);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        Count = reader.ReadInt64();
        _known = reader.ReadInt64();
        if (Count is < 0 or > 1L << 50 || _known != Math.Max(0, Count - Delay))
            throw new CorruptStateException($"regression-score: {_known} known targets of {Count} are impossible.");
        _recentCount = (int)Math.Min(Count, Delay);
        _recentAt = reader.ReadInt32(0, Math.Max(0, Delay - 1));
        if (_recentCount < Delay && _recentAt != _recentCount)
            throw new CorruptStateException($"regression-score: {_recentCount} waiting targets cannot end at {_recentAt}.");
        reader.ReadWithin(_recent, -MagnitudeMax, MagnitudeMax);
        _last = reader.ReadWithin(-MagnitudeMax, MagnitudeMax);
        _knownMean = reader.ReadWithin(-MagnitudeMax, MagnitudeMax);
        var most = 2.01 * MagnitudeMax * Count;
        var mostSquares = most * 2.01 * MagnitudeMax;
        _error = reader.ReadWithin(-most, most);
        _absolute = reader.ReadWithin(0, most);
        _squares = reader.ReadWithin(0, mostSquares);
        _lastAbsolute = reader.ReadWithin(0, most);
        _lastSquares = reader.ReadWithin(0, mostSquares);
        _meanAbsolute = reader.ReadWithin(0, most);
        _meanSquares = reader.ReadWithin(0, mostSquares);
        _targetMean = reader.ReadWithin(-1.01 * MagnitudeMax, 1.01 * MagnitudeMax);
        _targetSquares = reader.ReadWithin(0, mostSquares);
    }

    private void Remember(double target)
    {
        if (Delay == 0)
        {
            Know(target);
            return;
        }
        if (_recentCount == Delay)
            Know(Oldest());
        _recent[_recentAt] = target;
        _recentAt = _recentAt + 1 == Delay ? 0 : _recentAt + 1;
        _recentCount++;
    }

    /// <summary>Takes the oldest waiting target out.</summary>
    private double Oldest()
    {
        var at = _recentAt - _recentCount;
        _recentCount--;
        return _recent[at < 0 ? at + Delay : at];
    }

    private void Know(double target)
    {
        _last = target;
        _knownMean += (target - _knownMean) / ++_known;
    }

    private double Mean(double sum) => Count > 0 ? sum / Count : 0;
}
