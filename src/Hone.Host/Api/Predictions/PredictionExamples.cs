namespace Hone.Host.Api.Predictions;

/// <summary>What a prediction looks like; stands in the OpenAPI document.</summary>
internal static class PredictionExamples
{
    /// <summary>A prediction.</summary>
    public const string Prediction =
        """
        {"prediction_id":"btc-1701","session_id":"0c9d2f6e7a1b4d58","symbol":"BTCUSDT","seq":17,"at":"2026-01-31T14:00:00Z","label":1,"probabilities":[0.42,0.58],"confidence":0.58,"act":false,
         "reason":"confidence 0.58 is under the threshold 0.60","size_multiplier":0,"threshold":0.6,"break_even":null,"strategy":"ensemble",
         "members":[{"member":"mlp","label":1,"probabilities":[0.4,0.6],"confidence":0.6,"weight":0.34,"threshold":0.6,"eligible":true,"state":"voting","version":"0.41"}],
         "left_out":[{"member":"passive-aggressive","reason":"warming-up"}],"regime":"sideways","feature_hash":"6f1d0c5a93b24e07"}
        """;
}
