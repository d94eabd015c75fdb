namespace Hone.Host.Api.Events;

/// <summary>What an event looks like, in the list and on the WebSocket; stands in the OpenAPI document.</summary>
internal static class EventExample
{
    /// <summary>The event of an outcome.</summary>
    public const string Message =
        """
        {"type":"outcome","seq":18,"n":0,"at":"2026-01-31T14:00:00Z","symbol":"BTCUSDT","data":{"prediction_id":"btc-1701","status":"learned","actual":1,"predicted":1,"correct":true,"confidence":0.58,
         "log_loss":0.545,"brier":0.176,"drift":"none","pnl":12.5}}
        """;
}
