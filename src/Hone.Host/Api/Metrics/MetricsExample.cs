namespace Hone.Host.Api.Metrics;

/// <summary>What metrics of a session look like; stands in the OpenAPI document.</summary>
internal static class MetricsExample
{
    /// <summary>The answer.</summary>
    public const string Answer =
        """
        {"session_id":"0c9d2f6e7a1b4d58","symbol":"BTCUSDT","seq":2381,"predictions":1200,"resolved":1180,"open_questions":20,"accuracy":0.54,"accuracy_no_change":0.5,"accuracy_majority":0.51,
         "ema_accuracy":0.56,"log_loss":0.684,"brier":0.246,"ece":0.021,"kappa_temporal":0.08,"drifts":1,"adaptations":1,"model_age_seconds":42.5,"state_hash":"5d41402abc4b2a76b9719d911017c592",
         "emission_hash":"7d793037a0760186574b0282f2f435e7","expired":0,"voided":0,"pending":0,"pnl":250.5,
         "members":[{"member":"logistic-regression","predictions":1200,"accuracy":0.54,"ema_accuracy":0.56,"adaptive_threshold":0.6,"adaptive_weight":0.41,"thompson_alpha":90.5,"thompson_beta":77.1,
          "calibration_error":0.01,"eligible":true,"state":"voting","updated_at":"2026-01-31T13:59:17.5Z","resolved":1180,"log_loss":0.684}]}
        """;
}
