using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Sessions;

/// <summary>What adapting is worth where the world changes, and that it costs nothing where it does not.</summary>
public sealed class DriftBehaviourTests
{
    private const int Features = 6;

    [Theory]
    [InlineData(1, 1.5)]
    [InlineData(12, 1.0)]
    public void After_a_flip_the_session_recovers_and_its_frozen_copy_does_not(int horizon, double edge)
    {
        const int Flip = 12_000, Recovery = 8_000, Judged = 4_000;
        var session = New(horizon);
        var log = new EventLog();
        session.Observer = log;
        LearningSession? frozen = null;
        var stream = new EdgeStream(3, Features, horizon, edge);
        var (before, after, frozenAfter) = (0, 0, 0);
        for (var i = 0; i < Flip + Recovery + Judged; i++)
        {
            if (i == Flip)
            {
                stream.Sign = -1;
                frozen = New(horizon);
                frozen.Load(new StateReader(Saved(session)));
                frozen.Frozen = true;
            }
            var at = i * 60_000_000L;
            if (stream.Next(out var label))
            {
                session.TryAnswer(i - horizon, label, at, out var verdict);
                var frozenCorrect = frozen is not null && frozen.TryAnswer(i - horizon, label, at, out var theirs) && theirs.Correct;
                before += i is >= Flip - Judged and < Flip && verdict.Correct ? 1 : 0;
                after += i >= Flip + Recovery && verdict.Correct ? 1 : 0;
                frozenAfter += i >= Flip + Recovery && frozenCorrect ? 1 : 0;
            }
            session.Ask(i, stream.X, at);
            frozen?.Ask(i, stream.X, at);
        }
        Assert.InRange(before / (double)Judged, 0.72, 0.95);
        Assert.InRange(after / (double)Judged, before / (double)Judged - 0.04, 0.95);
        Assert.InRange(frozenAfter / (double)Judged, 0.05, 0.3);

        // Who did what, when, and why.
        var alarm = log.Drifts.First(d => d.Seq > 2 * Flip);
        Assert.True(double.IsFinite(alarm.Statistic) && alarm.Statistic > alarm.Threshold && alarm.Threshold > 0);
        Assert.InRange(alarm.AtUs / 60_000_000, Flip, Flip + 150 * horizon);
        var reactions = log.Adaptations.Where(a => a.Seq >= alarm.Seq).ToArray();
        Assert.Contains(reactions, a => a.Action == "warn");
        Assert.Contains(reactions, a => a.Action == "swap" || a.Action == "rate-boost");
        Assert.All(log.Adaptations, a => Assert.True(a.Cause.Length > 0 && double.IsFinite(a.Statistic) && double.IsFinite(a.Reference) && a.Seq > 0 && a.AtUs >= 0));
        Assert.All(log.Adaptations.Where(a => a.Action == "swap"), a => Assert.True(a.Statistic >= a.Reference));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void Where_nothing_changes_adapting_costs_nothing(int horizon)
    {
        const int Answers = 200_000;
        var adaptive = New(horizon);
        var still = New(horizon, adapt: false);
        var log = new EventLog();
        adaptive.Observer = log;
        var stream = new EdgeStream(5, Features, horizon, 0.06);
        for (var i = 0; i < Answers; i++)
        {
            var at = i * 60_000_000L;
            if (stream.Next(out var label))
            {
                adaptive.TryAnswer(i - horizon, label, at, out _);
                still.TryAnswer(i - horizon, label, at, out _);
            }
            adaptive.Ask(i, stream.X, at);
            still.Ask(i, stream.X, at);
        }
        Assert.InRange(adaptive.Score.LogLoss - still.Score.LogLoss, -0.0005, 0.0005);
        Assert.InRange(still.Score.Accuracy, 0.515, 0.56);
        Assert.InRange(adaptive.Drifts, 0, 2);
        Assert.Equal(adaptive.Drifts, log.Drifts.Count);
        Assert.DoesNotContain(log.Adaptations, a => a.Action is "lose-vote" or "guard" or "recalibrate");
    }

    private static LearningSession New(int horizon, bool adapt = true) => new(
        Catalog.BuiltIn(), new() { Adapt = adapt }, new SessionShape([.. Enumerable.Range(0, Features).Select(i => $"x{i}")], 2, horizon, 5));

    private static ReadOnlyMemory<byte> Saved(LearningSession session)
    {
        var writer = new StateWriter();
        session.Save(writer);
        return writer.WrittenMemory;
    }
}
