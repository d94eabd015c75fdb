using Hone.Host.Serving;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Api.Requests;

/// <summary>Finds the session that a path names.</summary>
internal static class SessionLookup
{
    /// <summary>The active session of an id.</summary>
    /// <exception cref="ProblemException">404 when there is none, 409 when it is stopped.</exception>
    public static SessionWriter Active(this SessionHost host, string id)
        => host.Find(id) ?? throw (host.FindStopped(id) is null ? Unknown(id) : Stopped(id));

    /// <summary>The problem of an id that no session has.</summary>
    public static ProblemException Unknown(string id)
        => new(StatusCodes.Status404NotFound, $"There is no session '{(id.Length > 64 ? id[..64] : id)}'; GET /api/v1/sessions lists them.");

    private static ProblemException Stopped(string id)
        => new(StatusCodes.Status409Conflict, $"The session {id} is stopped; start another, or resume it with config.resume.");
}
