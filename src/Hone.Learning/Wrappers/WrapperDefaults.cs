namespace Hone.Learning.Wrappers;

/// <summary>Which learner is inside when nobody names one. This is the one place to change when a better one joins the catalog.</summary>
internal static class WrapperDefaults
{
    public const string Classifier = "logistic-regression";

    public const string Regressor = "linear-regression";

    public const string Detector = "adwin";

    /// <summary>The experts of a mixture of classifiers.</summary>
    public static readonly string[] Classifiers = ["leveraging-bagging", "streaming-gradient-boosting", "adaptive-random-forest", "logistic-regression", "passive-aggressive", "mlp"];

    /// <summary>The experts of a mixture of regressors.</summary>
    public static readonly string[] Regressors = ["streaming-gradient-boosting", "adaptive-random-forest", "linear-regression", "mlp"];
}
