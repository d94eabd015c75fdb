using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>Which members a prediction is made of, and what they say together. Holds the turn of the Thompson strategy.</summary>
internal sealed class Serving(ServingStrategy strategy, int horizon, Member[] members, Hedge hedge, int classes, ulong seed)
{
    private Rng _thompson = new(seed, "thompson");
    private int _drawn = -1;
    private int _asksSinceDraw;

    /// <summary>Combines the members' probabilities and states that stand in a prediction: its weights and its panel.</summary>
    /// <param name="prediction">Holds the members' probabilities, thresholds and states; the rest is written.</param>
    /// <param name="flat">Whether no position is held: then a Thompson draw may be taken.</param>
    /// <returns>The voting weight that was combined; when that is 0 no member votes and the panel is left at zero.</returns>
    public double Combine(Prediction prediction, bool flat)
    {
        var (total, random, drawn, asks) = Combined(prediction, flat);
        (_thompson, _drawn, _asksSinceDraw) = (random, drawn, asks);
        return total;
    }

    /// <summary>What <see cref="Combine"/> would do, with the draw that it would take; changes nothing but the prediction.</summary>
    public double Preview(Prediction prediction, bool flat) => Combined(prediction, flat).Total;

    private (double Total, Rng Random, int Drawn, int Asks) Combined(Prediction prediction, bool flat)
    {
        var (random, drawn, asks) = (_thompson, _drawn, _asksSinceDraw);
        var panel = prediction.ProbabilitiesArray;
        var votes = prediction.VotesArray;
        Array.Clear(panel);
        var serving = strategy switch
        {
            ServingStrategy.Champion => Array.FindIndex(votes, v => v.Eligible),
            ServingStrategy.Best => Best(votes),
            // A new draw on every bar would change horses in the middle of a position.
            ServingStrategy.Thompson when drawn < 0 || !votes[drawn].Eligible || flat || ++asks >= horizon => drawn = Draw(votes, ref random, ref asks),
            ServingStrategy.Thompson => drawn,
            _ => -1,
        };
        var total = 0.0;
        for (var m = 0; m < members.Length; m++)
        {
            var p = prediction.MemberProbabilities(m);
            var weight = !votes[m].Eligible ? 0 : serving < 0 ? hedge.Weights[m] : m == serving ? 1 : 0;
            var best = LearningSession.ArgMax(p);
            votes[m] = votes[m] with { Label = best, Confidence = p[best], Weight = weight };
            total += weight;
            if (weight > 0)
                for (var c = 0; c < classes; c++)
                    panel[c] += weight * p[c];
        }
        if (total > 0)
        {
            for (var c = 0; c < classes; c++)
                panel[c] /= total;
            for (var m = 0; m < votes.Length; m++)
                if (votes[m].Weight > 0)
                    votes[m] = votes[m] with { Weight = votes[m].Weight / total };
        }
        return (total, random, drawn, asks);
    }

    private int Best(MemberVote[] votes)
    {
        var best = -1;
        for (var m = 0; m < members.Length; m++)
            if (votes[m].Eligible && (best < 0 || members[m].Statistics.RecentLogLoss < members[best].Statistics.RecentLogLoss))
                best = m;
        return best;
    }

    private int Draw(MemberVote[] votes, ref Rng random, ref int asks)
    {
        var drawn = -1;
        asks = 0;
        var highest = double.NegativeInfinity;
        for (var m = 0; m < members.Length; m++)
        {
            if (!votes[m].Eligible)
                continue;
            var draw = random.NextBeta(members[m].Statistics.ThompsonAlpha, members[m].Statistics.ThompsonBeta);
            if (draw > highest)
                (highest, drawn) = (draw, m);
        }
        return drawn;
    }

    public void Save(StateWriter writer)
    {
        writer.Write(_drawn);
        writer.Write(_asksSinceDraw);
        _thompson.Save(writer);
    }

    public void Load(StateReader reader)
    {
        _drawn = reader.ReadInt32(-1, members.Length - 1);
        _asksSinceDraw = reader.ReadInt32(0, horizon);
        _thompson = Rng.Load(reader);
    }
}
