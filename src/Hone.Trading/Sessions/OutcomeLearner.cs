using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Agents;

namespace Hone.Trading.Sessions;

/// <summary>
/// "Would this rule signal be profitable?" Learns from every trade of the rules-only book, also of signals that were vetoed in the
/// real one, so that a veto never starves it.
/// </summary>
public sealed class OutcomeLearner : ISaved
{
    // Wins and losses fade slowly: about the last 200 trades count.
    private const double Fade = 0.005;
    private readonly IClassifier _learner;
    private readonly double[] _x;
    private readonly double[] _pending;
    private readonly double[] _open;
    private readonly double[] _probabilities = new double[2];
    private readonly int _votesAfter;
    private double _winMean;
    private double _winWeight;
    private double _lossMean;
    private double _lossWeight;

    internal OutcomeLearner(Catalog catalog, TradingOptions options, int features, ulong seed)
    {
        // A signal is asked about while the trade before it may still be open: its outcome says nothing yet.
        _learner = catalog.Learners[options.OutcomeLearner].Create(new LearnerShape(features + 2, 2, seed, Overlap: 2));
        _x = new double[features + 2];
        _pending = new double[features + 2];
        _open = new double[features + 2];
        _votesAfter = options.OutcomeVotesAfter;
    }

    /// <summary>Trades learned.</summary>
    public long Learned { get; private set; }

    /// <summary>Of them with a profit after costs.</summary>
    public long Profitable { get; private set; }

    /// <summary>Whether it has seen enough to vote.</summary>
    public bool Votes => Learned >= _votesAfter && _winWeight > 0 && _lossWeight > 0;

    /// <summary>Probability that a rule signal now would end with a profit. Changes nothing but a scratch buffer.</summary>
    public double Probability(ReadOnlySpan<double> features, Signal rule)
    {
        Write(_x, features, rule);
        _learner.Predict(_x, _probabilities);
        return _probabilities[1];
    }

    /// <summary>Whether such a probability is worth the trade: p·win − (1 − p)·loss above zero; both are net of costs.</summary>
    public bool Worthwhile(double probability)
        => probability * (_winMean / _winWeight) - (1 - probability) * (_lossMean / _lossWeight) > 0;

    internal void Decided(ReadOnlySpan<double> features, Signal rule) => Write(_pending, features, rule);

    internal void Opened() => _pending.CopyTo(_open.AsSpan());

    /// <summary>Learns a trade.</summary>
    /// <param name="netReturn">What it gave after costs.</param>
    /// <param name="wasOpen">Whether it was open before the bar that closed it; otherwise it is the one that was decided last.</param>
    internal void Closed(double netReturn, bool wasOpen)
    {
        var label = netReturn > 0 ? 1 : 0;
        _learner.Learn(wasOpen ? _open : _pending, label);
        Learned++;
        if (label == 1)
        {
            Profitable++;
            _winMean += Fade * (netReturn - _winMean);
            _winWeight += Fade * (1 - _winWeight);
        }
        else
        {
            _lossMean += Fade * (-netReturn - _lossMean);
            _lossWeight += Fade * (1 - _lossWeight);
        }
    }

    private static void Write(double[] x, ReadOnlySpan<double> features, Signal rule)
    {
        features.CopyTo(x);
        x[^2] = rule.Direction;
        x[^1] = rule.Confidence;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("outcome-learner", 1);
        writer.Write(Learned);
        writer.Write(Profitable);
        writer.Write(_winMean);
        writer.Write(_winWeight);
        writer.Write(_lossMean);
        writer.Write(_lossWeight);
        writer.Write((ReadOnlySpan<double>)_pending);
        writer.Write((ReadOnlySpan<double>)_open);
        _learner.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("outcome-learner", 1);
        Learned = reader.ReadInt64();
        Profitable = reader.ReadInt64();
        if (Profitable < 0 || Learned < Profitable)
            throw new CorruptStateException($"{Profitable} of {Learned} trades cannot have been profitable.");
        _winMean = reader.ReadFinite();
        _winWeight = reader.ReadWithin(0, 1);
        _lossMean = reader.ReadFinite();
        _lossWeight = reader.ReadWithin(0, 1);
        ReadFeatures(reader, _pending);
        ReadFeatures(reader, _open);
        _learner.Load(reader);
    }

    private static void ReadFeatures(StateReader reader, double[] x)
    {
        reader.Read(x);
        if (Array.Exists(x, double.IsInfinity))
            throw new CorruptStateException("A feature of a trade is infinite.");
    }
}
