using Hone.Host.Configuration;
using Hone.Host.Runs;

namespace Hone.Host.Cli;

/// <summary>What `hone run` does once its options are read: feeds, the loop, results, files, the summary.</summary>
internal sealed class RunProgram(VerbContext context, HoneConfig config, RunArguments arguments, bool json)
{
    public int Execute() => throw new VerbException($"{context} {config} {arguments} {json}");
}
