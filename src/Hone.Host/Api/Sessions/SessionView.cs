using Hone.Adapters.Journals;
using Hone.Host.Api.Rendering;
using Hone.Host.Api.Requests;
using Hone.Host.Serving;
using Hone.Trading.Live;
using Hone.Trading.Market;

namespace Hone.Host.Api.Sessions;

/// <summary>A session that was started, resumed or stopped.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Status">started, resumed or stopped.</param>
/// <param name="Symbol">Market.</param>
/// <param name="FeatureHash">Hash of the names of its features, in order; null for a session that cannot be read.</param>
public sealed record SessionChange(string SessionId, string Status, string Symbol, string? FeatureHash);

/// <summary>A page of sessions, oldest first.</summary>
/// <param name="Sessions">The sessions.</param>
/// <param name="Next">What <c>after</c> must be for the next page; null at the end.</param>
public sealed record SessionPage(IReadOnlyList<SessionRow> Sessions, string? Next);

/// <summary>A session in a list.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Symbol">Market.</param>
/// <param name="Name">Name within the symbol.</param>
/// <param name="Status">active, stopped, faulted (it stands still), or unreadable (its journal does not make a session).</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="StoppedAt">When it was stopped; null while it is active.</param>
/// <param name="Fault">Why it is faulted or unreadable; null otherwise.</param>
public sealed record SessionRow(string SessionId, string Symbol, string Name, string Status, DateTime StartedAt, DateTime? StoppedAt, string? Fault)
{
    internal static SessionRow Of(SessionRecord record, string? fault) => new(
        record.Id, record.Symbol, record.Name, StatusOf(record, fault), EventTime.ToDateTime(record.StartedUs), record.StoppedUs is { } stopped ? EventTime.ToDateTime(stopped) : null, record.StoppedUs is null ? fault : null);

    internal static SessionRow Of(UnreadableSession unreadable) => Of(unreadable.Record, unreadable.Reason) with { Status = "unreadable" };

    internal static string StatusOf(SessionRecord record, string? fault) => record.StoppedUs is not null ? "stopped" : fault is not null ? "faulted" : "active";
}

/// <summary>Everything a session is made of, and where it stands.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Symbol">Market.</param>
/// <param name="Name">Name within the symbol.</param>
/// <param name="Status">active, stopped, or faulted.</param>
/// <param name="Fault">Why it takes no requests; null while it does.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="StoppedAt">When it was stopped; null while it is active.</param>
/// <param name="Seq">Last entry of its journal.</param>
/// <param name="At">Its event time; null before the first event.</param>
/// <param name="ModelType">panel, or the one learner's name.</param>
/// <param name="Strategy">Which members a prediction is made of.</param>
/// <param name="Trading">Whether it trades bars.</param>
/// <param name="Target">What label 1 means.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Horizon">How many consecutive answers overlap.</param>
/// <param name="Features">Names of its features, in order; Hone's own ones of a trading session that were chosen, empty for all.</param>
/// <param name="FeatureHash">Hash of those names.</param>
/// <param name="Members">Its members, in order.</param>
/// <param name="Engine">Fingerprint of the build that computes.</param>
public sealed record SessionView(
    string SessionId, string Symbol, string Name, string Status, string? Fault, DateTime StartedAt, DateTime? StoppedAt, long Seq, DateTime? At, string ModelType, string Strategy, bool Trading,
    string Target, int Classes, int Horizon, IReadOnlyList<string> Features, string FeatureHash, IReadOnlyList<string> Members, string Engine)
{
    internal static SessionView Of(SessionRecord record, string? fault, LiveSession session)
    {
        var setup = session.Setup;
        var words = SessionFacts.Of(setup).Words;
        var row = SessionRow.Of(record, fault);
        return new(
            row.SessionId, row.Symbol, row.Name, row.Status, fault, row.StartedAt, row.StoppedAt, session.Seq, session.NowUs == long.MinValue ? null : EventTime.ToDateTime(session.NowUs), setup.ModelType,
            JsonWords.Strategy(setup.Session.Learning.Strategy), setup.Trading, setup.Target == LabelTarget.Direction ? "direction" : "profitable", setup.Classes, setup.Horizon,
            setup.Trading ? setup.Session.Features : setup.Features, words.FeatureHash, words.Members, session.Engine);
    }
}
