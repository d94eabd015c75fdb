using Hone.Learning.Anomaly;
using Hone.Learning.Bandits;
using Hone.Learning.Calibration;
using Hone.Learning.Conformal;
using Hone.Learning.Drift;
using Hone.Learning.Neural;
using Hone.Learning.Online;
using Hone.Learning.Wrappers;

namespace Hone.Learning;

/// <summary>What a learner is built for.</summary>
/// <param name="Features">Length of the feature vector.</param>
/// <param name="Classes">Number of classes, 2 or more.</param>
/// <param name="Seed">Seed of everything random in it.</param>
/// <param name="Overlap">
/// How many consecutive examples share most of their label: the horizon of a label in bars. Above 1 the newest label says much about the
/// next one, but is not known yet when the next question is asked; a learner must not judge itself by such neighbours.
/// </param>
public readonly record struct LearnerShape(int Features, int Classes, ulong Seed, int Overlap = 1)
{
    /// <summary>How many learners stand around this one; 0 for the outermost. A learner that builds another one hands on one more.</summary>
    public int Depth { get; init; }
}

/// <summary>
/// Everything that a config can name, as one visible list. The same list feeds the product,
/// the help, the conformance tests and the benchmarks; a program adds its own entries to it.
/// </summary>
public sealed class Catalog
{
    /// <summary>Learners of class probabilities.</summary>
    public CatalogList<LearnerShape, IClassifier> Learners { get; } = new("learner");

    /// <summary>Learners of a number.</summary>
    public CatalogList<RegressorShape, IRegressor> Regressors { get; } = new("regressor");

    /// <summary>Detectors of change in a stream of losses; the context is the seed.</summary>
    public CatalogList<ulong, IDriftDetector> Detectors { get; } = new("detector");

    /// <summary>Tests whether the values of one feature are still distributed as they were; the context is the seed.</summary>
    public CatalogList<ulong, IDriftDetector> DataDrift { get; } = new("data drift test");

    /// <summary>Calibrators of a binary probability; the context is the seed.</summary>
    public CatalogList<ulong, ICalibrator> Calibrators { get; } = new("calibrator");

    /// <summary>Methods of conformal prediction; the context is the share of outcomes to cover.</summary>
    public CatalogList<double, IConformal> Conformal { get; } = new("conformal method");

    /// <summary>Bandits.</summary>
    public CatalogList<BanditShape, IBandit> Bandits { get; } = new("bandit");

    /// <summary>Detectors of feature vectors that are like no other; the classes of the shape are not used.</summary>
    public CatalogList<RegressorShape, IAnomalyDetector> Anomaly { get; } = new("anomaly detector");

    /// <summary>Everything that comes with Hone.</summary>
    public static Catalog BuiltIn()
    {
        var catalog = new Catalog();
        catalog.AddLearners();
        catalog.AddRegressors();
        catalog.AddDetectors();
        catalog.AddCalibrators();
        catalog.AddBandits();
        return catalog;
    }

    private void AddLearners()
    {
        void Add<TOptions>(string name, string summary, Func<LearnerShape, TOptions, IClassifier> build, string source = "", IReadOnlyList<string>? variants = null, int behaviour = 1)
            where TOptions : class, new()
            => Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of(name, summary, build, source, behaviour, variants: variants));

        // Baselines.
        Add<NoChangeOptions>("no-change", "Baseline: the label stays what it last was, as often as it has stayed.", (shape, options) => new NoChange(shape, options));
        Add<MajorityOptions>("majority", "Baseline: the frequency of each class so far.", (shape, options) => new Majority(shape, options));

        // Linear and neural.
        Add<LogisticRegressionOptions>("logistic-regression", "Linear log-odds by averaged and by fast gradient descent, mixed by their likelihood.",
            (shape, options) => options.Optimizer == LogisticOptimizer.Averaged ? new LogisticRegression(shape, options) : new GradientLogisticRegression(shape, options),
            "Polyak, Juditsky 1992; Herbster, Warmuth 1998",
            [
                """{"fast_rate":0}""", """{"optimizer":"sgd"}""", """{"optimizer":"adam"}""", """{"optimizer":"ada-grad"}""", """{"optimizer":"ftrl","l1":0.01}""",
                """{"optimizer":"coin-betting"}""",
            ],
            behaviour: 2);
        Add<PassiveAggressiveOptions>("passive-aggressive", "Linear separator that changes only inside its margin, with calibrated probabilities.",
            (shape, options) => PassiveAggressiveMixture.Suits(shape, options) ? new PassiveAggressiveMixture(shape, options) : new PassiveAggressive(shape, options),
            "Crammer et al. 2006; Herbster, Warmuth 1998", ["""{"variant":"pa"}""", """{"variant":"pa-ii"}""", """{"c":0.01}"""], behaviour: 2);
        Add<MlpOptions>("mlp", "Neural network of one or two hidden layers, trained example by example.",
            (shape, options) => new Mlp(shape, options), "Rumelhart, Hinton, Williams 1986");

        // Bayes and neighbours.

        // Trees.

        // Ensembles.

        // Boosting.

        // Mondrian.

        // Wrappers: learners around other learners of this catalog.
        Add<StandardScalerOptions>("standard-scaler", "Standardises the features for another learner.",
            (shape, options) => new StandardScaler(shape, options, this), "Welford 1962", ["""{"impute":true,"learner":"mlp"}"""]);
        Add<FeatureSelectionOptions>("feature-selection", "Gives another learner only the features that tell something about the label, and reviews the choice.",
            (shape, options) => new FeatureSelection(shape, options, this), "Wilks 1938", ["""{"features_max":5,"features_min":2,"review_rows":150}"""]);
        Add<CalibratedOptions>("calibrated", "Calibrates the probabilities of another learner, class by class.",
            (shape, options) => new Calibrated(shape, options, this), "Zadrozny, Elkan, KDD 2002", ["""{"learner":"mlp","calibrator_options":{"half_life":500}}"""]);
        Add<RetrainOnDriftOptions>("retrain-on-drift", "Starts another learner anew from the newest examples when its losses rise.",
            (shape, options) => new RetrainOnDrift(shape, options, this), "Gama, Medas, Castillo, Rodrigues, SBIA 2004",
            ["""{"detector":"ddm","detector_options":{"warning_deviations":0.5,"drift_deviations":1},"loss":"brier","warm_start_rows":60}"""]);
        Add<BackgroundChallengerOptions>("background-challenger", "Starts a second learner beside another one when its losses rise, which takes over when a sequential test says so.",
            (shape, options) => new BackgroundChallenger(shape, options, this), "Waudby-Smith, Ramdas, JRSS B 2024",
            ["""{"learner":"passive-aggressive","detector":"ddm","detector_options":{"warning_deviations":0.5},"loss":"brier","evidence":2,"trial_rows_max":100}"""]);
        Add<DelayedLabelsOptions>("delayed-labels", "Lets another learner learn every example only when so many further ones have come.",
            (shape, options) => new DelayedLabels(shape, options, this), "", ["""{"delay":48}"""]);
        Add<ExpertWeightingOptions>("expert-weighting", "A mixture of learners, weighted by how well each has predicted.",
            (shape, options) => new ExpertWeighting(shape, options, this), "Monteleoni, Jaakkola, NIPS 2003; Herbster, Warmuth 1998; Cesa-Bianchi, Lugosi 2006; de Rooij et al., JMLR 2014",
            ["""{"algorithm":"fixed-share"}""", """{"algorithm":"ewa","loss":"brier"}""", """{"algorithm":"hedge","learners":["logistic-regression",{"name":"majority","options":{"memory":100}}]}""", """{"algorithm":"ada-hedge"}"""]);
    }

    private void AddRegressors()
    {
        void Add<TOptions>(string name, string summary, Func<RegressorShape, TOptions, IRegressor> build, string source = "", IReadOnlyList<string>? variants = null)
            where TOptions : class, new()
            => Regressors.Add(CatalogEntry<RegressorShape, IRegressor>.Of(name, summary, build, source, variants: variants));

        // Baselines.
        Add<LastValueOptions>("last-value", "Baseline: the target stays what it last was.", (shape, _) => new LastValue(shape));
        Add<RunningMeanOptions>("running-mean", "Baseline: the mean of the targets so far.", (shape, options) => new RunningMean(shape, options), variants: ["""{"memory":100}"""]);

        // Linear and neural.
        Add<LinearRegressionOptions>("linear-regression", "Linear least squares over a fading past, exactly (rls) or by gradient steps.",
            (shape, options) => options.Optimizer == LinearOptimizer.Rls ? new RecursiveLeastSquares(shape, options) : new GradientLinearRegression(shape, options),
            "Plackett 1950",
            [
                """{"optimizer":"sgd"}""", """{"optimizer":"adam"}""", """{"optimizer":"ada-grad"}""", """{"optimizer":"ftrl","l1":0.01}""", """{"optimizer":"coin-betting"}""",
            ]);
        Add<PassiveAggressiveRegressionOptions>("passive-aggressive", "Linear regressor that changes only when it is wrong by more than epsilon.",
            (shape, options) => new PassiveAggressiveRegression(shape, options), "Crammer et al. 2006", ["""{"variant":"pa"}""", """{"variant":"pa-ii"}"""]);
        Add<MlpRegressorOptions>("mlp", "Neural network for what an exact linear regression leaves over, trained example by example.",
            (shape, options) => new MlpRegressor(shape, options), "Rumelhart, Hinton, Williams 1986", ["""{"optimizer":"adam","learning_rate":0.002}""", """{"second_hidden":8,"activation":"relu"}"""]);

        // Trees, forests and boosting.

        // Neighbours and Mondrian.

        // Wrappers: learners around other learners of this catalog.
        void AddAround<TOptions>(string name, string summary, Func<RegressorShape, TOptions, IRegressor> build, string source, IReadOnlyList<string> variants)
            where TOptions : class, new()
            => Regressors.Add(CatalogEntry<RegressorShape, IRegressor>.Of(name, summary, build, source, variants: variants));

        AddAround<StandardScalerOptions>("standard-scaler", "Standardises the features for another learner.",
            (shape, options) => new StandardScalerRegressor(shape, options, this), "Welford 1962", ["""{"impute":true}"""]);
        AddAround<FeatureSelectionOptions>("feature-selection", "Gives another learner only the features that tell something about the target, and reviews the choice.",
            (shape, options) => new FeatureSelectionRegressor(shape, options, this), "Wilks 1938", ["""{"features_max":8,"features_min":2,"review_rows":150}"""]);
        AddAround<RetrainOnDriftOptions>("retrain-on-drift", "Starts another learner anew from the newest examples when its errors rise.",
            (shape, options) => new RetrainOnDriftRegressor(shape, options, this), "Gama, Medas, Castillo, Rodrigues, SBIA 2004", ["""{"detector":"page-hinkley","warm_start_rows":200}"""]);
        AddAround<BackgroundChallengerOptions>("background-challenger", "Starts a second learner beside another one when its errors rise, which takes over when a sequential test says so.",
            (shape, options) => new BackgroundChallengerRegressor(shape, options, this), "Waudby-Smith, Ramdas, JRSS B 2024",
            ["""{"detector":"ddm","detector_options":{"warning_deviations":0.5},"evidence":2,"trial_rows_max":100}"""]);
        AddAround<DelayedLabelsOptions>("delayed-labels", "Lets another learner learn every example only when so many further ones have come.",
            (shape, options) => new DelayedLabelsRegressor(shape, options, this), "", ["""{"delay":48}"""]);
        AddAround<ExpertWeightingRegressorOptions>("expert-weighting", "A mixture of learners, weighted by how well each has predicted.",
            (shape, options) => new ExpertWeightingRegressor(shape, options, this), "Monteleoni, Jaakkola, NIPS 2003; Herbster, Warmuth 1998; Cesa-Bianchi, Lugosi 2006; de Rooij et al., JMLR 2014",
            ["""{"algorithm":"fixed-share"}""", """{"algorithm":"ewa"}""", """{"algorithm":"hedge"}""", """{"algorithm":"ada-hedge"}"""]);
    }

    private void AddDetectors()
    {
        void Add<TOptions>(string name, string summary, Func<ulong, TOptions, IDriftDetector> build, string source)
            where TOptions : class, new()
            => Detectors.Add(CatalogEntry<ulong, IDriftDetector>.Of(name, summary, build, source));

        Add<AdwinOptions>("adwin", "Keeps the longest window whose mean has not changed and reports when old values had to go.",
            (_, options) => new Adwin(options), "Bifet, Gavalda, SDM 2007");
        Add<PageHinkleyOptions>("page-hinkley", "Accumulates how far losses are above their running mean, in standard deviations.",
            (_, options) => new PageHinkley(options), "Page, Biometrika 1954; Hinkley, Biometrika 1971");
        Add<DdmOptions>("ddm", "Compares the running error rate with the lowest it has been.",
            (_, options) => new Ddm(options), "Gama, Medas, Castillo, Rodrigues, SBIA 2004");

        // Data drift.
    }

    private void AddCalibrators()
    {
        void Add<TOptions>(string name, string summary, Func<ulong, TOptions, ICalibrator> build, string source)
            where TOptions : class, new()
            => Calibrators.Add(CatalogEntry<ulong, ICalibrator>.Of(name, summary, build, source));

        Add<PlattCalibratorOptions>("platt", "Slope and shift on the logit scale, learned online and held at the identity until outcomes say otherwise.",
            (_, options) => new PlattCalibrator(options), "Platt 1999");
        Add<IdentityCalibratorOptions>("identity", "Leaves probabilities as they are.", (_, _) => new IdentityCalibrator(), "");

        // Conformal methods.
    }

    private void AddBandits()
    {
        // Bandits.

        // Anomaly detectors.
    }
}
