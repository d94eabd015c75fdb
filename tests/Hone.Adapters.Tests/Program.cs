using Hone.Adapters.Tests.Journals.Faults;

namespace Hone.Adapters.Tests;

/// <summary>Runs the tests; or, called by one of them, is the process whose system calls fail.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is [JournalChild.Argument, .. var rest])
            return await JournalChild.Run(rest);
        return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }
}
