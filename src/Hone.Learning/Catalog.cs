using Hone.Learning.Anomaly;
using Hone.Learning.Bandits;
using Hone.Learning.Boosting;
using Hone.Learning.Calibration;
using Hone.Learning.Conformal;
using Hone.Learning.Drift;
using Hone.Learning.Ensembles;
using Hone.Learning.Neural;
using Hone.Learning.Online;
using Hone.Learning.Trees;
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

    /// <summary>
    /// Further questions that are asked before an answer is known, where that is known before; 0: none. What a learner would say at the moment at which it
    /// learns an answer is then no honest judge of it: it knows the answers to the neighbours by then.
    /// </summary>
    public int Delay { get; init; }
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
        Add<AlmaOptions>("alma", "Approximation of the linear separator with the largest margin, with calibrated probabilities.",
            (shape, options) => new Alma(shape, options), "Gentile 2001");
        Add<MlpOptions>("mlp", "Neural network of one or two hidden layers, trained example by example.",
            (shape, options) => new Mlp(shape, options), "Rumelhart, Hinton, Williams 1986");

        // Bayes and neighbours.
        Add<GaussianNaiveBayesOptions>("naive-bayes", "Bayes' rule with one Gaussian per class and feature, features taken as independent within a class.",
            (shape, options) => new GaussianNaiveBayes(shape, options), "Hand, Yu 2001", ["""{"memory":1000}""", """{"shrinkage":0}"""]);
        Add<NearestNeighboursOptions>("knn", "The labels of the nearest among the latest rows, by distance in standard deviations.",
            (shape, options) => new NearestNeighbours(shape, options), "Fix, Hodges 1951; Dudani 1976", ["""{"window_rows":100,"neighbours":1}""", """{"vote":"uniform","neighbours":9}"""]);

        // Trees.
        Add<HoeffdingTreeOptions>("hoeffding-tree", "Decision tree that grows from a stream: it splits a leaf once the best feature is beyond doubt.",
            (shape, options) => new HoeffdingTree(shape, options), "Domingos, Hulten 2000", ["""{"leaf_prediction":"nb","grace_period":50,"delta":0.01}""", """{"grace_period":50,"delta":0.01,"leaves_max":5}"""]);
        Add<HoeffdingAdaptiveTreeOptions>("hoeffding-adaptive-tree", "Hoeffding tree that watches the error of every node and replaces subtrees that have become wrong.",
            (shape, options) => new HoeffdingAdaptiveTree(shape, options), "Bifet, Gavalda 2009",
            ["""{"bootstrap":true,"grace_period":20,"delta":0.1,"drift_delta":0.1,"switch_after":30}"""]);
        Add<ExtremelyFastDecisionTreeOptions>("extremely-fast-decision-tree", "Decision tree that splits as soon as that is better than not splitting, and corrects splits later.",
            (shape, options) => new ExtremelyFastDecisionTree(shape, options), "Manapragada, Webb, Salehi 2018", ["""{"grace_period":20,"delta":0.1,"leaf_prediction":"nb"}"""]);

        // Ensembles.
        Add<AdaptiveRandomForestOptions>("adaptive-random-forest", "Trees that look at a random few features in each leaf and are replaced, one by one, when they drift.",
            TreeEnsemble.AdaptiveRandomForest, "Gomes et al., Machine Learning 106, 2017", ["""{"members":5,"features_per_leaf":8,"leaf_prediction":"nb","leaves_max":6}"""]);
        Add<StreamingRandomPatchesOptions>("streaming-random-patches", "Trees that each look at a random part of the features and are replaced when they drift.",
            TreeEnsemble.StreamingRandomPatches, "Gomes, Read, Bifet, ICDM 2019");
        Add<LeveragingBaggingOptions>("leveraging-bagging", "Trees that learn each example about six times; when one has drifted the worst is replaced.",
            TreeEnsemble.LeveragingBagging, "Bifet, Holmes, Pfahringer, ECML PKDD 2010", ["""{"members":3,"drift_delta":0.5,"leaves_max":6}"""]);
        Add<AdwinBaggingOptions>("adwin-bagging", "Trees that learn each example about once; when one has drifted the worst is replaced.",
            TreeEnsemble.AdwinBagging, "Oza, Russell 2001; Bifet et al., KDD 2009");
        Add<OnlineAdaBoostOptions>("online-adaboost", "Trees one after the other: what one gets wrong, the next learns more often.",
            (shape, options) => new OnlineAdaBoost(shape, options), "Oza, Russell, AISTATS 2001");

        // Boosting.
        Add<StreamingGradientBoostingOptions>("streaming-gradient-boosting", "Regression trees that each learn the gradient which the trees before leave over.",
            (shape, options) => new StreamingGradientBoosting(shape, options), "Gunasekara, Pfahringer, Gomes, Bifet, Machine Learning 2024", ["""{"members":5,"leaves_max":4,"lifetime":500}""", """{"members":10,"fast_memory":0,"split_confidence":0.05}"""]);

        // Mondrian.
        Add<MondrianForestOptions>("mondrian-forest", "Trees that split at random where data is, and answer with all their prunings, weighted by how well those foretold the past.",
            (shape, options) => new MondrianForest(shape, options), "Mourtada, Gaïffas, Scornet 2021", ["""{"members":7,"nodes_max":801}""", """{"step":0.5,"dirichlet":0.1}"""]);

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
            ["""{"algorithm":"fixed-share","learners":["passive-aggressive","mlp"]}""", """{"algorithm":"ewa","loss":"brier","learners":["passive-aggressive","mlp"]}""", """{"algorithm":"hedge","learners":["logistic-regression",{"name":"majority","options":{"memory":100}}]}""", """{"algorithm":"ada-hedge","learners":["logistic-regression","naive-bayes"]}"""]);
    }

    private void AddRegressors()
    {
        void Add<TOptions>(string name, string summary, Func<RegressorShape, TOptions, IRegressor> build, string source = "", IReadOnlyList<string>? variants = null, int behaviour = 1)
            where TOptions : class, new()
            => Regressors.Add(CatalogEntry<RegressorShape, IRegressor>.Of(name, summary, build, source, behaviour, variants: variants));

        // Baselines.
        Add<LastValueOptions>("last-value", "Baseline: the target stays what it last was.", (shape, _) => new LastValue(shape));
        Add<RunningMeanOptions>("running-mean", "Baseline: the mean of the targets so far.", (shape, options) => new RunningMean(shape, options));

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
        Add<HoeffdingTreeRegressorOptions>("hoeffding-tree", "Regression tree that splits once the Hoeffding bound says so, with a mean or a linear model in its leaves.",
            (shape, options) => new HoeffdingTreeRegressor(shape, options), "Ikonomovska, Gama, Džeroski, DMKD 2011", ["""{"leaf":"mean"}""", """{"leaf":"linear"}"""]);
        Add<HoeffdingAdaptiveTreeRegressorOptions>("hoeffding-adaptive-tree", "Regression tree that forgets and takes branches back which the world has left behind.",
            (shape, options) => new HoeffdingTreeRegressor(shape, options), "Ikonomovska, Gama, Džeroski, DMKD 2011");
        Add<AdaptiveRandomForestRegressorOptions>("adaptive-random-forest", "Forest of regression trees in which a tree whose errors rise is replaced.",
            (shape, options) => new AdaptiveRandomForestRegressor(shape, options), "Gomes, Barddal, Boiko Ferreira, Bifet, ESANN 2018", ["""{"leaf":"mean"}"""]);
        Add<StreamingGradientBoostingOptions>("streaming-gradient-boosting", "Regression trees that each learn what the trees before leave over.",
            (shape, options) => new StreamingGradientBoostingRegressor(shape, options), "Gunasekara, Pfahringer, Gomes, Bifet, Machine Learning 2024", ["""{"fast_memory":0}"""]);

        // Neighbours and Mondrian.
        Add<NearestNeighboursOptions>("knn", "The mean target of the nearest among the latest rows, by distance in standard deviations.",
            (shape, options) => new NearestNeighboursRegressor(shape, options), "Fix, Hodges 1951; Dudani 1976", ["""{"window_rows":100,"vote":"uniform"}"""]);
        Add<MondrianForestRegressorOptions>("mondrian-forest", "Means of trees that split at random where data is, and of all their prunings, weighted by how well those foretold the past.",
            (shape, options) => new MondrianForestRegressor(shape, options), "Mourtada, Gaïffas, Scornet 2021", ["""{"members":5,"nodes_max":801,"memory":0}"""]);

        // Wrappers: learners around other learners of this catalog.
        Add<StandardScalerOptions>("standard-scaler", "Standardises the features for another learner.",
            (shape, options) => new StandardScalerRegressor(shape, options, this), "Welford 1962", ["""{"impute":true}"""]);
        Add<FeatureSelectionOptions>("feature-selection", "Gives another learner only the features that tell something about the target, and reviews the choice.",
            (shape, options) => new FeatureSelectionRegressor(shape, options, this), "Wilks 1938", ["""{"features_max":8,"features_min":2,"review_rows":150}"""]);
        Add<RetrainOnDriftOptions>("retrain-on-drift", "Starts another learner anew from the newest examples when its errors rise.",
            (shape, options) => new RetrainOnDriftRegressor(shape, options, this), "Gama, Medas, Castillo, Rodrigues, SBIA 2004", ["""{"detector":"page-hinkley","warm_start_rows":200}"""]);
        Add<BackgroundChallengerOptions>("background-challenger", "Starts a second learner beside another one when its errors rise, which takes over when a sequential test says so.",
            (shape, options) => new BackgroundChallengerRegressor(shape, options, this), "Waudby-Smith, Ramdas, JRSS B 2024",
            ["""{"detector":"ddm","detector_options":{"warning_deviations":0.5},"evidence":2,"trial_rows_max":100}"""]);
        Add<DelayedLabelsOptions>("delayed-labels", "Lets another learner learn every example only when so many further ones have come.",
            (shape, options) => new DelayedLabelsRegressor(shape, options, this), "", ["""{"delay":48}"""]);
        Add<ExpertWeightingRegressorOptions>("expert-weighting", "A mixture of learners, weighted by how well each has predicted.",
            (shape, options) => new ExpertWeightingRegressor(shape, options, this), "Monteleoni, Jaakkola, NIPS 2003; Herbster, Warmuth 1998; Cesa-Bianchi, Lugosi 2006; de Rooij et al., JMLR 2014",
            ["""{"algorithm":"fixed-share","learners":["linear-regression","mlp"]}""", """{"algorithm":"ewa","learners":["linear-regression","mlp"]}""", """{"algorithm":"hedge","learners":["linear-regression","mlp"]}""", """{"algorithm":"ada-hedge","learners":["linear-regression","mlp"]}"""]);
    }

    private void AddDetectors()
    {
        void Add<TOptions>(string name, string summary, Func<ulong, TOptions, IDriftDetector> build, string source, IReadOnlyList<string>? variants = null)
            where TOptions : class, new()
            => Detectors.Add(CatalogEntry<ulong, IDriftDetector>.Of(name, summary, build, source, variants: variants));

        Add<AdwinOptions>("adwin", "Keeps the longest window whose mean has not changed and reports when old values had to go.",
            (_, options) => new Adwin(options), "Bifet, Gavalda, SDM 2007");
        Add<PageHinkleyOptions>("page-hinkley", "Accumulates how far losses are above their running mean, in standard deviations.",
            (_, options) => new PageHinkley(options), "Page, Biometrika 1954; Hinkley, Biometrika 1971");
        Add<DdmOptions>("ddm", "Compares the running error rate with the lowest it has been.",
            (_, options) => new Ddm(options), "Gama, Medas, Castillo, Rodrigues, SBIA 2004");
        Add<CusumOptions>("cusum", "Accumulates how far each loss is above the mean of those before it, in standard deviations.",
            (_, options) => new Cusum(options), "Page, Biometrika 1954; Hawkins, The Statistician 1987", ["""{"scaled":false,"delta":0.005,"lambda":50}"""]);
        Add<EddmOptions>("eddm", "Watches whether the distances between errors become shorter than they have been.",
            (_, options) => new Eddm(options), "Baena-Garcia et al., IWKDDS 2006", ["""{"rule":"ratio"}"""]);
        Add<HddmAOptions>("hddm-a", "Compares the running error rate with the part where its Hoeffding bound was lowest.",
            (_, options) => new HddmA(options), "Frias-Blanco et al., IEEE TKDE 2015", ["""{"alpha":0.001,"warning_alpha":0.005}"""]);
        Add<HddmWOptions>("hddm-w", "Compares weighted averages before and after the cut where the McDiarmid bound was lowest.",
            (_, options) => new HddmW(options), "Frias-Blanco et al., IEEE TKDE 2015", ["""{"alpha":0.001,"warning_alpha":0.005,"lambda":0.05}"""]);
        Add<RddmOptions>("rddm", "DDM that shortens long concepts and goes on after drift with the losses since the warning.",
            (_, options) => new Rddm(options), "Barros et al., Expert Systems with Applications 2017", ["""{"warning_deviations":1.773,"drift_deviations":2.258,"warning_max":1400}"""]);
        Add<KswinOptions>("kswin", "Compares the distribution of the newest values with that of the older ones in a sliding window.",
            (_, options) => new Kswin(options), "Raab, Heusinger, Schleif, Neurocomputing 2020", ["""{"window":100,"recent":30,"alpha":0.005,"warning_alpha":0.05,"direction":"both"}"""]);
        Add<StepdOptions>("stepd", "Compares the error rate of the newest losses with that of all before them.",
            (_, options) => new Stepd(options), "Nishida, Yamauchi, Discovery Science 2007", ["""{"window":30,"alpha":0.003,"warning_alpha":0.05}"""]);
        Add<EcddOptions>("ecdd", "Chart of the exponentially weighted error rate with a limit that depends on the rate.",
            (_, options) => new Ecdd(options), "Ross, Adams, Tasoulis, Hand, Pattern Recognition Letters 2012", ["""{"lambda":0.2,"min":30,"alpha":0.001,"warning_alpha":0.01}"""]);

        // Data drift.
        void AddData<TOptions>(string name, string summary, Func<TOptions, ulong, IDriftDetector> build, string source)
            where TOptions : class, new()
            => DataDrift.Add(CatalogEntry<ulong, IDriftDetector>.Of<TOptions>(name, summary, (seed, options) => build(options, seed), source, variants: ["""{"confirm":false,"after_drift":"keep"}"""]));

        AddData<PsiOptions>("psi", "Population stability index of a feature's last window, against what blocks of its reference have.", WindowTest.Psi, "Kunsch, Annals of Statistics 1989");
        AddData<KolmogorovSmirnovOptions>("kolmogorov-smirnov", "Largest difference of the distribution functions of a feature's last window and its reference.", WindowTest.KolmogorovSmirnov, "Smirnov 1939; Kunsch, Annals of Statistics 1989");
        AddData<JensenShannonOptions>("jensen-shannon", "Jensen-Shannon divergence of a feature's last window from its reference, in nats.", WindowTest.JensenShannon, "Lin, IEEE Transactions on Information Theory 1991");
        AddData<WassersteinOptions>("wasserstein", "How far the values of a feature's last window must be moved on average to look like its reference.", WindowTest.Wasserstein, "Vallender, Theory of Probability 1973");
    }

    private void AddCalibrators()
    {
        void Add<TOptions>(string name, string summary, Func<ulong, TOptions, ICalibrator> build, string source)
            where TOptions : class, new()
            => Calibrators.Add(CatalogEntry<ulong, ICalibrator>.Of(name, summary, build, source));

        Add<PlattCalibratorOptions>("platt", "Slope and shift on the logit scale, learned online and held at the identity until outcomes say otherwise.",
            (_, options) => new PlattCalibrator(options), "Platt 1999");
        Add<BetaCalibratorOptions>("beta", "Platt's map with a slope of its own towards 0 and towards 1, learned online and held at the identity until outcomes say otherwise.",
            (_, options) => new BetaCalibrator(options), "Kull, Silva Filho, Flach 2017");
        Add<TemperatureCalibratorOptions>("temperature", "One slope on the logit scale: corrects confidence and leaves one half at one half.",
            (_, options) => new TemperatureCalibrator(options), "Guo, Pleiss, Sun, Weinberger 2017");
        Add<IsotonicCalibratorOptions>("isotonic", "The rising map that fits best, whatever its shape; needs more outcomes than the others.",
            (_, options) => new IsotonicCalibrator(options), "Zadrozny, Elkan 2002; Oron, Flournoy 2017");
        Add<IdentityCalibratorOptions>("identity", "Leaves probabilities as they are.", (_, _) => new IdentityCalibrator(), "");

        // Conformal methods.
        Conformal.Add(CatalogEntry<double, IConformal>.Of<AdaptiveConformalOptions>("adaptive-conformal",
            "A quantile of the last scores, corrected by every outcome, so that the share covered is right in the long run whatever changes.",
            (coverage, options) => new AdaptiveConformal(coverage, options), "Gibbs, Candès 2021", variants: ["""{"gamma":0,"window":100}"""]));
        Conformal.Add(CatalogEntry<double, IConformal>.Of<DynamicallyTunedConformalOptions>("dynamically-tuned-conformal",
            "Eight adaptive-conformal with slow to fast correction, weighted by how well each did lately.",
            (coverage, options) => new DynamicallyTunedConformal(coverage, options), "Gibbs, Candès 2024", variants: ["""{"window":250,"interval":100}"""]));
    }

    private void AddBandits()
    {
        void Bandit<TOptions>(string name, string summary, Func<BanditShape, TOptions, IBandit> build, string source, IReadOnlyList<string>? variants = null)
            where TOptions : class, new()
            => Bandits.Add(CatalogEntry<BanditShape, IBandit>.Of(name, summary, build, source, variants: variants));

        // Bandits.
        Bandit<EpsilonGreedyOptions>("epsilon-greedy", "Mostly the arm with the best mean, sometimes any.",
            (shape, options) => new EpsilonGreedy(shape, options), "Sutton, Barto 1998", ["""{"epsilon":0.5,"decay_rewards":200,"epsilon_min":0.01}"""]);
        Bandit<Ucb1Options>("ucb1", "The arm whose mean could be the highest, by a bound that holds for any rewards from 0 to 1.",
            (shape, options) => new Ucb1(shape, options), "Auer, Cesa-Bianchi, Fischer 2002", ["""{"exploration":0.5}"""]);
        Bandit<KlUcbOptions>("kl-ucb", "The arm whose mean could be the highest, by the relative entropy of 0/1 rewards.",
            (shape, options) => new KlUcb(shape, options), "Garivier, Cappé 2011", ["""{"log_log_factor":3}"""]);
        Bandit<ThompsonBetaOptions>("thompson-beta", "Draws each arm's mean from its beta posterior and takes the highest.",
            (shape, options) => new ThompsonBeta(shape, options), "Thompson 1933; Agrawal, Goyal 2012");
        Bandit<ThompsonGaussianOptions>("thompson-gaussian", "Draws each arm's mean from a normal posterior and takes the highest; for rewards that are not just 0 and 1.",
            (shape, options) => new ThompsonGaussian(shape, options), "Agrawal, Goyal 2013", ["""{"variance":0.25}"""]);
        Bandit<ThompsonDiscountedOptions>("thompson-discounted", "Thompson sampling that forgets, for arms that change.",
            (shape, options) => new ThompsonBeta(shape, options), "Raj, Kalyani 2017");
        Bandit<Exp3Options>("exp3", "Exponential weights on importance-weighted rewards; assumes nothing about where rewards come from.",
            (shape, options) => new Exp3(shape, options), "Auer, Cesa-Bianchi, Freund, Schapire 2002", ["""{"share":0}"""]);
        Bandit<LinUcbOptions>("lin-ucb", "The arm whose reward, linear in the context, could be the highest.",
            (shape, options) => new LinUcb(shape, options), "Li, Chu, Langford, Schapire 2010");

        // Anomaly detectors.
        Anomaly.Add(CatalogEntry<RegressorShape, IAnomalyDetector>.Of<HalfSpaceTreesOptions>("half-space-trees", "Trees that halve the space at random count the rows of the latest window; anomalies are where it was thin.",
            (shape, options) => new HalfSpaceTrees(shape, options), "Tan, Ting, Liu 2011", variants: ["""{"members":5,"height":15,"window_rows":100}"""]));
    }
}
