using System.Runtime.InteropServices;
using System.Text;
using Hone.Learning.State;

namespace Hone.Trading.Live;

/// <summary>What must be equal for two builds to compute the same bits from the same journal.</summary>
public static class EngineFingerprint
{
    /// <summary>Raised whenever the learning session or the trading loop computes something else from the same inputs.</summary>
    public const int LoopBehaviour = 1;

    /// <summary>The fingerprint of this process: behaviour numbers of the whole catalog, system and architecture.</summary>
    public static string Of(TradingCatalog catalog)
    {
        var text = new StringBuilder().Append("loop ").Append(LoopBehaviour);
        foreach (var learner in catalog.Learning.Learners)
            text.Append(';').Append(learner.Name).Append(' ').Append(learner.Behaviour);
        foreach (var detector in catalog.Learning.Detectors)
            text.Append(';').Append(detector.Name).Append(' ').Append(detector.Behaviour);
        foreach (var calibrator in catalog.Learning.Calibrators)
            text.Append(';').Append(calibrator.Name).Append(' ').Append(calibrator.Behaviour);
        var behaviour = StateHash.Of(Encoding.UTF8.GetBytes(text.ToString()))[..12];
        // Other systems and architectures were never compared with this one.
        return $"{behaviour}-{(OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsWindows() ? "windows" : "other")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
