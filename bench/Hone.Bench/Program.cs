using Hone.Bench;
using Hone.Bench.Kills;

// Each benchmark prints a table in Markdown; bench/results/ holds what it printed, by machine.
return args switch
{
    ["loop", .. var rest] => LoopBench.Run(rest),
    ["parts", ..] => PartsBench.Run(),
    ["drift", .. var rest] => DriftBench.Run(rest),
    ["noise", .. var rest] => NoiseBench.Run(rest),
    ["stream", .. var rest] => StreamBench.Run(rest),
    ["detectors", .. var rest] => DetectorBench.Run(rest),
    ["regression", .. var rest] => RegressionBench.Run(rest),
    ["journal", .. var rest] => JournalBench.Run(rest),
    ["kill", .. var rest] => KillBench.Run(rest),
    ["kill-child", var store, var home, var how] => KillChild.Run(store, home, how == "early").GetAwaiter().GetResult(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("bench: dotnet run -c Release --project bench/Hone.Bench -- loop | parts | drift | noise | stream | detectors | regression | journal [--store sqlite] [--callers 64] [--seconds 5] | kill [--store sqlite] [--kills 100] [--seed 1]");
    return 2;
}
