using Hone.Learning.Calibration;
using Hone.Learning.Drift;
using Hone.Learning.Neural;
using Hone.Learning.Online;

namespace Hone.Learning;

/// <summary>What a learner is built for.</summary>
/// <param name="Features">Length of the feature vector.</param>
/// <param name="Classes">Number of classes, 2 or more.</param>
/// <param name="Seed">Seed of everything random in it.</param>
/// <param name="Overlap">
/// How many consecutive examples share most of their label: the horizon of a label in bars. Above 1 the newest label says much about the
/// next one, but is not known yet when the next question is asked; a learner must not judge itself by such neighbours.
/// </param>
public readonly record struct LearnerShape(int Features, int Classes, ulong Seed, int Overlap = 1);

/// <summary>
/// Every learner, detector and calibrator that a config can name, as one visible list. The same list feeds the product,
/// the help, the conformance tests and the benchmarks; a program adds its own entries to it.
/// </summary>
public sealed class Catalog
{
    /// <summary>Learners of class probabilities.</summary>
    public CatalogList<LearnerShape, IClassifier> Learners { get; } = new("learner");

    /// <summary>Detectors of change in a stream of losses; the context is the seed.</summary>
    public CatalogList<ulong, IDriftDetector> Detectors { get; } = new("detector");

    /// <summary>Calibrators of a binary probability; the context is the seed.</summary>
    public CatalogList<ulong, ICalibrator> Calibrators { get; } = new("calibrator");

    /// <summary>Everything that comes with Hone.</summary>
    public static Catalog BuiltIn() => new()
    {
        Learners =
        {
            CatalogEntry<LearnerShape, IClassifier>.Of<NoChangeOptions>(
                "no-change", "Baseline: the label stays what it last was, as often as it has stayed.", (shape, options) => new NoChange(shape, options)),
            CatalogEntry<LearnerShape, IClassifier>.Of<MajorityOptions>(
                "majority", "Baseline: the frequency of each class so far.", (shape, options) => new Majority(shape, options)),
            CatalogEntry<LearnerShape, IClassifier>.Of<LogisticRegressionOptions>(
                "logistic-regression", "Linear log-odds by averaged and by fast gradient descent, mixed by their likelihood.",
                (shape, options) => new LogisticRegression(shape, options), "Polyak, Juditsky 1992; Herbster, Warmuth 1998"),
            CatalogEntry<LearnerShape, IClassifier>.Of<PassiveAggressiveOptions>(
                "passive-aggressive", "Linear separator that changes only inside its margin, with calibrated probabilities.",
                (shape, options) => new PassiveAggressive(shape, options), "Crammer et al. 2006"),
            CatalogEntry<LearnerShape, IClassifier>.Of<MlpOptions>(
                "mlp", "Neural network of one or two hidden layers, trained example by example.",
                (shape, options) => new Mlp(shape, options), "Rumelhart, Hinton, Williams 1986"),
        },
        Detectors =
        {
            CatalogEntry<ulong, IDriftDetector>.Of<AdwinOptions>("adwin", "Keeps the longest window whose mean has not changed and reports when old values had to go.",
                (_, options) => new Adwin(options), "Bifet, Gavalda, SDM 2007"),
            CatalogEntry<ulong, IDriftDetector>.Of<PageHinkleyOptions>("page-hinkley", "Accumulates how far losses are above their running mean, in standard deviations.",
                (_, options) => new PageHinkley(options), "Page, Biometrika 1954; Hinkley, Biometrika 1971"),
            CatalogEntry<ulong, IDriftDetector>.Of<DdmOptions>("ddm", "Compares the running error rate with the lowest it has been.",
                (_, options) => new Ddm(options), "Gama, Medas, Castillo, Rodrigues, SBIA 2004"),
        },
        Calibrators =
        {
            CatalogEntry<ulong, ICalibrator>.Of<PlattCalibratorOptions>("platt", "Slope and shift on the logit scale, learned online and held at the identity until outcomes say otherwise.",
                (_, options) => new PlattCalibrator(options), "Platt 1999"),
            CatalogEntry<ulong, ICalibrator>.Of<IdentityCalibratorOptions>("identity", "Leaves probabilities as they are.",
                (_, options) => new IdentityCalibrator()),
        },
    };
}
