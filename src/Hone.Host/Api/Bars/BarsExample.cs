namespace Hone.Host.Api.Bars;

/// <summary>What bars are answered; stands in the OpenAPI document.</summary>
internal static class BarsExample
{
    /// <summary>The answer to a bar at which a position was opened.</summary>
    public const string Answer =
        """
        {"session_id":"0c9d2f6e7a1b4d58","symbol":"BTCUSDT@1h","bars":[{"seq":502,"already_recorded":false,"bar":499,"close_time":"2026-01-31T14:00:00Z","open":101.2,"high":101.9,"low":100.8,"close":101.5,
         "volume":1204,"asked":true,"regime":"bull","volatility_regime":"normal","rule_signal":0.4,"combined_signal":0.36,"combined_confidence":0.62,"order":80.5,"position":0,"equity":100210.4,
         "rules_only_equity":100120.9,"fills":[{"at":"2026-01-31T13:00:00Z","kind":"market","quantity":-40.2,"price":101.2,"fee":4.07,"cost_of_spread":0.41}],
         "orders":[{"kind":"market","side":"buy","quantity":80.5}],"features":{"rsi_14":61.3},
         "prediction":null,"outcomes":[],"trades":[],"drifts":[],"adaptations":[]}]}
        """;
}
