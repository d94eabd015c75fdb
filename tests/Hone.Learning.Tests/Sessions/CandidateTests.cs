using Hone.Learning.Numerics;
using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Sessions;

/// <summary>The evidence for a background learner.</summary>
public sealed class CandidateTests
{
    private static Candidate New(int horizon) => new(new Stub(new LearnerShape(1, 2, 1), StubPanel.Half), 9, 3, 77, horizon);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_advantage_is_judged_by_block_means_with_what_neighbours_share(int horizon)
    {
        var candidate = New(horizon);
        var rng = new Rng(1, "candidate");
        List<double> blocks = [], block = [];
        for (var i = 0; i < 400; i++)
        {
            var (p, label, present) = (rng.NextDouble(), rng.NextInt32(2), rng.NextDouble());
            candidate.Score(present, [1 - p, p], label);
            candidate.Score(0.9, [0, 0], label);
            block.Add(present - (p - label) * (p - label));
            if (block.Count < horizon)
                continue;
            blocks.Add(block.Average());
            block.Clear();
            var (mean, variance) = (blocks.Average(), blocks.Average(b => b * b) - blocks.Average() * blocks.Average());
            var inflation = horizon == 1 ? 1 : 48.0 / 33;
            Assert.Equal(blocks.Count, candidate.Blocks);
            Assert.Equal(mean, candidate.Advantage, 12);
            if (blocks.Count > 1)
                Assert.Equal(mean / Math.Sqrt(variance * inflation / blocks.Count), candidate.Significance, 6);
        }
    }

    [Fact]
    public void Standard_errors_are_what_they_say_for_an_equal_learner_of_overlapping_labels()
    {
        // Both say something at random about labels over twelve moves; what they say stays for a while. Two standard errors are exceeded by 2.3 %; without
        // what neighbouring blocks share it would be 5 %.
        const int Horizon = 12, Blocks = 50, Runs = 3_000;
        var rng = new Rng(2, "null");
        var moves = new double[Horizon];
        var beyond = 0;
        for (var run = 0; run < Runs; run++)
        {
            var candidate = New(Horizon);
            double a = 0, b = 0, sum = 0;
            Array.Clear(moves);
            for (var i = 0; i < Blocks * Horizon + Horizon; i++)
            {
                (a, b) = (0.95 * a + 0.3 * rng.NextGaussian(), 0.95 * b + 0.3 * rng.NextGaussian());
                var move = rng.NextGaussian();
                sum += move - moves[i % Horizon];
                moves[i % Horizon] = move;
                var label = sum > 0 ? 1 : 0;
                var (p, q) = (0.5 + 0.1 * Math.Clamp(a, -2, 2), 0.5 + 0.1 * Math.Clamp(b, -2, 2));
                if (i >= Horizon)
                    candidate.Score((p - label) * (p - label), [1 - q, q], label);
            }
            Assert.Equal(Blocks, candidate.Blocks);
            beyond += candidate.Significance >= 2 ? 1 : 0;
        }
        Assert.InRange(beyond / (double)Runs, 0.015, 0.033);
    }

    [Fact]
    public void A_saved_candidate_goes_on_as_the_same()
    {
        var candidate = New(4);
        for (var i = 0; i < 30; i++)
            candidate.Score(0.3, [0.25, 0.75], i % 2);
        var writer = new StateWriter();
        candidate.Save(writer);
        var copy = Candidate.Load(new StateReader(writer.WrittenMemory), generation => new Stub(new LearnerShape(1, 2, generation), StubPanel.Half), 9, 4);
        Assert.Equal((9UL, 3, 77L, 9UL), (copy.Generation, copy.Slot, copy.BornSeq, ((Stub)copy.Learner).Seed));
        candidate.Score(0.1, [0.25, 0.75], 1);
        candidate.Score(0.1, [0.25, 0.75], 1);
        copy.Score(0.1, [0.25, 0.75], 1);
        copy.Score(0.1, [0.25, 0.75], 1);
        Assert.Equal((8.0, candidate.Advantage, candidate.Significance), (copy.Blocks, copy.Advantage, copy.Significance));
    }
}
