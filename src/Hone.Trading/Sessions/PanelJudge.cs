using Hone.Learning.State;
using Hone.Trading.Broker;

namespace Hone.Trading.Sessions;

/// <summary>
/// Says whether acting on a panel's prediction pays: expected value after costs, with the calibrated probability and the mean move
/// when the panel was right and when it was wrong.
/// </summary>
internal sealed class PanelJudge : ISaved
{
    // The means look back over about a thousand answers and are believed after the first fifty.
    private const double Fade = 0.001;
    private const int AnswersMin = 50;
    private double _gain;
    private double _gainWeight;
    private double _loss;
    private double _lossWeight;

    public long Answers { get; private set; }

    public bool Ready => Answers >= AnswersMin && _gainWeight > 0 && _lossWeight > 0;

    /// <summary>Mean move on the predicted side when right.</summary>
    public double Gain => _gainWeight > 0 ? _gain / _gainWeight : double.NaN;

    /// <summary>Mean move against the predicted side when wrong.</summary>
    public double Loss => _lossWeight > 0 ? _loss / _lossWeight : double.NaN;

    public double BreakEven(double roundTripCost) => Ready ? PositionSizer.BreakEven(Gain, Loss, roundTripCost) : double.NaN;

    /// <summary>Takes what came of a prediction of a side.</summary>
    /// <param name="correct">Whether it was right.</param>
    /// <param name="gained">Move on that side, before costs, as a fraction; below 0 against it.</param>
    public void Learn(bool correct, double gained)
    {
        Answers++;
        if (correct)
        {
            _gain += Fade * (gained - _gain);
            _gainWeight += Fade * (1 - _gainWeight);
        }
        else
        {
            _loss += Fade * (-gained - _loss);
            _lossWeight += Fade * (1 - _lossWeight);
        }
    }

    public void Save(StateWriter writer)
    {
        writer.Section("panel-judge", 1);
        writer.Write(Answers);
        writer.Write(_gain);
        writer.Write(_gainWeight);
        writer.Write(_loss);
        writer.Write(_lossWeight);
    }

    public void Load(StateReader reader)
    {
        reader.Section("panel-judge", 1);
        Answers = reader.ReadInt64();
        if (Answers < 0)
            throw new CorruptStateException($"A number of answers is {Answers}.");
        _gain = reader.ReadFinite();
        _gainWeight = reader.ReadWithin(0, 1);
        _loss = reader.ReadFinite();
        _lossWeight = reader.ReadWithin(0, 1);
    }
}
