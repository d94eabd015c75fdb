using Hone.Learning.Drift;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Drift;

/// <summary>
/// What every detector and data drift test does on one fixed stream, to the bit: levels, statistics and thresholds after every value, and the state at the end. A difference means another behaviour:
/// raise the entry's Behaviour number and put the new hash here.
/// </summary>
public sealed class DetectorGoldens
{
    private static readonly Dictionary<string, string> Hashes = new()
    {
        ["adwin"] = "b3fbc54eb7d38f7751f3874f1265ed64",
        ["cusum"] = "f31624a6402f508cae9c96529e6db4cf",
        ["ddm"] = "e4f3499d58ce667f80d8c72ef0fe216b",
        ["ecdd"] = "764424134cf7cd13ec5f115455261a1a",
        ["eddm"] = "e340d7899ba04a6305f470194febca95",
        ["hddm-a"] = "2744ea6624f70fcc133b99684f255b62",
        ["hddm-w"] = "1b774f155ec58e7d5f512060bacb5192",
        ["jensen-shannon"] = "ca373a1a33d49eb0e6ce793bfffe7178",
        ["kolmogorov-smirnov"] = "ff954fa0d66dd9432e486da78cddf3dd",
        ["kswin"] = "4d8275ab1d5f1fb23a726f92248af08e",
        ["page-hinkley"] = "94e3cc4ddde3ad973071b2925fc32f54",
        ["psi"] = "519bb9624ab7d96e55e7079dff6d1320",
        ["rddm"] = "6bef8376dcb68bcaa3207293aaef9944",
        ["stepd"] = "9011a11193771b8fb774d422d60314cc",
        ["wasserstein"] = "fa6003dfe083a63181601827e91d58eb",
    };

    public static TheoryData<string> Names => [.. Catalog.BuiltIn().Detectors.Select(d => d.Name), .. Catalog.BuiltIn().DataDrift.Select(d => d.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_detector_does_to_the_bit_what_it_did(string name)
    {
        var catalog = Catalog.BuiltIn();
        var isData = catalog.DataDrift.Contains(name);
        var detector = isData ? catalog.DataDrift[name].Create(7) : catalog.Detectors[name].Create(7);
        var chain = new HashChain();
        var random = new Rng(13, "goldens");
        for (var i = 0; i < 12_000; i++)
        {
            var raised = i / 3_000 % 2 == 1;
            var value = isData ? random.NextGaussian() + (raised ? 1 : 0) : random.NextDouble() < (raised ? 0.5 : 0.15) ? 1 : i % 5 == 0 ? 0.1 : 0;
            chain.Add((long)detector.Update(value));
            chain.Add(detector.Statistic);
            chain.Add(detector.Threshold);
        }
        var hash = $"{chain.ToString()[..16]}{StateHash.Of(detector)[..16]}";
        Assert.True(Hashes.TryGetValue(name, out var golden) && golden == hash, $"[\"{name}\"] = \"{hash}\",");
    }
}
