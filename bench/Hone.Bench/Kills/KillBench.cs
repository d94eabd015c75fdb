using System.Globalization;

namespace Hone.Bench.Kills;

/// <summary>kill --store sqlite|postgres://… --kills N [--seed S] [--early]: kills a serving process again and again.</summary>
internal static class KillBench
{
    public static int Run(string[] arguments)
    {
        var (store, kills, seed, early) = ("sqlite", 25, 1, false);
        for (var i = 0; i < arguments.Length; i++)
            switch (arguments[i])
            {
                case "--store":
                    store = arguments[++i];
                    break;
                case "--kills":
                    kills = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
                    break;
                case "--seed":
                    seed = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
                    break;
                case "--early":
                    early = true;
                    break;
                default:
                    Console.Error.WriteLine($"kill: '{arguments[i]}' is no option; there are --store, --kills, --seed and --early (the negative control).");
                    return 2;
            }
        var home = Directory.CreateTempSubdirectory("hone-kill-");
        try
        {
            var result = KillRun.Go(store, home.FullName, kills, seed, early).GetAwaiter().GetResult();
            Console.WriteLine("| kills | predictions acknowledged | outcomes acknowledged | lost | learned twice | contradictions | seconds |");
            Console.WriteLine("|--:|--:|--:|--:|--:|--:|--:|");
            Console.WriteLine(FormattableString.Invariant($"| {result.Kills} | {result.Asked} | {result.Acknowledged} | {result.Lost} | {result.Duplicates} | {result.Problems.Count} | {result.Seconds:0} |"));
            foreach (var problem in result.Problems)
                Console.Error.WriteLine(problem);
            return result.Holds ? 0 : 1;
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
