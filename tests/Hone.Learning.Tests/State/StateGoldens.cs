using System.Text.Json;
using Hone.Learning.Bandits;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Tests.State;

/// <summary>
/// Hashes of saved states after 1,000 events, the same on every CPU: a changed one means that the past would replay to something else, and needs a raised Behaviour or StateFormat of its entry.
/// </summary>
public sealed class StateGoldens
{
    private static readonly Dictionary<string, string> Known = new()
    {
        ["adaptive-conformal {\"gamma\":0,\"window\":100}"] = "cbcaea60eaae7e49",
        ["adaptive-conformal {}"] = "5159b1ffc244a168",
        ["beta {}"] = "cfe49ce8a8a51e5d",
        ["dynamically-tuned-conformal {\"window\":250,\"interval\":100}"] = "983a9b3107b021e0",
        ["dynamically-tuned-conformal {}"] = "9074aa8df85c77d5",
        ["epsilon-greedy {\"epsilon\":0.5,\"decay_rewards\":200,\"epsilon_min\":0.01}"] = "9624d56263e28cfc",
        ["epsilon-greedy {}"] = "6586575a5b2d4aed",
        ["exp3 {\"share\":0}"] = "5c0a5f97f41afcda",
        ["exp3 {}"] = "ff4b146c6f0103eb",
        ["identity {}"] = "c9783ed393c542fc",
        ["isotonic {}"] = "428e427b68206a6d",
        ["kl-ucb {\"log_log_factor\":3}"] = "c4ed037a6e74c357",
        ["kl-ucb {}"] = "f9a71d72546509b8",
        ["lin-ucb {}"] = "71ee47bc785b957b",
        ["platt {}"] = "c3c6e3bfd896259b",
        ["temperature {}"] = "01fbbaef17d8c7ec",
        ["thompson-beta {}"] = "5aa833e7e844d6de",
        ["thompson-discounted {}"] = "1740931844b2f219",
        ["thompson-gaussian {\"variance\":0.25}"] = "01db6bbde9f5bff8",
        ["thompson-gaussian {}"] = "545513af73a15a53",
        ["ucb1 {\"exploration\":0.5}"] = "63dce5a147a2b4dc",
        ["ucb1 {}"] = "2a3e6342e93d94d0",
    };

    public static TheoryData<string> Names
        => [.. Every().Select(e => e.Name)];

    [Theory, MemberData(nameof(Names))]
    public void The_state_after_a_thousand_events_is_the_golden_one(string name)
    {
        var (_, thing) = Every().Single(e => e.Name == name);
        var hash = StateHash.Of(thing())[..16];
        Assert.True(Known.GetValueOrDefault(name) == hash, $"\n        [\"{name.Replace("\"", "\\\"")}\"] = \"{hash}\",");
    }

    private static IEnumerable<(string Name, Func<ISaved> Thing)> Every()
    {
        var catalog = Catalog.BuiltIn();
        foreach (var entry in catalog.Bandits)
            foreach (var options in (string[])["{}", .. entry.Variants])
                yield return ($"{entry.Name} {options}", () => Played(entry.Create(new BanditShape(3, 2, 7), Json(options))));
        foreach (var entry in catalog.Calibrators)
            foreach (var options in (string[])["{}", .. entry.Variants])
                yield return ($"{entry.Name} {options}", () =>
                {
                    var calibrator = entry.Create(7, Json(options));
                    for (var i = 0; i < 1_000; i++)
                        calibrator.Learn(Uniform(i), Uniform(i + 5_000) < Uniform(i) ? 1 : 0, 0.5 + Uniform(i + 1));
                    return calibrator;
                });
        foreach (var entry in catalog.Conformal)
            foreach (var options in (string[])["{}", .. entry.Variants])
                yield return ($"{entry.Name} {options}", () =>
                {
                    var method = entry.Create(0.9, Json(options));
                    for (var i = 0; i < 1_000; i++)
                        method.Learn(Uniform(i) * (i / 200 % 2 + 1));
                    return method;
                });
    }

    private static IBandit Played(IBandit bandit)
    {
        for (var i = 0; i < 1_000; i++)
        {
            double[] context = [Uniform(2 * i) - 0.5, Uniform(2 * i + 1) - 0.5];
            var choice = bandit.Choose(context);
            bandit.Learn(context, choice, Uniform(i + 5_000) < 0.3 + 0.15 * choice.Arm + 0.2 * context[0] ? 1 : Uniform(i));
        }
        return bandit;
    }

    private static double Uniform(int i) => new Rng(13, "golden", (ulong)i).NextDouble();

    private static JsonElement Json(string options) => JsonDocument.Parse(options).RootElement;
}
