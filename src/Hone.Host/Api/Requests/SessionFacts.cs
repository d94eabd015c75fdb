using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Hone.Host.Api.Rendering;
using Hone.Trading.Live;

namespace Hone.Host.Api.Requests;

/// <summary>What requests to a session need of its setup again and again.</summary>
internal sealed class SessionFacts
{
    private static readonly ConditionalWeakTable<LiveSetup, SessionFacts> Known = [];

    private SessionFacts(LiveSetup setup)
    {
        Words = new SessionWords(setup);
        FeatureIndex = setup.Features.Select((name, i) => KeyValuePair.Create(name, i)).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>What its answers say.</summary>
    public SessionWords Words { get; }

    /// <summary>Position of each feature by its name.</summary>
    public FrozenDictionary<string, int> FeatureIndex { get; }

    /// <summary>The facts of a session, worked out once.</summary>
    public static SessionFacts Of(LiveSetup setup) => Known.GetValue(setup, s => new SessionFacts(s));
}
