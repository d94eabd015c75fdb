using System.Globalization;
using System.Text.Json.Nodes;
using Hone.Host.Runs;
using Hone.Learning.Bandits;

namespace Hone.Host.Cli;

/// <summary>Plays every bandit of the catalog in generated worlds and prints what each gave away, beside a random choice and the best single arm.</summary>
internal static class EvaluateBandits
{
    private const int Runs = 5;
    private const long RoundsDefault = 20_000;
    private const long RoundsMin = 100;
    private const long RoundsMax = 10_000_000;

    /// <summary>Plays and prints.</summary>
    /// <param name="context">The catalog, and where to print.</param>
    /// <param name="seed">Seed of worlds and bandits.</param>
    /// <param name="bandits">Names of the bandits; all without it.</param>
    /// <param name="limit">Rounds of each world; 20,000 without it.</param>
    /// <param name="json">Prints exactly one JSON object.</param>
    /// <returns>The exit code: 0.</returns>
    public static int Run(VerbContext context, ulong seed, IReadOnlyList<string>? bandits, long? limit, bool json)
    {
        var rounds = limit ?? RoundsDefault;
        if (rounds is < RoundsMin or > RoundsMax)
            throw new VerbException($"--limit is {rounds}; a world of bandits has from {RoundsMin} to {RoundsMax} rounds.");
        var list = context.Catalog.Learning.Bandits;
        var names = bandits is { Count: > 0 } ? bandits : [.. list.Select(entry => entry.Name)];
        foreach (var name in names)
            if (!list.Contains(name))
                throw new VerbException($"there is no bandit '{name}'. Known: {string.Join(", ", list.Select(entry => entry.Name))}.");

        var results = new List<WorldResult>();
        using (var progress = new ProgressLine(context, "evaluate"))
        {
            var done = 0;
            foreach (var world in BanditWorld.All)
            {
                var rows = new List<(string Name, BanditOutcome Mean)>();
                foreach (var name in names)
                {
                    rows.Add((name, Mean(context, world, name, rounds, seed)));
                    progress.Report((double)++done / (BanditWorld.All.Count * names.Count));
                }
                results.Add(new(world, rows));
            }
        }
        if (json)
            context.Out.WriteLine(CliJson.Text(Json(results, seed, rounds)));
        else
            WriteText(context, results, rounds);
        return 0;
    }

    private static BanditOutcome Mean(VerbContext context, BanditWorld world, string name, long rounds, ulong seed)
    {
        double regret = 0, uniform = 0, single = 0;
        for (ulong run = 0; run < Runs; run++)
        {
            context.Cancel.ThrowIfCancellationRequested();
            var bandit = context.Catalog.Learning.Bandits[name].Create(new BanditShape(world.Arms, world.ContextLength, seed + run));
            var outcome = world.Play(bandit, rounds, seed + run);
            regret += outcome.Regret / Runs;
            uniform += outcome.UniformRegret / Runs;
            single += outcome.FixedRegret / Runs;
        }
        return new(regret, uniform, single);
    }

    private static void WriteText(VerbContext context, List<WorldResult> results, long rounds)
    {
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Regret: reward given away against the best arm of every round. {rounds:N0} rounds, mean of {Runs} runs."));
        foreach (var (world, rows) in results)
        {
            context.Out.WriteLine();
            context.Out.WriteLine($"{world.Name}: {world.Summary}");
            var table = new PlainTable(indent: 2);
            table.Add("bandit", "regret", "of random");
            table.Add("random choice", Number(rows[0].Mean.UniformRegret), Share(1, 1));
            table.Add("best single arm", Number(rows[0].Mean.FixedRegret), Share(rows[0].Mean.FixedRegret, rows[0].Mean.UniformRegret));
            foreach (var (name, mean) in rows)
                table.Add(name, Number(mean.Regret), Share(mean.Regret, mean.UniformRegret));
            table.Write(context.Out, context.Width);
        }
    }

    private static JsonObject Json(List<WorldResult> results, ulong seed, long rounds) => new()
    {
        ["seed"] = seed,
        ["rounds"] = rounds,
        ["runs"] = Runs,
        ["worlds"] = new JsonArray([.. results.Select(result => (JsonNode)new JsonObject
        {
            ["world"] = result.World.Name,
            ["summary"] = result.World.Summary,
            ["arms"] = result.World.Arms,
            ["context_length"] = result.World.ContextLength,
            ["random_regret"] = result.Rows[0].Mean.UniformRegret,
            ["best_single_arm_regret"] = result.Rows[0].Mean.FixedRegret,
            ["bandits"] = new JsonArray([.. result.Rows.Select(row => (JsonNode)new JsonObject
            {
                ["bandit"] = row.Name,
                ["regret"] = row.Mean.Regret,
                ["share_of_random"] = row.Mean.Regret / row.Mean.UniformRegret,
            })]),
        })]),
        ["version"] = RunSummary.Version,
    };

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(double part, double whole) => (100 * part / whole).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private sealed record WorldResult(BanditWorld World, List<(string Name, BanditOutcome Mean)> Rows);
}
