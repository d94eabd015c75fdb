namespace Hone.Host.Api.Sessions;

/// <summary>What sessions look like; stands in the OpenAPI document.</summary>
internal static class SessionExamples
{
    /// <summary>A page of a list.</summary>
    public const string Page =
        """
        {"sessions":[{"session_id":"0c9d2f6e7a1b4d58","symbol":"BTCUSDT","name":"default","status":"active","started_at":"2026-01-31T14:00:00Z","stopped_at":null,"fault":null}],"next":null}
        """;

    /// <summary>One session.</summary>
    public const string One =
        """
        {"session_id":"0c9d2f6e7a1b4d58","symbol":"BTCUSDT","name":"default","status":"active","fault":null,"started_at":"2026-01-31T14:00:00Z","stopped_at":null,"seq":17,"at":"2026-01-31T14:05:00Z",
         "model_type":"panel","strategy":"ensemble","trading":false,"target":"direction","classes":2,"horizon":1,"features":["rsi","macd"],"feature_hash":"6f1d0c5a93b24e07",
         "members":["logistic-regression","passive-aggressive","mlp"],"engine":"1.0.0 linux-x64 4be1a79c"}
        """;
}
