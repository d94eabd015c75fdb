using System.Text.Json;
using Hone.Learning.Numerics;
using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Sessions;

/// <summary>A fixed session gives the same bits in every release and at every vector width. A change of these numbers is a change of behaviour.</summary>
public sealed class GoldenTests
{
    [Fact]
    public void Three_thousand_questions_over_two_regimes_end_in_the_same_bits()
    {
        const int Features = 19, Horizon = 12;
        var options = new SessionOptions
        {
            Members = [.. new SessionOptions().Members, new() { Learner = "mlp" }],
            Strategy = ServingStrategy.Thompson,
            RateBoost = 10,
            WeightShare = 0.00002,
            Specialists = SpecialistPolicy.ByRegime,
            Detectors = [.. new SessionOptions().Detectors, new() { Detector = "page-hinkley", Options = JsonElement.Parse("""{"lambda": 4}""") }],
        };
        var session = new LearningSession(Catalog.BuiltIn(), options, new SessionShape([.. Enumerable.Range(0, Features).Select(i => $"x{i}")], 2, Horizon, 42));
        var log = new EventLog();
        session.Observer = log;
        var stream = new EdgeStream(42, Features, Horizon, 0.3) { Missing = 0.01 };
        var emissions = new HashChain();
        var x = new double[Features];
        for (var i = 0; i < 3_000; i++)
        {
            stream.Sign = i < 2_000 ? 1 : -1;
            var at = i * 300_000_000L;
            if (stream.Next(out var label))
            {
                Assert.True(session.TryAnswer(i - Horizon, label, at, out var verdict));
                emissions.Add(verdict.LogLoss);
            }
            var prediction = session.Ask(i, stream.Seen(x), at, i / 250 % 2, i % 40 < 15);
            foreach (var p in prediction.Probabilities)
                emissions.Add(p);
            emissions.Add(prediction.Threshold);
            emissions.Add(prediction.Agreement);
        }
        Assert.Superset(new HashSet<string>(["specialist", "warn", "rate-boost"]), log.Adaptations.Select(a => a.Action).ToHashSet());
        Assert.Equal(("7c89164ab305a3afdbda8946c5ac12bf", "717e3539e180ab02b2a36eca563ee5aa"), (emissions.ToString(), StateHash.Of(session)));
    }
}
