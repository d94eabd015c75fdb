using System.Diagnostics;
using Hone.Host.Serving;

namespace Hone.Host.Operating.Tracing;

/// <summary>
/// Where the time of one command of a session goes: it waits in the queue, its round is committed, its entries are applied. Three spans below the span of whoever handed it in. A round
/// holds commands of many requests, so its time is shown to each of them.
/// </summary>
internal sealed class RoundTrace
{
    /// <summary>Source of these spans.</summary>
    public static readonly ActivitySource Source = new("Hone.Sessions");

    private readonly ActivityContext _parent;
    private readonly DateTime _began = DateTime.UtcNow;
    private DateTime _taken;
    private DateTime _committed;
    private DateTime _applied;

    private RoundTrace(ActivityContext parent) => _parent = parent;

    /// <summary>Begins where the caller is traced; null otherwise, which costs nothing.</summary>
    public static RoundTrace? Begin()
        => Source.HasListeners() && Activity.Current is { Recorded: true } caller ? new RoundTrace(caller.Context) : null;

    /// <summary>The session has taken the command out of its queue.</summary>
    public void Taken() => _taken = DateTime.UtcNow;

    /// <summary>Its entries are in the journal.</summary>
    public void Committed() => _committed = DateTime.UtcNow;

    /// <summary>Its entries are applied.</summary>
    public void Applied() => _applied = DateTime.UtcNow;

    /// <summary>Writes the spans; a command that was refused has only those that it came to.</summary>
    public void End(SessionWriter writer, SessionCommand command)
    {
        Span("session queue", _began, _taken, writer, command);
        Span("session commit", _taken, _committed, writer, command);
        Span("session apply", _committed, _applied, writer, command);
    }

    private void Span(string name, DateTime from, DateTime to, SessionWriter writer, SessionCommand command)
    {
        if (from == default || to == default)
            return;
        using var span = Source.StartActivity(name, ActivityKind.Internal, _parent, startTime: from);
        if (span is null)
            return;
        span.SetTag("hone.session", writer.Id);
        span.SetTag("hone.symbol", writer.Setup.Symbol);
        span.SetTag("hone.command", command.GetType().Name);
        if (command.Refusal is { } refusal)
            span.SetTag("hone.refused", refusal.Status);
        span.SetEndTime(to);
    }
}
