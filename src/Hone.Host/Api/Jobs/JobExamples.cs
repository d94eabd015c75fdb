namespace Hone.Host.Api.Jobs;

/// <summary>What jobs look like; stands in the OpenAPI document.</summary>
internal static class JobExamples
{
    /// <summary>One that was just asked for.</summary>
    public const string Accepted =
        """
        {"job_id":"20260131T140000123-5f0c1d2e","status":"queued","status_url":"/api/v1/jobs/20260131T140000123-5f0c1d2e"}
        """;

    /// <summary>One that works.</summary>
    public const string Running =
        """
        {"job_id":"20260131T140000123-5f0c1d2e","kind":"backup","status":"running","phase":"copying","progress":0.4,"created_at":"2026-01-31T14:00:00Z","started_at":"2026-01-31T14:00:00Z",
         "finished_at":null,"result":null,"error":null}
        """;

    /// <summary>One that is done.</summary>
    public const string Succeeded =
        """
        {"job_id":"20260131T140000123-5f0c1d2e","kind":"backup","status":"succeeded","phase":"copying","progress":1,"created_at":"2026-01-31T14:00:00Z","started_at":"2026-01-31T14:00:00Z",
         "finished_at":"2026-01-31T14:00:02Z","result":{"name":"20260131T140000123-5f0c1d2e.backup","bytes":81920},"error":null}
        """;

    /// <summary>A page of a list.</summary>
    public const string Page = $$"""{"jobs":[{{Succeeded}}],"next":null}""";
}
