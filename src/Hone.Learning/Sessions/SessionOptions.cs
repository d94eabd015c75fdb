using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hone.Learning.Sessions;

/// <summary>Which members a prediction is made of.</summary>
public enum ServingStrategy
{
    /// <summary>All voting members, by weight.</summary>
    Ensemble,

    /// <summary>The first voting member of the list; the others are challengers in its shadow.</summary>
    Champion,

    /// <summary>The member with the highest Thompson draw.</summary>
    Thompson,

    /// <summary>The eligible member with the lowest recent log-loss.</summary>
    Best,
}

/// <summary>Whether members keep a specialist for each regime.</summary>
public enum SpecialistPolicy
{
    /// <summary>One learner for all regimes.</summary>
    None,

    /// <summary>A specialist for each regime, forked at the first visit; only the one of the question's regime learns.</summary>
    ByRegime,
}

/// <summary>One member of a panel as a config names it.</summary>
public sealed record MemberOptions
{
    /// <summary>Catalog name of the learner.</summary>
    [Required] public required string Learner { get; init; }

    /// <summary>What the member is called; the learner's name unless given.</summary>
    public string? Name { get; init; }

    /// <summary>Options of the learner; its defaults unless given.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>
    /// Answers after which the member learns no more: a batch model of the first so many answers, beside members that go on learning. It has no background learner, no
    /// specialists and no rate boosts, is scored and weighted like any other, and may lose its vote. 0: it never stops learning.
    /// </summary>
    [Range(0.0, 1e15), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public long FreezeAfter { get; init; }

    /// <summary>
    /// Hours of event time without learning an answer from which the member is stale and left out of the vote, at the next review; it is back when it has
    /// learned again. 0: never.
    /// </summary>
    [Range(0.0, 1e6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public double StaleAfterHours { get; init; }
}

/// <summary>A drift detector as a config names it.</summary>
public sealed record DetectorOptions
{
    /// <summary>Catalog name of the detector.</summary>
    [Required] public required string Detector { get; init; }

    /// <summary>Options of the detector; its defaults unless given.</summary>
    public JsonElement? Options { get; init; }
}

/// <summary>Rules of a learning session. Names and defaults are a contract; every property can be set in a config.</summary>
public sealed record SessionOptions
{
    /// <summary>Members of the panel, in order.</summary>
    public IReadOnlyList<MemberOptions> Members { get; init; } =
        [new() { Learner = "logistic-regression" }, new() { Learner = "passive-aggressive" }, new() { Learner = "no-change" }];

    /// <summary>Which members a prediction is made of.</summary>
    public ServingStrategy Strategy { get; init; } = ServingStrategy.Ensemble;

    /// <summary>Step of the shown running accuracy.</summary>
    [Range(0.0001, 1.0)] public double EmaAlpha { get; init; } = 0.1;

    /// <summary>Answers a member needs before it is eligible.</summary>
    [Range(1, 1_000_000)] public int MinPredictionsForAdaptation { get; init; } = 10;

    /// <summary>Half-life of the Thompson counts in hours of event time; never under 200 times the horizon.</summary>
    [Range(0.001, 1e6)] public double DecayHalfLifeHours { get; init; } = 168;

    /// <summary>Confidence from which a member acts, at the start.</summary>
    [Range(0.0, 1.0)] public double InitialThreshold { get; init; } = 0.60;

    /// <summary>Lowest threshold.</summary>
    [Range(0.0, 1.0)] public double MinThreshold { get; init; } = 0.40;

    /// <summary>Highest threshold.</summary>
    [Range(0.0, 1.0)] public double MaxThreshold { get; init; } = 0.90;

    /// <summary>Step of the threshold.</summary>
    [Range(0.0, 1.0)] public double AdjustmentRate { get; init; } = 0.01;

    /// <summary>Thompson prior: successes.</summary>
    [Range(0.001, 1e6)] public double PriorAlpha { get; init; } = 1;

    /// <summary>Thompson prior: failures.</summary>
    [Range(0.001, 1e6)] public double PriorBeta { get; init; } = 1;

    /// <summary>Hedge: how fast weights follow log-loss.</summary>
    [Range(0.0, 100.0)] public double WeightRate { get; init; } = 1;

    /// <summary>Hedge: share of the weight that is dealt out evenly per independent answer, so that the past is forgotten at a known rate: 1/share answers.</summary>
    [Range(0.0, 1.0)] public double WeightShare { get; init; } = 0.00002;

    /// <summary>Evidence (e-value) of being worse than the majority at which a member loses its vote.</summary>
    [Range(2.0, 1e12)] public double FloorEvidence { get; init; } = 100;

    /// <summary>Accuracy under which a member loses its vote when <see cref="HardPerformanceFloor"/> is set.</summary>
    [Range(0.0, 1.0)] public double MinPerformanceThreshold { get; init; } = 0.6;

    /// <summary>Whether <see cref="MinPerformanceThreshold"/> is enforced; at market-like edges no honest member would vote.</summary>
    public bool HardPerformanceFloor { get; init; }

    /// <summary>Answers in the window of rolling scores and of the calibration error.</summary>
    [Range(10, 100_000)] public int WindowAnswers { get; init; } = 500;

    /// <summary>Drift detectors of each member; they see the mean Brier loss of each block of one horizon, in its own standard deviations.</summary>
    public IReadOnlyList<DetectorOptions> Detectors { get; init; } =
    [
        new() { Detector = "adwin" },
        // A weak edge that turns round moves the loss by a tenth of its deviation: the usual tolerance of a quarter would never see it.
        new() { Detector = "page-hinkley", Options = JsonElement.Parse("""{"delta": 0.05, "lambda": 100}""") },
    ];

    /// <summary>Whether drift and regime changes lead to adaptations, or are only reported.</summary>
    public bool Adapt { get; init; } = true;

    /// <summary>Factor of a rate boost.</summary>
    [Range(1.0, 1000.0)] public double RateBoost { get; init; } = 4;

    /// <summary>Independent answers (blocks of one horizon) that a background learner must have seen before it may be swapped in.</summary>
    [Range(1, 100_000)] public int BackgroundAnswersMin { get; init; } = 50;

    /// <summary>Whether members keep a specialist for each regime.</summary>
    public SpecialistPolicy Specialists { get; init; } = SpecialistPolicy.None;

    /// <summary>Whether the distributions of the features are watched.</summary>
    public bool InputDrift { get; init; } = true;

    /// <summary>Calibrator of the panel's probability (two classes), by catalog name.</summary>
    public string Calibrator { get; init; } = "platt";

    /// <summary>Seconds of event time between reviews of floors and calibration.</summary>
    [Range(1, 1_000_000)] public int MonitorIntervalSecs { get; init; } = 300;

    /// <summary>
    /// Whether reviews also report an accuracy under the majority's, a drift score of a half, a change of the regime and a panel in which nobody votes, and boost the rates of members when the drift
    /// score gets there. Off, a session does what a run over history does.
    /// </summary>
    public bool AdaptiveReview { get; init; }

    /// <summary>Consecutive questions in another regime after which <see cref="AdaptiveReview"/> reports that the regime has changed.</summary>
    [Range(1, 1_000_000)] public int RegimeChangeQuestions { get; init; } = 10;

    /// <summary>Hours of event time without any answer after which the panel is stale, by the next review, until an answer comes; 0: never.</summary>
    [Range(0.0, 1e6)] public double StaleAfterAnswersHours { get; init; }

    /// <summary>Whether a stale panel may act.</summary>
    public bool ActWhenStale { get; init; } = true;

    /// <summary>Questions that may wait for an answer; the oldest expires beyond that.</summary>
    [Range(1, 10_000_000)] public int OpenQuestionsMax { get; init; } = 100_000;

    /// <summary>Days of event time after which an open question expires.</summary>
    [Range(0.001, 36_500)] public double OpenQuestionDaysMax { get; init; } = 14;

    /// <summary>Share of the panel in a signal joined with a rule's; the rule has the rest.</summary>
    [Range(0.0, 1.0)] public double MlWeight { get; init; } = 0.4;

    /// <summary>Share of the panel in a confidence joined with a rule's; the rule has the rest.</summary>
    [Range(0.0, 1.0)] public double MlConfidenceWeight { get; init; } = 0.3;

    /// <summary>Most seconds of wall-clock time between two snapshots of a session that has changed. Used by the server only; a run over history keeps no snapshots.</summary>
    [Range(1, 1_000_000)] public int SaveIntervalSecs { get; init; } = 60;

    /// <summary>How often batch models are trained anew. Used by continuous learning only, not by the session itself.</summary>
    public TimeSpan AutoTrainInterval { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often a search for better options is started. Used by continuous learning only, not by the session itself.</summary>
    public TimeSpan AutoImproveInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Improvement over the serving model, in percent, from which a candidate is proposed. Used by continuous learning only; promotion itself always needs evidence as well.</summary>
    [Range(0.0, 1000.0)] public double ImprovementThreshold { get; init; } = 5;
}
