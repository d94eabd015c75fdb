using System.Text.Json;
using Hone.Learning.Drift;
using Hone.Learning.Sessions;
using Hone.Learning.Tests.Numerics;

namespace Hone.Learning.Tests.Sessions;

/// <summary>Asking and answering allocates nothing once the session is warm.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1, ServingStrategy.Ensemble, SpecialistPolicy.None)]
    [InlineData(12, ServingStrategy.Ensemble, SpecialistPolicy.None)]
    [InlineData(12, ServingStrategy.Thompson, SpecialistPolicy.ByRegime)]
    [InlineData(1, ServingStrategy.Champion, SpecialistPolicy.ByRegime)]
    [InlineData(1, ServingStrategy.Best, SpecialistPolicy.None)]
    public void Ten_thousand_answers_allocate_nothing(int horizon, ServingStrategy strategy, SpecialistPolicy specialists)
    {
        const int Features = 20;
        // An adaptation may allocate: the detectors see everything and never alarm.
        var catalog = Catalog.BuiltIn();
        var options = new SessionOptions
        {
            Members = [.. new SessionOptions().Members, new() { Learner = "mlp" }],
            Strategy = strategy,
            Specialists = specialists,
            Detectors =
            [
                new() { Detector = "adwin", Options = JsonElement.Parse("""{"delta": 1e-12, "warning_delta": 1e-12}""") },
                new() { Detector = "page-hinkley", Options = JsonElement.Parse("""{"lambda": 1e9}""") },
            ],
            FloorEvidence = 1e12,
        };
        var session = new LearningSession(catalog, options, new SessionShape([.. Enumerable.Range(0, Features).Select(i => $"x{i}")], 2, horizon, 7));
        var stream = new EdgeStream(7, Features, horizon, 0.1) { Missing = 0.01 };
        var x = new double[Features];
        var i = 0;
        Run(4_000);
        var adaptations = session.Adaptations;
        Assert.Equal(0, Allocated.Bytes(() => Run(10_000)));
        Assert.Equal(adaptations, session.Adaptations);
        Assert.Equal(14_000 - horizon, session.Score.Count);

        void Run(int count)
        {
            for (var end = i + count; i < end; i++)
            {
                var at = i * 60_000_000L;
                if (stream.Next(out var label))
                    session.TryAnswer(i - horizon, label, at, out _);
                session.Ask(i, stream.Seen(x), at, i / 100 % 3, i % 10 < 5);
            }
        }
    }

    [Fact]
    public void A_background_learner_costs_no_allocation_per_answer()
    {
        var catalog = Catalog.BuiltIn();
        catalog.Detectors.Add(CatalogEntry<ulong, IDriftDetector>.Of<StubOptions>("warns", "A script.", (_, _) => new ScriptedDetector(n => n == 1 ? DriftLevel.Warning : DriftLevel.None)));
        var session = new LearningSession(catalog, new() { Detectors = [new() { Detector = "warns" }], BackgroundAnswersMin = 100_000, FloorEvidence = 1e12, InputDrift = false },
            new SessionShape(["a", "b", "c"], 2, 1, 7));
        double[] x = [1, 2, 3];
        // Past the first test of the features' distributions, whose code runs for the first time then.
        for (var i = 0; i < 4_000; i++)
            Step(i);
        Assert.Equal(2, session.Adaptations);
        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (var i = 4_000; i < 9_000; i++)
                Step(i);
        }));

        void Step(int i)
        {
            x[i % 3] = i * 7 % 11;
            session.Ask(i, x, i);
            session.TryAnswer(i, i * 5 % 7 > 3 ? 1 : 0, i, out _);
        }
    }

    [Fact]
    public void A_thousand_young_sessions_fit_into_a_quarter_of_a_gibibyte()
    {
        var (catalog, shape) = (Catalog.BuiltIn(), new SessionShape([.. Enumerable.Range(0, 8).Select(i => $"x{i}")], 2, 1, 7));
        LearningSession? session = null;
        _ = new LearningSession(catalog, new(), shape);
        Assert.InRange(Allocated.Bytes(() => session = new LearningSession(catalog, new(), shape)), 1, 250_000);
        Assert.Equal(8, session!.FeatureCount);
    }

    [Fact]
    public void A_throwing_member_costs_the_others_nothing()
    {
        // What is thrown allocates; the panel around it does not while the member rests.
        var panel = new StubPanel().With("throws", (s, _) => new Stub(s, (_, _) => throw new InvalidOperationException("always"))).With("right", StubPanel.Right).Start(new() { MonitorIntervalSecs = 1_000_000 });
        panel.Run(500);
        double[] x = [1, 0, 0];
        panel.Built["right"][0].Examples.Capacity = 10_000;
        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                panel.Session.Ask(i + 1_000_000, x, panel.NowUs);
                panel.Session.TryAnswer(i + 1_000_000, 1, panel.NowUs, out _);
            }
        }));
    }
}
