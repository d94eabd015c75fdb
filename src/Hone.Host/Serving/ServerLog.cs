using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving;

/// <summary>All log lines of the server. An id is never used again for something else; no line holds a secret, a body or a query string.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1001, LogLevel.Information, "Listening at {Addresses}.")]
    public static partial void Listening(ILogger log, string addresses);

    [LoggerMessage(1002, LogLevel.Information, "Stopping: no new connections; requests have {Seconds} s to finish.")]
    public static partial void Stopping(ILogger log, double seconds);

    [LoggerMessage(1003, LogLevel.Information, "Stopped.")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(1101, LogLevel.Error, "{Method} {Path} failed, trace_id {TraceId}.")]
    public static partial void RequestFailed(ILogger log, Exception problem, string method, string path, string traceId);

    [LoggerMessage(1102, LogLevel.Debug, "{Method} {Path} answered {Status} to {Who} in {ElapsedMs} ms, trace_id {TraceId}.")]
    public static partial void RequestAnswered(ILogger log, string method, string path, int status, string who, double elapsedMs, string traceId);

    [LoggerMessage(1201, LogLevel.Information, "Read {Keys} keys from keys.json.")]
    public static partial void KeysRead(ILogger log, int keys);

    [LoggerMessage(1202, LogLevel.Error, "The keys cannot be read; those read before stay in force. {Problem}")]
    public static partial void KeysUnreadable(ILogger log, string problem);

    [LoggerMessage(1203, LogLevel.Warning, "A wrong key from {Address}.")]
    public static partial void WrongKey(ILogger log, string address);

    [LoggerMessage(1204, LogLevel.Warning, "A key stood in the query string of a request from {Address}; it may have been logged on its way. Revoke it.")]
    public static partial void KeyInQuery(ILogger log, string address);

    [LoggerMessage(1205, LogLevel.Warning, "A wrong sign-in code from {Address}.")]
    public static partial void WrongCode(ILogger log, string address);

    [LoggerMessage(1206, LogLevel.Information, "{Session} signed in from {Address}.")]
    public static partial void SignedIn(ILogger log, string session, string address);

    [LoggerMessage(1301, LogLevel.Error, "The audit log cannot be written: {Problem}")]
    public static partial void AuditFailed(ILogger log, string problem);

    [LoggerMessage(1401, LogLevel.Warning, "Expired answers of idempotent requests could not be removed: {Problem}")]
    public static partial void AnswersNotRemoved(ILogger log, string problem);

    [LoggerMessage(1402, LogLevel.Error, "{Method} {Path} was done, but its answer could not be kept under its Idempotency-Key: {Problem}")]
    public static partial void AnswerNotKept(ILogger log, string method, string path, string problem);

    [LoggerMessage(1501, LogLevel.Information, "Compacted session {Session}: entries {FromSeq} to {ToSeq} were older than {KeepDays} days and are removed.")]
    public static partial void Compacted(ILogger log, string session, long fromSeq, long toSeq, int keepDays);

    [LoggerMessage(1502, LogLevel.Information, "Removed {Documents} finished jobs that were older than {KeepDays} days.")]
    public static partial void JobsRemoved(ILogger log, int documents, int keepDays);

    [LoggerMessage(1503, LogLevel.Warning, "The journal was not compacted; the next hour tries again. {Problem}")]
    public static partial void NotCompacted(ILogger log, string problem);
}
