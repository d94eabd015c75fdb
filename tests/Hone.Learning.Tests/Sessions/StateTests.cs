using Hone.Learning.Numerics;
using Hone.Learning.Sessions;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Sessions;

/// <summary>A session is its state: saved anywhere it goes on as if nothing had happened, and a damaged state is refused or harmless.</summary>
public sealed class StateTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_session_that_is_saved_anywhere_goes_on_bit_for_bit(int seed)
    {
        var rng = new Rng((ulong)seed, "cuts");
        var whole = new RealPanel(seed);
        var cut = new RealPanel(seed);
        for (var part = 0; part < 6; part++)
        {
            var steps = 1 + rng.NextInt32(500);
            whole.Run(steps);
            cut.Run(steps);
            Assert.Equal(whole.Emissions, cut.Emissions);
            Assert.Equal(StateHash.Of(whole.Session), StateHash.Of(cut.Session));
            cut.Move();
        }
        Assert.True(whole.Session.OpenQuestions > 0);
    }

    [Fact]
    public void The_sessions_that_are_cut_have_everything_in_them()
    {
        // The promise above is about sessions with specialists, background learners, swaps and lost votes.
        var log = new EventLog();
        foreach (var seed in Seeds)
        {
            var panel = new RealPanel(seed.Data);
            panel.Session.Observer = log;
            panel.Run(1_500);
        }
        Assert.Superset(new HashSet<string>(["warn", "let-go", "swap", "lose-vote", "rate-boost", "reweight", "specialist"]), log.Adaptations.Select(a => a.Action).ToHashSet());
    }

    [Fact]
    public void A_state_of_another_shape_is_refused()
    {
        var panel = new StubPanel().With("a", StubPanel.Half).With("b", StubPanel.Half).Start();
        panel.Run(30);
        var state = Saved(panel.Session);
        foreach (var other in new[]
        {
            new StubPanel(horizon: 2).With("a", StubPanel.Half).With("b", StubPanel.Half),
            new StubPanel(classes: 3).With("a", StubPanel.Half).With("b", StubPanel.Half),
            new StubPanel(features: 4).With("a", StubPanel.Half).With("b", StubPanel.Half),
            new StubPanel().With("b", StubPanel.Half).With("a", StubPanel.Half),
            new StubPanel().With("a", StubPanel.Half),
            new StubPanel().With("a", (s, _) => new BaselineStub(s, StubPanel.Half)).With("b", StubPanel.Half),
        })
            Assert.Throws<CorruptStateException>(() => other.Start().Session.Load(new StateReader(state)));
        Assert.Throws<CorruptStateException>(() => panel.New(new() { WindowAnswers = 100 }).Load(new StateReader(state)));
    }

    [Fact]
    public void A_truncated_state_is_refused()
    {
        var panel = new RealPanel(3, small: true);
        panel.Run(700);
        var state = Saved(panel.Session);
        for (var length = 0; length < state.Length; length += 1 + length / 400)
            Assert.Throws<CorruptStateException>(() => new RealPanel(3, small: true).Session.Load(new StateReader(state.AsMemory(0, length))));
        new RealPanel(3, small: true).Session.Load(new StateReader(state));
    }

    [Fact]
    public void A_flipped_bit_is_refused_or_leaves_a_session_that_works()
    {
        var panel = new RealPanel(2, small: true);
        panel.Run(900);
        var state = Saved(panel.Session);
        var rng = new Rng(1, "flips");
        var refused = 0;
        for (var i = 0; i < 600; i++)
        {
            var bit = rng.NextInt32(state.Length * 8);
            state[bit / 8] ^= (byte)(1 << (bit % 8));
            var victim = new RealPanel(2, small: true);
            try
            {
                victim.Session.Load(new StateReader(state));
                victim.RunOn(40);
                var again = new RealPanel(2, small: true);
                again.Session.Load(new StateReader(Saved(victim.Session)));
            }
            catch (CorruptStateException)
            {
                refused++;
            }
            state[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.InRange(refused, 50, 550);
    }

    [Fact]
    public void An_open_question_that_cannot_have_been_stored_is_refused()
    {
        var panel = new StubPanel().With("a", (x, _) => x[0]).Start();
        panel.Ask([0.625, 0, 0]);
        var state = Saved(panel.Session);
        var at = state.AsSpan().IndexOf(BitConverter.GetBytes(0.375));
        Assert.True(at > 0);
        foreach (var poison in new[] { 0.374, -0.375, double.NaN, double.PositiveInfinity, 1e300 })
        {
            BitConverter.GetBytes(poison).CopyTo(state, at);
            Assert.Throws<CorruptStateException>(() => panel.New().Load(new StateReader(state)));
        }
        BitConverter.GetBytes(0.375).CopyTo(state, at);
        panel.New().Load(new StateReader(state));
    }

    [Fact]
    public void Open_questions_out_of_order_are_refused()
    {
        var panel = new StubPanel().With("a", StubPanel.Half).Start();
        foreach (var at in new[] { 0x11111111L, 0x22222222L, 0x33333333L })
            panel.Session.Ask(at + 5, [0, 0, 0], at);
        panel.Session.Advance(0x44444444);
        var state = Saved(panel.Session);
        var place = Enumerable.Range(0, state.Length - 8).Single(at => BitConverter.ToInt64(state, at) == 0x22222222);

        // The time of the one in the middle, then its position; the positions around it are 1 and 3.
        foreach (var (offset, value) in new[] { (0, 0x11111110L), (0, 0x33333334L), (0, 0x55555555L), (8, 1L), (8, 3L), (8, 4L), (8, -1L) })
        {
            var kept = state.AsSpan(place + offset, 8).ToArray();
            BitConverter.GetBytes(value).CopyTo(state, place + offset);
            Assert.Throws<CorruptStateException>(() => panel.New().Load(new StateReader(state)));
            kept.CopyTo(state, place + offset);
        }
        panel.New().Load(new StateReader(state));
    }

    [Fact]
    public void An_answer_from_the_future_is_refused()
    {
        // Thompson counts that are kept for a negative time grow beyond all bounds, and no draw from them ever ends.
        const long AnsweredUs = 0x0123456789ABCD;
        var panel = new StubPanel().With("a", StubPanel.Half).With("b", StubPanel.Half).Start();
        panel.Session.Ask(1, [0, 0, 0], AnsweredUs);
        panel.Session.TryAnswer(1, 1, AnsweredUs, out _);
        panel.Session.Advance(AnsweredUs + 1);
        var state = Saved(panel.Session);
        var places = Enumerable.Range(0, state.Length - 8).Where(at => BitConverter.ToInt64(state, at) == AnsweredUs).ToArray();
        Assert.Equal(5, places.Length);
        foreach (var at in places)
        {
            state[at + 7] ^= 0x40;
            Assert.Throws<CorruptStateException>(() => panel.New().Load(new StateReader(state)));
            state[at + 7] ^= 0x40;
        }
        foreach (var at in places)
            state[at + 7] ^= 0x40;
        Assert.Throws<CorruptStateException>(() => panel.New().Load(new StateReader(state)));
    }

    private static byte[] Saved(LearningSession session)
    {
        var writer = new StateWriter();
        session.Save(writer);
        return writer.Written.ToArray();
    }
}
