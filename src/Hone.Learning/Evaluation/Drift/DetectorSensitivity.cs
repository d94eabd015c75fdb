using System.Globalization;
using System.Text.Json;
using Hone.Learning.Drift;
using Hone.Learning.Numerics;

namespace Hone.Learning.Evaluation;

/// <summary>The option by which a detector is made more or less sensitive, so that detectors can be compared at the same rate of false alarms.</summary>
public sealed class DetectorSensitivity
{
    private const int Steps = 12;
    private readonly string _format;
    private readonly double _loose;
    private readonly double _strict;

    private DetectorSensitivity(string detector, string option, double loose, double strict, string format)
        => (Detector, Option, _loose, _strict, _format) = (detector, option, loose, strict, format);

    /// <summary>Name of the detector in the catalog.</summary>
    public string Detector { get; }

    /// <summary>Name of the option.</summary>
    public string Option { get; }

    /// <summary>The detectors that come with Hone. Warnings are put on the alarm, because they must not come after it.</summary>
    public static IReadOnlyList<DetectorSensitivity> All { get; } =
    [
        new("adwin", "delta", 0.5, 1e-12, """{"delta":#,"warning_delta":#}"""),
        new("page-hinkley", "lambda", 1, 1_000, """{"lambda":#}"""),
        new("ddm", "drift_deviations", 0.5, 50, """{"drift_deviations":#,"warning_deviations":#}"""),
        new("cusum", "lambda", 1, 1_000, """{"lambda":#}"""),
        new("eddm", "drift_deviations", 0.5, 50, """{"drift_deviations":#,"warning_deviations":#}"""),
        new("hddm-a", "alpha", 0.5, 1e-15, """{"alpha":#,"warning_alpha":#}"""),
        new("hddm-w", "alpha", 0.5, 1e-15, """{"alpha":#,"warning_alpha":#}"""),
        new("rddm", "drift_deviations", 0.5, 50, """{"drift_deviations":#,"warning_deviations":#}"""),
        new("kswin", "alpha", 0.5, 1e-15, """{"alpha":#,"warning_alpha":#}"""),
        new("stepd", "alpha", 0.5, 1e-15, """{"alpha":#,"warning_alpha":#}"""),
        new("ecdd", "alpha", 0.5, 1e-15, """{"alpha":#,"warning_alpha":#}"""),
    ];

    /// <summary>The sensitivity of a detector; null where none is known.</summary>
    public static DetectorSensitivity? Of(string detector) => All.FirstOrDefault(s => s.Detector == detector);

    /// <summary>The options for a value of the option.</summary>
    public JsonElement Options(double value) => JsonElement.Parse(_format.Replace("#", value.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>
    /// The value of the option at which quiet streams have a given rate of false alarms, by halving on a logarithmic scale: the most sensitive one found that stays within it.
    /// </summary>
    /// <param name="entry">The detector.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="quiet">Streams of losses without a change.</param>
    /// <param name="alarmsMax">False alarms allowed in all of them together.</param>
    /// <returns>The value, and the false alarms at it.</returns>
    public (double Value, long Alarms) Calibrate(CatalogEntry<ulong, IDriftDetector> entry, ulong seed, IReadOnlyList<double[]> quiet, long alarmsMax)
    {
        double loose = Elementary.Log(_loose), strict = Elementary.Log(_strict);
        var best = (Value: _strict, Alarms: Count(entry, seed, quiet, _strict));
        for (var step = 0; step < Steps; step++)
        {
            var middle = 0.5 * (loose + strict);
            var value = Math.Clamp(Elementary.Exp(middle), Math.Min(_loose, _strict), Math.Max(_loose, _strict));
            var alarms = Count(entry, seed, quiet, value);
            if (alarms <= alarmsMax)
            {
                strict = middle;
                best = (value, alarms);
            }
            else
            {
                loose = middle;
            }
        }
        return best;
    }

    private long Count(CatalogEntry<ulong, IDriftDetector> entry, ulong seed, IReadOnlyList<double[]> quiet, double value)
    {
        long alarms = 0;
        foreach (var losses in quiet)
        {
            var detector = entry.Create(seed, Options(value));
            foreach (var loss in losses)
                alarms += detector.Update(loss) == DriftLevel.Drift ? 1 : 0;
        }
        return alarms;
    }
}
