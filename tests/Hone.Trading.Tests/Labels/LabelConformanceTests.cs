using Hone.Learning.Numerics;
using Hone.Trading.Labels;
using Hone.Trading.Market;
using Hone.Trading.Tests.Regimes;

namespace Hone.Trading.Tests.Labels;

/// <summary>What every label promises; one that is added to the catalog is tested here as well.</summary>
public sealed class LabelConformanceTests
{
    public static TheoryData<string> Names => [.. TradingCatalog.BuiltIn().Labels.Select(entry => entry.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Every_question_is_resolved_once_by_its_horizon_with_a_class_and_a_weight_in_range(string name)
    {
        var label = New(name);
        Assert.InRange(label.Classes, 2, 3);
        Assert.InRange(label.EarliestBars, 1, label.HorizonBars);
        var rng = new Rng(1, "questions");
        var walk = new GeneratedWalk(1);
        var classes = new int[label.Classes];
        for (var trial = 0; trial < 2000; trial++)
        {
            var sigma = trial % 10 == 0 ? double.NaN : 0.02 * rng.NextDouble();
            var question = new OpenQuestion(trial, 0, walk.Next().Close, sigma, rng.NextInt32(3) - 1);
            for (var age = 1; ; age++)
            {
                Assert.InRange(age, 1, label.HorizonBars);
                if (!label.TryResolve(question, walk.Next(), age, out var outcome))
                    continue;
                Assert.InRange(age, label.EarliestBars, label.HorizonBars);
                Assert.InRange(outcome.Label, 0, label.Classes - 1);
                Assert.True(outcome.Weight is > 0 and <= 1);
                Assert.True(double.IsFinite(outcome.Return));
                classes[outcome.Label]++;
                break;
            }
        }
        Assert.All(classes, count => Assert.True(count > 100, $"classes {string.Join(", ", classes)}"));
    }

    [Theory, MemberData(nameof(Names))]
    public void It_is_stateless_and_blind_to_all_but_the_bar(string name)
    {
        var label = New(name);
        var walk = new GeneratedWalk(2);
        var question = new OpenQuestion(1, 0, walk.Price, 0.01, 1);
        var bars = Enumerable.Range(0, 50).Select(_ => walk.Next()).ToArray();
        var first = bars.Select(bar => (label.TryResolve(question, bar, label.HorizonBars, out var outcome), outcome)).ToArray();
        Array.Reverse(bars);
        var again = bars.Select(bar => (label.TryResolve(question, bar, label.HorizonBars, out var outcome), outcome)).Reverse().ToArray();
        Assert.Equal(first, again);
    }

    [Theory, MemberData(nameof(Names))]
    public void The_scale_of_prices_does_not_matter(string name)
    {
        var label = New(name);
        var walk = new GeneratedWalk(3);
        for (var i = 0; i < 1000; i++)
        {
            var question = new OpenQuestion(1, 0, walk.Price, 0.01, i % 2 * 2 - 1);
            var bar = walk.Next();
            var scaled = new Bar(bar.CloseTimeUs, bar.Open * 1024, bar.High * 1024, bar.Low * 1024, bar.Close * 1024, bar.Volume);
            var age = 1 + i % label.HorizonBars;
            Assert.Equal(
                (label.TryResolve(question, bar, age, out var one), one),
                (label.TryResolve(question with { Close = question.Close * 1024 }, scaled, age, out var other), other));
        }
    }

    private static ILabel New(string name) => TradingCatalog.BuiltIn().Labels[name].Create(new LabelContext(0.002));
}
