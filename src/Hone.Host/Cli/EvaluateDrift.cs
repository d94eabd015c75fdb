namespace Hone.Host.Cli;

/// <summary>hone evaluate --drift: how fast and how falsely detectors of change alarm.</summary>
internal static class EvaluateDrift
{
    /// <summary>Scores the detectors on generated streams.</summary>
    public static int Run(VerbContext context, ulong seed, IReadOnlyList<string>? detectors, long? limit, bool json)
        => throw new VerbException("this build has no generated streams of drift.", 1);
}
