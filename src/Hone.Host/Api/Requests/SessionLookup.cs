using Hone.Host.Serving;
using Hone.Learning.State;
using Hone.Trading.Live;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Api.Requests;

/// <summary>Finds the session that a path names.</summary>
internal static class SessionLookup
{
    /// <summary>The active session of an id.</summary>
    /// <exception cref="ProblemException">404 when there is none, 409 when it is stopped.</exception>
    public static SessionWriter Active(this SessionHost host, string id)
        => host.Find(id) ?? throw (host.FindStopped(id) is not null ? Stopped(id) : host.Unreadable.TryGetValue(id, out var unreadable) ? Unreadable(id, unreadable.Reason) : Unknown(id));

    /// <summary>A stopped session as its journal makes it, for reading.</summary>
    /// <exception cref="ProblemException">404 when there is none, 503 when it cannot be read.</exception>
    public static async Task<LiveSession> LoadStopped(this SessionHost host, string id, CancellationToken cancel)
    {
        if (host.Unreadable.TryGetValue(id, out var unreadable))
            throw Unreadable(id, unreadable.Reason);
        try
        {
            return await host.Load(id, cancel) ?? throw Unknown(id);
        }
        catch (CorruptStateException e)
        {
            throw Unreadable(id, e.Message);
        }
    }

    /// <summary>The problem of an id that no session has.</summary>
    public static ProblemException Unknown(string id)
        => new(StatusCodes.Status404NotFound, $"There is no session '{(id.Length > 64 ? id[..64] : id)}'; GET /api/v1/sessions lists them.");

    private static ProblemException Unreadable(string id, string reason)
        => new(StatusCodes.Status503ServiceUnavailable, $"The session {id} cannot be read: {reason} POST /api/v1/sessions/{id}/verify looks closer; DELETE stops it.");

    private static ProblemException Stopped(string id)
        => new(StatusCodes.Status409Conflict, $"The session {id} is stopped; start another, or resume it with config.resume.");
}
