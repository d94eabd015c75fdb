using Hone.Learning.Numerics;
using Hone.Learning.Sessions;

namespace Hone.Learning.Tests.Sessions;

/// <summary>Random schedules of questions and of late, repeated and unknown answers, beside a plain dictionary that does the same. The seed is the reproduction.</summary>
public sealed class ScheduleTests
{
    private const long DayUs = 86_400_000_000;

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 50).Select(i => (ulong)i)];

    [Theory, MemberData(nameof(Seeds))]
    public void Every_outcome_is_learned_exactly_once(ulong seed)
    {
        var rng = new Rng(seed, "schedule");
        var openMax = 1 + rng.NextInt32(40);
        var panel = new StubPanel(1 + rng.NextInt32(5)).With("a", StubPanel.Half).With("b", StubPanel.Right)
            .Start(new() { OpenQuestionsMax = openMax, OpenQuestionDaysMax = 1 });
        var session = panel.Session;

        session.Advance(0);
        Dictionary<long, (long AtUs, int Order)> open = [];
        List<long> retired = [];
        List<double> learned = [];
        long asked = 0, expired = 0, now = 0, refused = 0;
        for (var step = 0; step < 600; step++)
        {
            // Time mostly crawls, and now and then it leaps.
            var at = now + (rng.NextInt32(40) == 0 ? rng.NextInt32(3) * DayUs / 2 : rng.NextInt32(3) * DayUs / 200);
            switch (rng.NextInt32(7))
            {
                case 0 or 1 or 2:
                {
                    // Sometimes an id that has been used before; never one that is open.
                    var id = retired.Count > 0 && rng.NextInt32(4) == 0 ? retired[rng.NextInt32(retired.Count)] : (long)(rng.NextUInt64() >> 1);
                    if (open.ContainsKey(id))
                        continue;
                    session.Ask(id, [asked, 0, 0], at, rng.NextInt32(3));
                    Pass(at);
                    if (open.Count == openMax)
                        Expire(open.MinBy(q => q.Value.Order).Key);
                    open.Add(id, (at, (int)asked++));
                    break;
                }
                case 3 or 4 when open.Count > 0:
                {
                    var (id, question) = open.ElementAt(rng.NextInt32(open.Count));
                    var tooOld = at - question.AtUs > DayUs;
                    Assert.Equal(!tooOld, session.TryAnswer(id, rng.NextInt32(2), at, out _));
                    if (tooOld)
                    {
                        refused++;
                        break;
                    }
                    Pass(at);
                    open.Remove(id);
                    retired.Add(id);
                    learned.Add(question.Order);
                    break;
                }
                case 5:
                {
                    var id = retired.Count > 0 && rng.NextInt32(2) == 0 ? retired[rng.NextInt32(retired.Count)] : -1 - (long)(rng.NextUInt64() >> 1);
                    if (open.ContainsKey(id))
                        continue;
                    Assert.False(session.TryAnswer(id, rng.NextInt32(2), at, out _));
                    refused++;
                    break;
                }
                default:
                    session.Advance(at);
                    Pass(at);
                    break;
            }
            Assert.Equal((now, open.Count, expired), (session.NowUs, session.OpenQuestions, session.Expired));
            Assert.Equal(asked, learned.Count + expired + open.Count);
        }
        Assert.All(open.Keys, id => Assert.True(session.IsOpen(id)));
        Assert.All(retired, id => Assert.Equal(open.ContainsKey(id), session.IsOpen(id)));
        Assert.Equal(learned, panel.Built["a"][0].Examples);
        Assert.Equal(learned, panel.Built["b"].SelectMany(b => b.Examples));
        Assert.Equal((learned.Count, learned.Count, asked), (session.Score.Count, session.Statistics(0).Resolved, session.Statistics(0).Predictions));
        Assert.Equal(asked + learned.Count, session.Seq);
        Assert.True(learned.Count > 50 && refused > 20);

        void Pass(long at)
        {
            now = at;
            foreach (var (id, _) in open.Where(q => at - q.Value.AtUs > DayUs).ToArray())
                Expire(id);
        }

        void Expire(long id)
        {
            open.Remove(id);
            retired.Add(id);
            expired++;
        }
    }
}
