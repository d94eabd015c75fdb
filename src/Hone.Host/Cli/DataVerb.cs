using System.CommandLine;

namespace Hone.Host.Cli;

/// <summary>hone data: what can be done with files of bars.</summary>
internal static class DataVerb
{
    public static Command Create(VerbContext context) => new("data", "Look at files of bars.")
    {
        DataCheckVerb.Create(context),
    };
}
